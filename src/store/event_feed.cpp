#include "puente/store/event_feed.hpp"

#include <charconv>

#include "puente/store/transaction.hpp"
#include "store/fault_point.hpp"
#include "store/words.hpp"

namespace puente::store {

namespace {

// The rows are limited before they are joined: they come out of the index in order. pg_snapshot_xmin is the oldest transaction still writing.
constexpr Statement read_feed_page{
    "read_feed_page",
    R"sql(SELECT e.written_by::text, e.event_id, e.manifest_id, e.at, e.kind, e.version, e.state_no, e.actor, e.status, e.detail,
       company, carrier_key, trip_number, us_port, mx_office,
       CASE WHEN e.manifest_id IS NULL THEN array_to_string(ARRAY(SELECT json_array_elements_text(e.detail -> 'usPorts')
                                                                  UNION ALL SELECT json_array_elements_text(e.detail -> 'mxOffices')), ',') END
  FROM (SELECT written_by, event_id, manifest_id, at, kind, version, state_no, actor, status, detail FROM puente.event
         WHERE (written_by, event_id) > ($1::text::xid8, $2::bigint) AND written_by < pg_snapshot_xmin(pg_current_snapshot())
         ORDER BY written_by, event_id LIMIT $3::bigint) AS e
  LEFT JOIN LATERAL (SELECT company, carrier_key, trip_number, us_port, mx_office FROM puente.manifest
                      WHERE manifest_id = e.manifest_id LIMIT 1) AS m ON true
 ORDER BY e.written_by, e.event_id)sql"};

// A statement is planned once, perhaps while the tables are small: it has to go by its indexes when they no longer are.
constexpr Statement go_by_index{"go_by_index", "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)"};

// Qualified, since a bare written_by would be the text of the output, in which 9 comes after 10.
constexpr Statement read_feed_end{"read_feed_end",
                                  R"sql(SELECT e.written_by::text, e.event_id FROM puente.event AS e
 WHERE e.written_by < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY e.written_by DESC, e.event_id DESC LIMIT 1)sql"};

constexpr Statement read_feed_bounds{"read_feed_bounds",
                                     "SELECT kept_from::text, pg_snapshot_xmin(pg_current_snapshot())::text FROM puente.event_horizon"};

std::uint64_t transaction_number(const std::string& text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

FeedPlace place_of(const Row& row) {
    return {transaction_number(row.text(0)), row.int64(1)};
}

FeedEvent event_of(const Row& row) {
    FeedEvent event;
    event.place = place_of(row);
    event.at = row.instant(3);
    event.kind = row.text(4);
    event.version = row.int32(5);
    event.state_no = row.int64(6);
    event.actor = row.text(7);
    event.status = row.text(8);
    event.detail = row.text(9);
    if (row.is_null(2)) {
        event.ports = words(row.text(15));
        return event;
    }
    event.manifest_id = row.uuid(2);
    event.company = row.text(10);
    event.carrier_key = row.text(11);
    event.trip_number = row.text(12);
    event.us_port = row.text(13);
    event.mx_office = row.text(14);
    return event;
}

}  // namespace

// A place is that of an event that was read, never a bare transaction number: after a crash PostgreSQL may give a number again that left no trace.
Result<FeedPage> read_feed(Transaction& tx, const FeedPlace& after, std::size_t limit) {
    if (const Result<Rows> set = tx.run(go_by_index); !set) return set.error();
    const Result<Rows> rows = tx.run(read_feed_page, std::to_string(after.written_by), after.event_id, static_cast<std::int64_t>(limit));
    if (!rows) return rows.error();
    FeedPage page;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const Row row = (*rows)[i];
        const bool sees_whose_it_is = row.is_null(2) || !row.is_null(10);
        if (sees_whose_it_is) page.events.push_back(event_of(row));
    }
    page.is_last = rows->size() < limit;
    page.reached = rows->empty() ? after : place_of((*rows)[rows->size() - 1]);
    if (!rows->empty()) fault_point("before_event_send");
    return page;
}

Result<FeedPlace> feed_end(Transaction& tx) {
    if (const Result<Rows> set = tx.run(go_by_index); !set) return set.error();
    const Result<Rows> rows = tx.run(read_feed_end);
    if (!rows) return rows.error();
    return rows->empty() ? FeedPlace{} : place_of((*rows)[0]);
}

Result<bool> is_place_known(Transaction& tx, const FeedPlace& place) {
    const Result<Rows> rows = tx.run(read_feed_bounds);
    if (!rows) return rows.error();
    const std::uint64_t kept_from = rows->empty() ? 0 : transaction_number((*rows)[0].text(0));
    const std::uint64_t settled = rows->empty() ? UINT64_MAX : transaction_number((*rows)[0].text(1));
    return place.written_by >= kept_from && place.written_by < settled;
}

}  // namespace puente::store
