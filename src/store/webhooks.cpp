#include "puente/store/webhooks.hpp"

#include <fmt/format.h>

#include "puente/store/transaction.hpp"
#include "store/binary_array.hpp"

namespace puente::store {

namespace {

constexpr std::int64_t webhooks_max = 50;  ///< of one owner: each costs every gateway a look

// Counting stops at ten thousand: nobody acts on the exact length of a long queue.
constexpr const char* record_columns =
    R"sql(SELECT w.webhook_id, w.url, w.description, array_to_string(w.kinds, ' '), w.manifest_id, w.carrier_key, w.state,
       w.state_reason, w.created_at, w.verified_at, w.failures, w.failing_since,
       (SELECT count(*) FROM (SELECT FROM puente.webhook_delivery AS d WHERE d.webhook_id = w.webhook_id AND d.state = 'WAITING' LIMIT 10000) AS counted),
       (SELECT count(*) FROM (SELECT FROM puente.webhook_delivery AS d WHERE d.webhook_id = w.webhook_id AND d.state = 'PARKED' LIMIT 10000) AS counted),
       (SELECT max(s.expires_at) FROM puente.webhook_secret AS s WHERE s.webhook_id = w.webhook_id AND s.expires_at > now() AND s.expires_at < 'infinity')
  FROM puente.webhook AS w WHERE w.state <> 'DELETED')sql";

const std::string find_text = fmt::format("{} AND w.webhook_id = $1", record_columns);
const Statement find_statement{"find_webhook", find_text.c_str()};

const std::string list_text = fmt::format("{} ORDER BY w.webhook_id", record_columns);
const Statement list_statement{"list_webhooks", list_text.c_str()};

constexpr Statement count_webhooks{"count_webhooks", "SELECT count(*) FROM puente.webhook WHERE state <> 'DELETED'"};

constexpr Statement sees_manifest{"sees_manifest", "SELECT FROM puente.manifest WHERE manifest_id = $1"};

constexpr Statement insert_webhook{"insert_webhook", R"sql(INSERT INTO puente.webhook
       (webhook_id, company, scac, client_id, url, description, kinds, manifest_id, carrier_key)
VALUES ($1, puente.current_company(), COALESCE(puente.current_scac(), ''), $2, $3, $4, $5, ($6::uuid[])[1], $7) ON CONFLICT DO NOTHING)sql"};

constexpr Statement insert_secret{"insert_webhook_secret", R"sql(INSERT INTO puente.webhook_secret (webhook_id, secret_no, secret, sealed)
SELECT $1, COALESCE(max(secret_no), 0) + 1, $2, $3 FROM puente.webhook_secret WHERE webhook_id = $1)sql"};

constexpr Statement end_secrets{"end_webhook_secrets", R"sql(UPDATE puente.webhook_secret
   SET expires_at = CASE WHEN expires_at = 'infinity' THEN now() + $2::bigint * interval '1 second' ELSE LEAST(expires_at, now()) END
 WHERE webhook_id = $1)sql"};

constexpr Statement pause{"pause_webhook", "UPDATE puente.webhook SET state = 'PAUSED' WHERE webhook_id = $1 AND state = 'ACTIVE'"};

constexpr Statement resume{"resume_webhook", R"sql(UPDATE puente.webhook
   SET client_id = $2, state = CASE state WHEN 'PAUSED' THEN 'ACTIVE' ELSE 'PENDING' END, state_reason = '', challenges = 0, failures = 0,
       failing_since = NULL, rest_until = now()
 WHERE webhook_id = $1 AND state IN ('PAUSED', 'UNVERIFIED', 'DISABLED'))sql"};

constexpr Statement verify{"verify_webhook", R"sql(UPDATE puente.webhook SET state = 'PENDING', state_reason = '', challenges = 0, rest_until = now()
 WHERE webhook_id = $1 AND state IN ('PENDING', 'UNVERIFIED'))sql"};

constexpr Statement remove{"remove_webhook", "UPDATE puente.webhook SET state = 'DELETED' WHERE webhook_id = $1 AND state <> 'DELETED'"};

constexpr Statement lock_webhook{"lock_webhook", "SELECT FROM puente.webhook WHERE webhook_id = $1 AND state <> 'DELETED' FOR NO KEY UPDATE"};

// An earlier place that is still being read from goes on counting; what was delivered comes again.
constexpr Statement replay{"replay_webhook", R"sql(UPDATE puente.webhook AS w
   SET replay_again = true, (replay_xid, replay_event) =
       (SELECT place.xid, place.event_id FROM (SELECT $2::text::xid8 AS xid, $3::bigint AS event_id UNION ALL SELECT w.replay_xid, w.replay_event) AS place
         WHERE place.xid IS NOT NULL ORDER BY place.xid, place.event_id LIMIT 1)
 WHERE w.webhook_id = $1 AND w.state <> 'DELETED')sql"};

constexpr Statement place_of_event{"place_of_event", "SELECT written_by::text FROM puente.event WHERE event_id = $1"};

constexpr Statement list_deliveries{"list_webhook_deliveries",
                                    R"sql(SELECT event_id, manifest_id, state, reason, attempts, due_at, made_at, delivered_at
  FROM puente.webhook_delivery
 WHERE webhook_id = $1 AND event_id < $2::bigint AND ($3::text = '' OR state = $3::text) ORDER BY event_id DESC LIMIT $4::bigint)sql"};

constexpr Statement list_attempts{"list_webhook_attempts", R"sql(SELECT event_id, at, attempt, status, latency_ms, error
  FROM unnest($2::bigint[]) AS wanted (id) CROSS JOIN LATERAL (
       SELECT event_id, attempt_id, at, attempt, status, latency_ms, error FROM puente.webhook_attempt
        WHERE webhook_id = $1 AND event_id = wanted.id ORDER BY attempt_id DESC LIMIT 20) AS log
 ORDER BY event_id, attempt_id)sql"};

std::vector<std::string> words(const std::string& text) {
    std::vector<std::string> list;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        list.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return list;
}

WebhookRecord record_of(const Row& row) {
    WebhookRecord record;
    record.webhook_id = row.uuid(0);
    record.url = row.text(1);
    record.description = row.text(2);
    record.kinds = words(row.text(3));
    if (!row.is_null(4)) record.manifest_id = row.uuid(4);
    record.carrier_key = row.text(5);
    record.state = row.text(6);
    record.state_reason = row.text(7);
    record.created_at = row.instant(8);
    record.verified_at = row.optional_instant(9);
    record.failures = row.int32(10);
    record.failing_since = row.optional_instant(11);
    record.waiting = row.int64(12);
    record.parked = row.int64(13);
    record.old_secret_until = row.optional_instant(14);
    return record;
}

AttemptRecord attempt_of(const Row& row) {
    return {row.instant(1), row.int32(2), row.int32(3), row.int32(4), row.text(5)};
}

Error no_such_webhook() {
    return Error{ErrorKind::not_found, "no such webhook"};
}

/// The record after a move that touched `moved` rows; when it touched none, why not.
Result<WebhookRecord> after_move(Transaction& tx, const Result<Rows>& moved, const Uuid& webhook_id, const char* possible) {
    if (!moved) return moved.error();
    Result<WebhookRecord> record = find_webhook(tx, webhook_id);
    if (!record || moved->affected() > 0) return record;
    return Error{ErrorKind::conflict, fmt::format("the webhook is {}; this is possible when it is {}", record->state, possible)};
}

}  // namespace

Result<WebhookRecord> add_webhook(Transaction& tx, const NewWebhook& webhook, const KeptSecret& secret) {
    if (webhook.manifest_id) {
        const Result<Rows> seen = tx.run(sees_manifest, *webhook.manifest_id);
        if (!seen) return seen.error();
        if (seen->empty()) return Error{ErrorKind::malformed, "/manifestId: no such manifest, or it is not yours"};
    }
    const Result<Rows> count = tx.run(count_webhooks);
    if (!count) return count.error();
    if ((*count)[0].int64(0) >= webhooks_max)
        return Error{ErrorKind::conflict, fmt::format("there are {} webhooks already; delete one first", webhooks_max)};
    BinaryArray kinds{Element::text};
    for (const std::string& kind : webhook.kinds) kinds.add_text(kind);
    const Result<Rows> added = tx.run_bound(
        insert_webhook, {Parameter{webhook.webhook_id}, Parameter{webhook.client_id}, Parameter{webhook.url}, Parameter{webhook.description},
                         kinds.parameter(), Parameter{webhook.manifest_id}, Parameter{webhook.carrier_key}});
    if (!added) return added.error();
    if (added->affected() == 0)
        return Error{ErrorKind::conflict, "there is a webhook with this address and these filters already; see GET /v1/webhooks"};
    if (const Result<Rows> kept = tx.run(insert_secret, webhook.webhook_id, Octets{secret.octets}, secret.sealed); !kept) return kept.error();
    return find_webhook(tx, webhook.webhook_id);
}

Result<std::vector<WebhookRecord>> list_webhooks(Transaction& tx) {
    const Result<Rows> rows = tx.run(list_statement);
    if (!rows) return rows.error();
    std::vector<WebhookRecord> records;
    for (std::size_t i = 0; i < rows->size(); ++i) records.push_back(record_of((*rows)[i]));
    return records;
}

Result<WebhookRecord> find_webhook(Transaction& tx, const Uuid& webhook_id) {
    const Result<Rows> rows = tx.run(find_statement, webhook_id);
    if (!rows) return rows.error();
    if (rows->empty()) return no_such_webhook();
    return record_of((*rows)[0]);
}

Result<std::vector<DeliveryRecord>> find_deliveries(Transaction& tx, const Uuid& webhook_id, const std::string& state, std::int64_t before,
                                                    std::size_t limit) {
    if (const Result<WebhookRecord> there = find_webhook(tx, webhook_id); !there) return there.error();
    const std::int64_t below = before > 0 ? before : INT64_MAX;
    const Result<Rows> rows = tx.run(list_deliveries, webhook_id, below, state, static_cast<std::int64_t>(limit));
    if (!rows) return rows.error();
    std::vector<DeliveryRecord> deliveries;
    BinaryArray ids{Element::int64};
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const Row row = (*rows)[i];
        deliveries.push_back(
            {row.int64(0), row.uuid(1), row.text(2), row.text(3), row.int32(4), row.instant(5), row.instant(6), row.optional_instant(7), {}});
        ids.add_int64(row.int64(0));
    }
    const Result<Rows> attempts = tx.run_bound(list_attempts, {Parameter{webhook_id}, ids.parameter()});
    if (!attempts) return attempts.error();
    for (std::size_t i = 0; i < attempts->size(); ++i) {
        for (DeliveryRecord& delivery : deliveries) {
            if (delivery.event_id == (*attempts)[i].int64(0)) delivery.log.push_back(attempt_of((*attempts)[i]));
        }
    }
    return deliveries;
}

Result<std::vector<AttemptRecord>> find_challenges(Transaction& tx, const Uuid& webhook_id) {
    BinaryArray challenge{Element::int64};
    challenge.add_int64(0);
    const Result<Rows> rows = tx.run_bound(list_attempts, {Parameter{webhook_id}, challenge.parameter()});
    if (!rows) return rows.error();
    std::vector<AttemptRecord> attempts;
    for (std::size_t i = rows->size(); i > 0; --i) attempts.push_back(attempt_of((*rows)[i - 1]));
    return attempts;
}

Result<WebhookRecord> pause_webhook(Transaction& tx, const Uuid& webhook_id) {
    return after_move(tx, tx.run(pause, webhook_id), webhook_id, "ACTIVE");
}

Result<WebhookRecord> resume_webhook(Transaction& tx, const Uuid& webhook_id, const std::string& client_id) {
    return after_move(tx, tx.run(resume, webhook_id, client_id), webhook_id, "PAUSED, UNVERIFIED or DISABLED");
}

Result<WebhookRecord> verify_webhook(Transaction& tx, const Uuid& webhook_id) {
    return after_move(tx, tx.run(verify, webhook_id), webhook_id, "PENDING or UNVERIFIED");
}

Result<void> remove_webhook(Transaction& tx, const Uuid& webhook_id) {
    const Result<Rows> removed = tx.run(remove, webhook_id);
    if (!removed) return removed.error();
    if (removed->affected() == 0) return no_such_webhook();
    return {};
}

Result<WebhookRecord> rotate_webhook_secret(Transaction& tx, const Uuid& webhook_id, const KeptSecret& secret, std::chrono::seconds overlap) {
    const Result<Rows> locked = tx.run(lock_webhook, webhook_id);
    if (!locked) return locked.error();
    if (locked->empty()) return no_such_webhook();
    if (const Result<Rows> ended = tx.run(end_secrets, webhook_id, std::int64_t{overlap.count()}); !ended) return ended.error();
    if (const Result<Rows> kept = tx.run(insert_secret, webhook_id, Octets{secret.octets}, secret.sealed); !kept) return kept.error();
    return find_webhook(tx, webhook_id);
}

Result<WebhookRecord> replay_webhook(Transaction& tx, const Uuid& webhook_id, std::int64_t after_event) {
    std::string written_by = "0";
    if (after_event > 0) {
        const Result<Rows> place = tx.run(place_of_event, after_event);
        if (!place) return place.error();
        if (place->empty()) return Error{ErrorKind::malformed, "/after: no such event of yours; 0 stands for the beginning"};
        written_by = (*place)[0].text(0);
    }
    return after_move(tx, tx.run(replay, webhook_id, written_by, after_event), webhook_id, "there");
}

}  // namespace puente::store
