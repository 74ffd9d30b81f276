#include "puente/store/expiry.hpp"

#include <unordered_map>

#include "store/binary_array.hpp"

namespace puente::store {

namespace {

constexpr Statement forget_answers{"forget_expired_answers", R"sql(DELETE FROM puente.idempotency
 WHERE ctid = ANY (ARRAY(SELECT i.ctid FROM puente.idempotency AS i WHERE i.expires_at < now() LIMIT $1::bigint)))sql"};

// Ends with the transaction, also when the gateway dies.
constexpr Statement one_at_a_time{"expire_one_at_a_time", "SELECT pg_try_advisory_xact_lock(hashtext('puente.expiry'), 0)"};

constexpr Statement late_ones{"late_manifests",
                              R"sql(SELECT m.manifest_id, (SELECT count(*) FROM puente.inspection_leg AS leg WHERE leg.manifest_id = m.manifest_id)
  FROM puente.manifest AS m
 WHERE m.arrived_at IS NULL AND m.status IN ('UNDER_REVIEW', 'INSPECTION_REQUIRED', 'CLEARED', 'RELEASED')
   AND m.estimated_arrival < clock_timestamp() - $1::bigint * interval '1 hour'
   AND NOT EXISTS (SELECT FROM puente.inspection_leg AS leg WHERE leg.manifest_id = m.manifest_id
                      AND (leg.lease_until > clock_timestamp() OR leg.state IN ('WORKING', 'HELD')))
 ORDER BY m.estimated_arrival LIMIT $2::bigint)sql"};

// Legs before manifests, as officers do; a leg that somebody is at in this moment keeps its manifest for the next time.
constexpr Statement lock_late_legs{"lock_late_legs",
                                   R"sql(SELECT manifest_id FROM puente.inspection_leg
 WHERE manifest_id = ANY ($1::uuid[]) AND state NOT IN ('WORKING', 'HELD') AND (lease_until IS NULL OR lease_until <= clock_timestamp())
 ORDER BY inspection_id, agency FOR UPDATE SKIP LOCKED)sql"};
constexpr Statement expire{"expire_manifests",
                           R"sql(WITH free AS (
    SELECT manifest_id FROM puente.manifest
     WHERE manifest_id = ANY ($1::uuid[]) AND arrived_at IS NULL AND status IN ('UNDER_REVIEW', 'INSPECTION_REQUIRED', 'CLEARED', 'RELEASED')
       AND estimated_arrival < clock_timestamp() - $2::bigint * interval '1 hour'
     ORDER BY manifest_id FOR UPDATE SKIP LOCKED
), moved AS (
    UPDATE puente.manifest AS m SET status = 'EXPIRED', state_no = state_no + 1, changed_at = clock_timestamp() FROM free WHERE m.manifest_id = free.manifest_id
    RETURNING m.manifest_id, m.changed_at, m.version, m.state_no
), told AS (
    INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status)
    SELECT manifest_id, changed_at, 'expired', version, state_no, 'GATEWAY', 'EXPIRED' FROM moved
)
SELECT pg_notify('manifest_changed', manifest_id::text) FROM moved)sql"};

}  // namespace

Result<std::size_t> forget_expired_answers(Transaction& tx, std::size_t most) {
    const Result<Rows> forgotten = tx.run(forget_answers, static_cast<std::int64_t>(most));
    if (!forgotten) return forgotten.error();
    return forgotten->affected();
}

Result<std::size_t> expire_manifests(Transaction& tx, std::chrono::hours patience, std::size_t most) {
    const Result<Rows> first = tx.run(one_at_a_time);
    if (!first) return first.error();
    if (!(*first)[0].boolean(0)) return std::size_t{0};
    const auto hours = static_cast<std::int64_t>(patience.count());
    const Result<Rows> late = tx.run(late_ones, hours, static_cast<std::int64_t>(most));
    if (!late) return late.error();
    BinaryArray ids{Element::uuid};
    for (std::size_t i = 0; i < late->size(); ++i) ids.add_uuid((*late)[i].uuid(0));
    const Result<Rows> locked = tx.run(lock_late_legs, ids.parameter());
    if (!locked) return locked.error();
    std::unordered_map<Uuid, std::int64_t> legs;
    for (std::size_t i = 0; i < locked->size(); ++i) ++legs[(*locked)[i].uuid(0)];
    BinaryArray free{Element::uuid};
    for (std::size_t i = 0; i < late->size(); ++i) {
        const Row row = (*late)[i];
        const auto mine = legs.find(row.uuid(0));
        if ((mine == legs.end() ? 0 : mine->second) == row.int64(1)) free.add_uuid(row.uuid(0));
    }
    const Result<Rows> expired = tx.run(expire, free.parameter(), hours);
    if (!expired) return expired.error();
    return expired->size();
}

}  // namespace puente::store
