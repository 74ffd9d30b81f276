// From the event feed to deliveries.
#include <fmt/format.h>

#include <algorithm>

#include "puente/store/event_feed.hpp"
#include "puente/store/transaction.hpp"
#include "puente/store/webhooks.hpp"
#include "store/binary_array.hpp"

namespace puente::store {

namespace {

constexpr std::size_t replays_max = 4;  ///< webhooks that read the feed again, in one call

constexpr Statement lock_cursor{"lock_webhook_cursor", R"sql(SELECT after_xid::text, after_event, moved_at < now() - interval '1 minute'
  FROM puente.webhook_cursor FOR UPDATE SKIP LOCKED)sql"};

constexpr Statement move_cursor{"move_webhook_cursor",
                                "UPDATE puente.webhook_cursor SET after_xid = $1::text::xid8, after_event = $2, moved_at = now()"};

// Whom the events given concern. $6: one webhook only.
constexpr const char* concerned = R"sql(WITH told AS (
    SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[]) AS given (event_id, manifest_id, kind, company, carrier_key)
), owned AS (
    SELECT told.*, w.webhook_id, w.kinds, w.manifest_id AS only_manifest, w.carrier_key AS only_carrier, w.state
      FROM told JOIN puente.webhook AS w ON w.company = told.company
     UNION
    SELECT told.*, w.webhook_id, w.kinds, w.manifest_id, w.carrier_key, w.state
      FROM told JOIN puente.webhook AS w ON w.scac = told.carrier_key AND w.scac <> ''
)
INSERT INTO puente.webhook_delivery AS there (webhook_id, event_id, manifest_id)
SELECT webhook_id, event_id, manifest_id FROM owned
 WHERE state IN ('PENDING', 'ACTIVE', 'PAUSED') AND (($6::uuid[])[1] IS NULL OR webhook_id = ($6::uuid[])[1])
   AND (cardinality(kinds) = 0 OR kind = ANY (kinds)) AND (only_manifest IS NULL OR only_manifest = manifest_id)
   AND (only_carrier = '' OR only_carrier = carrier_key)
    ON CONFLICT )sql";

const std::string make_once_text = fmt::format("{} DO NOTHING", concerned);
const Statement make_once{"make_webhook_deliveries", make_once_text.c_str()};

const std::string make_again_text = fmt::format(R"sql({} (webhook_id, event_id) DO UPDATE
   SET state = 'WAITING', reason = '', attempts = 0, under_way = false, due_at = now(), delivered_at = NULL WHERE there.state <> 'WAITING')sql",
                                                concerned);
const Statement make_again{"make_webhook_deliveries_again", make_again_text.c_str()};

constexpr Statement take_replays{"take_webhook_replays", R"sql(SELECT webhook_id, replay_xid::text, replay_event, replay_again FROM puente.webhook
 WHERE replay_xid IS NOT NULL AND state IN ('PENDING', 'ACTIVE', 'PAUSED') ORDER BY served_at LIMIT $1::bigint FOR NO KEY UPDATE SKIP LOCKED)sql"};

constexpr Statement move_replay{"move_webhook_replay",
                                "UPDATE puente.webhook SET replay_xid = $2::text::xid8, replay_event = $3 WHERE webhook_id = $1"};

constexpr Statement end_replay{"end_webhook_replay",
                               "UPDATE puente.webhook SET replay_xid = NULL, replay_event = 0, replay_again = false WHERE webhook_id = $1"};

FeedPlace place_of(const Row& row, int column) {
    return {std::stoull(row.text(column)), row.int64(column + 1)};
}

Result<Rows> make(Transaction& tx, const Statement& statement, const std::vector<FeedEvent>& events, const std::optional<Uuid>& only) {
    BinaryArray ids{Element::int64};
    BinaryArray manifests{Element::uuid};
    BinaryArray kinds{Element::text};
    BinaryArray companies{Element::text};
    BinaryArray carriers{Element::text};
    for (const FeedEvent& event : events) {
        ids.add_int64(event.place.event_id);
        manifests.add_uuid(event.manifest_id);
        kinds.add_text(event.kind);
        companies.add_text(event.company);
        carriers.add_text(event.carrier_key);
    }
    return tx.run_bound(statement, {ids.parameter(), manifests.parameter(), kinds.parameter(), companies.parameter(), carriers.parameter(), Parameter{only}});
}

/// The next page for one webhook that reads the feed again, as far as `until`; beyond it comes what comes to all. True when it is not at the end yet.
Result<bool> replay_page(Transaction& tx, const Row& row, const FeedPlace& until, std::size_t limit) {
    const Uuid webhook_id = row.uuid(0);
    const FeedPlace place = place_of(row, 1);
    Result<FeedPage> page = read_feed(tx, place, limit);
    if (!page) return page.error();
    const bool at_end = page->is_last || page->reached >= until;
    std::vector<FeedEvent>& events = page->events;
    events.erase(std::remove_if(events.begin(), events.end(), [&](const FeedEvent& event) { return event.place > until; }), events.end());
    if (!events.empty()) {
        const Result<Rows> made = make(tx, row.boolean(3) ? make_again : make_once, events, webhook_id);
        if (!made) return made.error();
    }
    const Result<Rows> moved =
        at_end ? tx.run(end_replay, webhook_id) : tx.run(move_replay, webhook_id, std::to_string(page->reached.written_by), page->reached.event_id);
    if (!moved) return moved.error();
    return !at_end;
}

}  // namespace

Result<FanOut> make_deliveries(Transaction& tx, std::size_t limit) {
    const Result<Rows> cursor = tx.run(lock_cursor);
    if (!cursor) return cursor.error();
    if (cursor->empty()) return FanOut{};
    const FeedPlace place = place_of((*cursor)[0], 0);
    const Result<FeedPage> page = read_feed(tx, place, limit);
    if (!page) return page.error();
    if (!page->events.empty()) {
        const Result<Rows> made = make(tx, make_once, page->events, std::nullopt);
        if (!made) return made.error();
    }
    // An idle feed moves the place once a minute, so that it does not fall behind private events.
    if (!page->events.empty() || !page->is_last || (*cursor)[0].boolean(2)) {
        const Result<Rows> moved = tx.run(move_cursor, std::to_string(page->reached.written_by), page->reached.event_id);
        if (!moved) return moved.error();
    }
    FanOut done{page->events.size(), !page->is_last};
    // After the page: who joins between two statements is seen by the later one, and finds everything up to the place.
    const Result<Rows> replays = tx.run(take_replays, static_cast<std::int64_t>(replays_max));
    if (!replays) return replays.error();
    for (std::size_t i = 0; i < replays->size(); ++i) {
        const Result<bool> more = replay_page(tx, (*replays)[i], page->reached, limit);
        if (!more) return more.error();
        done.more = done.more || *more;
    }
    return done;
}

}  // namespace puente::store
