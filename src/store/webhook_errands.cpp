// What the courier takes, and what becomes of it.
#include <fmt/format.h>

#include <algorithm>

#include "puente/store/transaction.hpp"
#include "puente/store/webhooks.hpp"
#include "store/binary_array.hpp"

namespace puente::store {

namespace {

// Endpoints in turn; of each, what is due and stands first in its manifest's order. The lock on the endpoint keeps other gateways off it meanwhile.
// The document is made here, of what all parties of the manifest may see.
constexpr Statement take_deliveries{"take_webhook_deliveries", R"sql(WITH ready AS MATERIALIZED (
    SELECT w.webhook_id, w.url, w.failures, CASE WHEN w.failures = 0 AND w.latency_ms < $3::integer THEN $2::integer ELSE 1 END AS most
      FROM puente.webhook AS w
     WHERE w.state = 'ACTIVE' AND w.rest_until <= now() AND ($4::boolean OR (w.failures = 0 AND w.latency_ms < $3::integer))
       AND NOT EXISTS (SELECT FROM puente.client AS c WHERE c.client_id = w.client_id AND c.revoked)
       AND EXISTS (SELECT FROM puente.webhook_delivery AS d WHERE d.webhook_id = w.webhook_id AND d.state = 'WAITING' AND d.due_at <= now())
     ORDER BY w.served_at LIMIT 256 FOR NO KEY UPDATE OF w SKIP LOCKED
), picked AS MATERIALIZED (
    SELECT due.webhook_id, due.event_id, ready.url, ready.failures
      FROM ready CROSS JOIN LATERAL (
           SELECT d.webhook_id, d.event_id FROM puente.webhook_delivery AS d
            WHERE d.webhook_id = ready.webhook_id AND d.state = 'WAITING' AND d.due_at <= now()
              AND NOT EXISTS (SELECT FROM puente.webhook_delivery AS earlier
                               WHERE earlier.webhook_id = d.webhook_id AND earlier.manifest_id = d.manifest_id AND earlier.state = 'WAITING'
                                 AND earlier.event_id < d.event_id)
            ORDER BY d.due_at, d.event_id
            LIMIT GREATEST(0, ready.most - (SELECT count(*) FROM puente.webhook_delivery AS busy
                                             WHERE busy.webhook_id = ready.webhook_id AND busy.state = 'WAITING' AND busy.under_way AND busy.due_at > now()))
              FOR NO KEY UPDATE SKIP LOCKED) AS due
     LIMIT $1::bigint
), taken AS (
    UPDATE puente.webhook_delivery AS d SET attempts = d.attempts + 1, under_way = true, due_at = now() + $5::bigint * interval '1 millisecond'
      FROM picked WHERE d.webhook_id = picked.webhook_id AND d.event_id = picked.event_id
    RETURNING d.webhook_id, d.event_id, d.manifest_id, d.attempts, picked.url, picked.failures
), served AS (
    UPDATE puente.webhook SET served_at = clock_timestamp() WHERE webhook_id IN (SELECT webhook_id FROM taken)
)
SELECT taken.webhook_id, taken.event_id, taken.attempts, taken.url, taken.failures, CASE WHEN e.event_id IS NOT NULL THEN
       json_build_object('type', 'manifest.' || e.kind, 'timestamp', moment.text, 'data', json_build_object(
           'eventId', e.event_id, 'kind', e.kind, 'manifestId', e.manifest_id, 'at', moment.text, 'status', e.status, 'version', e.version,
           'tripNumber', m.trip_number))::text END
  FROM taken LEFT JOIN puente.event AS e ON e.manifest_id = taken.manifest_id AND e.event_id = taken.event_id LEFT JOIN puente.manifest AS m ON m.manifest_id = e.manifest_id
       LEFT JOIN LATERAL (SELECT to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS text) AS moment ON true)sql"};

constexpr Statement take_challenges{"take_webhook_challenges", R"sql(WITH due AS MATERIALIZED (
    SELECT webhook_id FROM puente.webhook WHERE state = 'PENDING' AND rest_until <= now() ORDER BY rest_until LIMIT $1::bigint FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE puente.webhook AS w SET challenges = w.challenges + 1, rest_until = now() + $2::bigint * interval '1 millisecond'
  FROM due WHERE w.webhook_id = due.webhook_id
RETURNING w.webhook_id, w.challenges, w.url)sql"};

constexpr Statement read_secrets{"read_webhook_secrets", R"sql(SELECT webhook_id, secret, sealed FROM puente.webhook_secret
 WHERE webhook_id = ANY ($1::uuid[]) AND expires_at > now() ORDER BY webhook_id, secret_no DESC)sql"};

constexpr Statement lock_webhooks{"lock_webhooks",
                                  "SELECT FROM puente.webhook WHERE webhook_id = ANY ($1::uuid[]) ORDER BY webhook_id FOR NO KEY UPDATE"};

// $1 to $6 and on: one element for each outcome.
constexpr Statement log_attempts{"log_webhook_attempts",
                                 R"sql(INSERT INTO puente.webhook_attempt (webhook_id, event_id, attempt, status, latency_ms, error)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::integer[], $4::integer[], $5::integer[], $6::text[]))sql"};

constexpr Statement settle_deliveries{"settle_webhook_deliveries", R"sql(UPDATE puente.webhook_delivery AS d
   SET state = g.becomes, reason = g.reason, under_way = false,
       due_at = CASE g.becomes WHEN 'WAITING' THEN now() + g.delay_ms * interval '1 millisecond' ELSE d.due_at END,
       delivered_at = CASE g.becomes WHEN 'DELIVERED' THEN now() END
  FROM unnest($1::uuid[], $2::bigint[], $3::integer[], $4::text[], $5::text[], $6::bigint[]) AS g (webhook_id, event_id, attempt, becomes, reason, delay_ms)
 WHERE d.webhook_id = g.webhook_id AND d.event_id = g.event_id AND d.attempts = g.attempt AND d.under_way AND d.state = 'WAITING')sql"};

// What comes after it in its manifest cannot go earlier: no need to look at it again and again.
constexpr Statement hold_followers{"hold_webhook_followers", R"sql(UPDATE puente.webhook_delivery AS later SET due_at = first.due_at
  FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS g (webhook_id, event_id, becomes)
       JOIN puente.webhook_delivery AS first ON first.webhook_id = g.webhook_id AND first.event_id = g.event_id
 WHERE g.becomes = 'WAITING' AND first.state = 'WAITING' AND later.webhook_id = first.webhook_id AND later.manifest_id = first.manifest_id
   AND later.event_id > first.event_id AND later.state = 'WAITING' AND later.due_at < first.due_at)sql"};

constexpr Statement free_followers{"free_webhook_followers", R"sql(UPDATE puente.webhook_delivery AS later SET due_at = now()
  FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS g (webhook_id, event_id, becomes)
       JOIN puente.webhook_delivery AS first ON first.webhook_id = g.webhook_id AND first.event_id = g.event_id
 WHERE g.becomes <> 'WAITING' AND first.attempts > 1 AND later.webhook_id = first.webhook_id AND later.manifest_id = first.manifest_id
   AND later.event_id > first.event_id AND later.state = 'WAITING' AND later.attempts = 0 AND later.due_at > now())sql"};

// A success makes an endpoint well. Without one the failures add up; what fails for longer than $7 seconds, or wants no more, is disabled, and gets
// what it misses from here on when it is resumed.
constexpr Statement judge_endpoints{"judge_webhook_endpoints", R"sql(WITH seen AS (
    SELECT webhook_id, bool_or(went) AS went, count(*) FILTER (WHERE at_fault) AS faults, max(rest_ms) AS rest_ms, bool_or(gone) AS gone,
           avg(latency_ms)::integer AS latency_ms
      FROM unnest($1::uuid[], $2::boolean[], $3::boolean[], $4::bigint[], $5::boolean[], $6::integer[]) AS g (webhook_id, went, at_fault, rest_ms, gone, latency_ms)
     GROUP BY webhook_id
), judged AS (
    SELECT w.webhook_id, seen.went, seen.faults, seen.rest_ms, seen.latency_ms, NOT seen.went AND w.state IN ('ACTIVE', 'PAUSED') AND (seen.gone
           OR COALESCE(w.failing_since < now() - $7::bigint * interval '1 second', false)) AS ends, seen.gone
      FROM seen JOIN puente.webhook AS w USING (webhook_id)
)
UPDATE puente.webhook AS w
   SET failures = CASE WHEN j.went THEN 0 ELSE w.failures + j.faults END,
       failing_since = CASE WHEN j.went THEN NULL ELSE COALESCE(w.failing_since, now()) END,
       rest_until = CASE WHEN j.went THEN LEAST(w.rest_until, now()) ELSE GREATEST(w.rest_until, now() + j.rest_ms * interval '1 millisecond') END,
       latency_ms = CASE WHEN w.latency_ms = 0 THEN j.latency_ms ELSE (3 * w.latency_ms + j.latency_ms) / 4 END,
       state = CASE WHEN j.ends THEN 'DISABLED' ELSE w.state END,
       state_reason = CASE WHEN NOT j.ends THEN w.state_reason
                           WHEN j.gone THEN 'the endpoint answered 410: it wants no more'
                           ELSE 'no delivery succeeded since ' || to_char(w.failing_since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') END,
       (replay_xid, replay_event) = (SELECT CASE WHEN j.ends AND w.replay_xid IS NULL THEN c.after_xid ELSE w.replay_xid END,
                                            CASE WHEN j.ends AND w.replay_xid IS NULL THEN c.after_event ELSE w.replay_event END FROM puente.webhook_cursor AS c)
  FROM judged AS j WHERE w.webhook_id = j.webhook_id
RETURNING j.ends)sql"};

constexpr Statement settle_challenge{"settle_webhook_challenge", R"sql(UPDATE puente.webhook AS w
   SET state = CASE $3::text WHEN 'DELIVERED' THEN 'ACTIVE' WHEN 'PARKED' THEN 'UNVERIFIED' ELSE w.state END, state_reason = $4,
       verified_at = CASE $3::text WHEN 'DELIVERED' THEN now() ELSE w.verified_at END, failures = 0, failing_since = NULL, latency_ms = 0,
       rest_until = now() + $5::bigint * interval '1 millisecond',
       (replay_xid, replay_event) = (SELECT CASE WHEN $3::text = 'PARKED' AND w.replay_xid IS NULL THEN c.after_xid ELSE w.replay_xid END,
                                            CASE WHEN $3::text = 'PARKED' AND w.replay_xid IS NULL THEN c.after_event ELSE w.replay_event END
                                       FROM puente.webhook_cursor AS c)
 WHERE w.webhook_id = $1 AND w.challenges = $2 AND w.state = 'PENDING')sql"};

constexpr Statement disable_revoked{"disable_revoked_webhooks", R"sql(UPDATE puente.webhook AS w
   SET state = 'DISABLED', state_reason = 'the client that answers for it was revoked',
       (replay_xid, replay_event) = (SELECT COALESCE(w.replay_xid, c.after_xid), CASE WHEN w.replay_xid IS NULL THEN c.after_event ELSE w.replay_event END
                                       FROM puente.webhook_cursor AS c)
 WHERE state IN ('PENDING', 'ACTIVE', 'PAUSED') AND EXISTS (SELECT FROM puente.client AS c WHERE c.client_id = w.client_id AND c.revoked))sql"};

constexpr Statement forget_deliveries{"forget_webhook_deliveries", R"sql(DELETE FROM puente.webhook_delivery
 WHERE ctid = ANY (ARRAY(SELECT d.ctid FROM puente.webhook_delivery AS d WHERE d.made_at < now() - $1::bigint * interval '1 hour' LIMIT 5000))
    OR ctid = ANY (ARRAY(SELECT d.ctid FROM puente.webhook AS w JOIN puente.webhook_delivery AS d USING (webhook_id) WHERE w.state = 'DELETED' LIMIT 5000)))sql"};

constexpr Statement forget_attempts{"forget_webhook_attempts", R"sql(DELETE FROM puente.webhook_attempt
 WHERE ctid = ANY (ARRAY(SELECT a.ctid FROM puente.webhook_attempt AS a WHERE a.at < now() - $1::bigint * interval '1 hour' LIMIT 5000))
    OR ctid = ANY (ARRAY(SELECT a.ctid FROM puente.webhook AS w JOIN puente.webhook_attempt AS a USING (webhook_id) WHERE w.state = 'DELETED' LIMIT 5000)))sql"};

constexpr Statement forget_secrets{"forget_webhook_secrets", R"sql(DELETE FROM puente.webhook_secret AS s USING puente.webhook AS w
 WHERE w.webhook_id = s.webhook_id AND (s.expires_at < now() OR w.state = 'DELETED'))sql"};

// A statement is planned once, perhaps while the tables are small: it has to go by its indexes when they no longer are.
constexpr Statement go_by_index{"webhooks_go_by_index",
                                "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)"};

constexpr Statement count_backlog{"count_webhook_backlog", R"sql(SELECT
       (SELECT count(*) FROM (SELECT FROM puente.webhook_delivery WHERE state = 'WAITING' LIMIT 100000) AS waiting),
       (SELECT count(*) FROM (SELECT FROM puente.webhook_delivery WHERE state = 'PARKED' LIMIT 100000) AS parked),
       (SELECT GREATEST(0, 1000 * extract(epoch FROM clock_timestamp() - next.at))::bigint
          FROM puente.webhook_cursor AS c CROSS JOIN LATERAL (
               SELECT at FROM puente.event WHERE (written_by, event_id) > (c.after_xid, c.after_event) ORDER BY written_by, event_id LIMIT 1) AS next))sql"};

const char* becomes(ErrandOutcome::Verdict verdict) {
    switch (verdict) {
        case ErrandOutcome::Verdict::delivered:
            return "DELIVERED";
        case ErrandOutcome::Verdict::parked:
            return "PARKED";
        case ErrandOutcome::Verdict::again:
            break;
    }
    return "WAITING";
}

Result<void> add_secrets(Transaction& tx, std::vector<WebhookErrand>& errands) {
    BinaryArray ids{Element::uuid};
    for (const WebhookErrand& errand : errands) ids.add_uuid(errand.webhook_id);
    const Result<Rows> rows = tx.run_bound(read_secrets, {ids.parameter()});
    if (!rows) return rows.error();
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const Row row = (*rows)[i];
        const Uuid webhook_id = row.uuid(0);
        for (WebhookErrand& errand : errands) {
            if (errand.webhook_id == webhook_id) errand.secrets.push_back({row.octets(1), row.boolean(2)});
        }
    }
    return {};
}

/// The columns that several statements take, one element for each outcome.
struct Columns {
    BinaryArray webhooks{Element::uuid};
    BinaryArray events{Element::int64};
    BinaryArray attempts{Element::int32};
    BinaryArray states{Element::text};
    BinaryArray statuses{Element::int32};
    BinaryArray latencies{Element::int32};
    BinaryArray errors{Element::text};
    BinaryArray delays{Element::int64};
    BinaryArray went{Element::boolean};
    BinaryArray at_fault{Element::boolean};
    BinaryArray rests{Element::int64};
    BinaryArray gone{Element::boolean};

    void add(const ErrandOutcome& outcome) {
        webhooks.add_uuid(outcome.webhook_id);
        events.add_int64(outcome.event_id);
        attempts.add_int32(outcome.attempt);
        states.add_text(becomes(outcome.verdict));
        statuses.add_int32(outcome.status);
        latencies.add_int32(outcome.latency_ms);
        errors.add_text(outcome.error);
        delays.add_int64(outcome.delay.count());
        went.add_bool(outcome.verdict == ErrandOutcome::Verdict::delivered);
        at_fault.add_bool(outcome.endpoint_at_fault);
        rests.add_int64(outcome.rest.count());
        gone.add_bool(outcome.gone);
    }
};

/// Gives how many endpoints it disabled.
Result<std::size_t> record_deliveries(Transaction& tx, const Columns& all, std::chrono::seconds patience) {
    const Parameter webhooks = all.webhooks.parameter();
    const Parameter events = all.events.parameter();
    const Parameter states = all.states.parameter();
    if (const Result<Rows> locked = tx.run_bound(lock_webhooks, {webhooks}); !locked) return locked.error();
    const Result<Rows> judged =
        tx.run_bound(judge_endpoints, {webhooks, all.went.parameter(), all.at_fault.parameter(), all.rests.parameter(), all.gone.parameter(),
                                       all.latencies.parameter(), Parameter{std::int64_t{patience.count()}}});
    if (!judged) return judged.error();
    const Result<Rows> done[] = {
        tx.run_bound(settle_deliveries, {webhooks, events, all.attempts.parameter(), states, all.errors.parameter(), all.delays.parameter()}),
        tx.run_bound(hold_followers, {webhooks, events, states}),
        tx.run_bound(free_followers, {webhooks, events, states}),
    };
    for (const Result<Rows>& each : done) {
        if (!each) return each.error();
    }
    std::size_t disabled = 0;
    for (std::size_t i = 0; i < judged->size(); ++i) disabled += (*judged)[i].boolean(0) ? 1 : 0;
    return disabled;
}

}  // namespace

Result<std::vector<WebhookErrand>> take_errands(Transaction& tx, const ErrandLimits& limits) {
    std::vector<WebhookErrand> errands;
    const std::int64_t lease_ms = limits.lease.count();
    if (limits.challenges > 0) {
        const Result<Rows> rows = tx.run(take_challenges, static_cast<std::int64_t>(limits.challenges), lease_ms);
        if (!rows) return rows.error();
        for (std::size_t i = 0; i < rows->size(); ++i) errands.push_back({(*rows)[i].uuid(0), 0, (*rows)[i].int32(1), (*rows)[i].text(2), {}, 0, {}});
    }
    if (limits.deliveries > 0) {
        const Result<Rows> rows = tx.run(take_deliveries, static_cast<std::int64_t>(limits.deliveries), limits.per_endpoint,
                                         static_cast<std::int32_t>(limits.slow.count()), limits.slow_too, lease_ms);
        if (!rows) return rows.error();
        for (std::size_t i = 0; i < rows->size(); ++i) {
            const Row row = (*rows)[i];
            errands.push_back({row.uuid(0), row.int64(1), row.int32(2), row.text(3), row.text(5), row.int32(4), {}});
        }
    }
    if (errands.empty()) return errands;
    if (const Result<void> added = add_secrets(tx, errands); !added) return added.error();
    return errands;
}

Result<std::size_t> record_outcomes(Transaction& tx, const std::vector<ErrandOutcome>& outcomes, std::chrono::seconds patience) {
    Columns all;
    Columns deliveries;
    bool any_delivery = false;
    for (const ErrandOutcome& outcome : outcomes) {
        all.add(outcome);
        if (outcome.event_id == 0) {
            const Result<Rows> settled = tx.run(settle_challenge, outcome.webhook_id, outcome.attempt, becomes(outcome.verdict), outcome.error,
                                                std::int64_t{outcome.delay.count()});
            if (!settled) return settled.error();
        } else {
            deliveries.add(outcome);
            any_delivery = true;
        }
    }
    const Result<std::size_t> disabled = any_delivery ? record_deliveries(tx, deliveries, patience) : Result<std::size_t>{std::size_t{0}};
    if (!disabled) return disabled.error();
    const Result<Rows> logged = tx.run_bound(log_attempts, {all.webhooks.parameter(), all.events.parameter(), all.attempts.parameter(),
                                                            all.statuses.parameter(), all.latencies.parameter(), all.errors.parameter()});
    if (!logged) return logged.error();
    return disabled;
}

Result<void> tidy_webhooks(Transaction& tx, std::chrono::hours keep) {
    const std::int64_t hours = keep.count();
    const Result<Rows> done[] = {tx.run(disable_revoked), tx.run(forget_deliveries, hours), tx.run(forget_attempts, hours), tx.run(forget_secrets)};
    for (const Result<Rows>& each : done) {
        if (!each) return each.error();
    }
    return {};
}

Result<WebhookBacklog> look_at_deliveries(Transaction& tx) {
    if (const Result<Rows> set = tx.run(go_by_index); !set) return set.error();
    const Result<Rows> rows = tx.run(count_backlog);
    if (!rows) return rows.error();
    const Row row = (*rows)[0];
    return WebhookBacklog{static_cast<std::size_t>(row.int64(0)), static_cast<std::size_t>(row.int64(1)), std::chrono::milliseconds{row.int64(2)}};
}

}  // namespace puente::store
