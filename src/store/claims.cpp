#include "puente/store/claims.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "puente/inspection/leg.hpp"
#include "puente/store/transaction.hpp"
#include "store/binary_array.hpp"
#include "store/leg_records.hpp"

namespace puente::store {

namespace {

/// A claim reads so many waiting legs from the front of the queue to find free ones: those it asks for, and those that others are taking meanwhile.
constexpr std::size_t window_small = 16;
constexpr std::size_t window_large = 2 * claims_at_once_max;

/// $1 port, $2 agency, $3 officers, $4 lease in seconds, $5 lanes. `waiting` is the front of the queue as inspection::turn_of orders it: by the legs'
/// own turn, those that a contingency puts first by their better one, and those whose lease is over. Only a leg that is still free when it is locked
/// is taken. Locks are taken in the order of the queue. The event tells who reads the log; there is no NOTIFY, which would let one transaction commit
/// at a time.
std::string claim_text(const char* port_column, std::size_t window, Busy busy) {
    const std::string waits = fmt::format(
        "agency = $2 AND {} = $1 AND in_queue AND state IN ('PENDING', 'WORKING') AND ($5::text[] = '{{}}' OR lane = ANY ($5))", port_column);
    const std::string other_port = port_column == std::string_view{"us_port"} ? "$1 = ANY (c.us_ports) AND leg.mx_office = ANY (c.mx_offices)"
                                                                              : "$1 = ANY (c.mx_offices) AND leg.us_port = ANY (c.us_ports)";
    return fmt::format(R"sql(WITH waiting AS (
    (SELECT inspection_id, turn_at AS turn FROM puente.inspection_leg WHERE {0} AND lease_until IS NULL ORDER BY turn_at, inspection_id LIMIT {1})
    UNION ALL
    (SELECT first.inspection_id, first.turn_at - c.head_start FROM puente.contingency AS c CROSS JOIN LATERAL (
        SELECT inspection_id, turn_at FROM puente.inspection_leg AS leg WHERE {0} AND lease_until IS NULL AND essential <> '{{}}' AND essential && c.classes AND {2}
         ORDER BY turn_at, inspection_id LIMIT {1}) AS first
      WHERE c.ended_at IS NULL AND c.ends_at > clock_timestamp() AND c.confirmed_at IS NOT NULL)
    UNION ALL
    (SELECT inspection_id, turn_at - puente.contingency_head_start(us_port, mx_office, essential) FROM puente.inspection_leg
      WHERE {0} AND lease_until <= statement_timestamp() ORDER BY lease_until LIMIT {1})
), taken AS (
    SELECT leg.inspection_id, w.turn FROM (SELECT inspection_id, min(turn) AS turn FROM waiting GROUP BY inspection_id) AS w
      JOIN puente.inspection_leg AS leg USING (inspection_id)
     WHERE leg.agency = $2 AND leg.in_queue AND leg.state IN ('PENDING', 'WORKING') AND (leg.lease_until IS NULL OR leg.lease_until <= clock_timestamp())
     ORDER BY w.turn, leg.inspection_id LIMIT cardinality($3::text[]) FOR UPDATE OF leg {3}
), dealt AS (
    SELECT inspection_id, row_number() OVER (ORDER BY turn, inspection_id) AS place FROM taken
), claimed AS (
    UPDATE puente.inspection_leg AS leg
       SET fence = fence + 1, lease_until = clock_timestamp() + $4::bigint * interval '1 second'
      FROM dealt WHERE leg.inspection_id = dealt.inspection_id AND leg.agency = $2
    RETURNING leg.inspection_id, leg.manifest_id, leg.fence, leg.lease_until, dealt.place
), held AS (
    INSERT INTO puente.leg_holder (inspection_id, agency, fence, holder) SELECT inspection_id, $2, fence, ($3::text[])[place] FROM claimed
), moved AS (
    UPDATE puente.manifest AS m SET state_no = state_no + 1, changed_at = clock_timestamp() FROM claimed WHERE m.manifest_id = claimed.manifest_id
    RETURNING m.manifest_id, m.changed_at, m.version, m.state_no, m.status
), told AS (
    INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, detail, audience)
    SELECT manifest_id, changed_at, 'leg_claimed', version, state_no, $2, status, json_build_object('agency', $2::text), 'OFFICERS' FROM moved
)
SELECT inspection_id, manifest_id, fence, lease_until FROM claimed ORDER BY place)sql",
                       waits, window, other_port, busy == Busy::pass_over ? "SKIP LOCKED" : "");
}

/// The texts of one port column.
struct ClaimStatements {
    ClaimStatements(const char* column, const char* one_name, const char* many_name, const char* patient_name)
        : one_text{claim_text(column, window_small, Busy::pass_over)},
          many_text{claim_text(column, window_large, Busy::pass_over)},
          patient_text{claim_text(column, window_large, Busy::wait_for)},
          one{one_name, one_text.c_str()},
          many{many_name, many_text.c_str()},
          patient{patient_name, patient_text.c_str()} {}
    const std::string one_text, many_text, patient_text;
    const Statement one, many, patient;
};

const ClaimStatements us_claims{"us_port", "claim_next_us", "claim_many_us", "claim_patiently_us"};
const ClaimStatements mx_claims{"mx_office", "claim_next_mx", "claim_many_mx", "claim_patiently_mx"};

constexpr Statement claim_named{"claim_named",
                                R"sql(WITH claimed AS (
    UPDATE puente.inspection_leg
       SET fence = fence + 1, lease_until = clock_timestamp() + $4::bigint * interval '1 second'
     WHERE inspection_id = $1 AND agency = $2 AND in_queue AND state IN ('PENDING', 'WORKING', 'HELD')
       AND (lease_until IS NULL OR lease_until <= clock_timestamp())
    RETURNING inspection_id, manifest_id, fence, lease_until
), held AS (
    INSERT INTO puente.leg_holder (inspection_id, agency, fence, holder) SELECT inspection_id, $2, fence, $3 FROM claimed
), moved AS (
    UPDATE puente.manifest AS m SET state_no = state_no + 1, changed_at = clock_timestamp() FROM claimed WHERE m.manifest_id = claimed.manifest_id
    RETURNING m.manifest_id, m.changed_at, m.version, m.state_no, m.status
), told AS (
    INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, detail, audience)
    SELECT manifest_id, changed_at, 'leg_claimed', version, state_no, $2, status, json_build_object('agency', $2::text), 'OFFICERS' FROM moved
)
SELECT inspection_id, manifest_id, fence, lease_until FROM claimed)sql"};

/// How a leg stands: $4 is who asks.
constexpr Statement leg_at_port{"leg_at_port",
                                R"sql(SELECT leg.state, i.is_open, leg.lease_until > clock_timestamp(), held.holder = $4, leg.fence, leg.lease_until
  FROM puente.inspection AS i LEFT JOIN puente.inspection_leg AS leg ON leg.inspection_id = i.inspection_id AND leg.agency = $3
  LEFT JOIN puente.leg_holder AS held ON (held.inspection_id, held.agency, held.fence) = (leg.inspection_id, leg.agency, leg.held_fence)
 WHERE i.inspection_id = $1 AND (i.us_port = $2 OR i.mx_office = $2))sql"};

constexpr Statement extend{
    "extend_claim",
    R"sql(UPDATE puente.inspection_leg AS leg SET lease_until = clock_timestamp() + $5::bigint * interval '1 second' FROM puente.leg_holder AS held
 WHERE leg.inspection_id = $1 AND leg.agency = $2 AND leg.held_fence = $4 AND leg.lease_until > clock_timestamp()
   AND (held.inspection_id, held.agency, held.fence, held.holder) = (leg.inspection_id, leg.agency, leg.held_fence, $3) RETURNING leg.lease_until)sql"};
constexpr Statement leg_is_there{"leg_is_there", "SELECT 1 FROM puente.inspection_leg WHERE inspection_id = $1 AND agency = $2"};

constexpr Statement next_lapse{"next_lapse",
                               R"sql(SELECT min(lease_until) FROM puente.inspection_leg
 WHERE agency = $1 AND in_queue AND lease_until > statement_timestamp() AND (us_port = $2 OR mx_office = $2))sql"};

/// Whether a leg is free as this statement sees it.
std::string any_left_text(const char* port_column) {
    return fmt::format(R"sql(SELECT EXISTS (
    SELECT FROM puente.inspection_leg WHERE agency = $2 AND {0} = $1 AND in_queue AND lease_until IS NULL AND state IN ('PENDING', 'WORKING')
       AND ($3::text[] = '{{}}' OR lane = ANY ($3))
) OR EXISTS (
    SELECT FROM puente.inspection_leg WHERE agency = $2 AND {0} = $1 AND in_queue AND lease_until <= statement_timestamp()
       AND state IN ('PENDING', 'WORKING') AND ($3::text[] = '{{}}' OR lane = ANY ($3))))sql",
                       port_column);
}

const std::string any_left_us_text = any_left_text("us_port");
const std::string any_left_mx_text = any_left_text("mx_office");
const Statement any_left_us{"any_left_us", any_left_us_text.c_str()};
const Statement any_left_mx{"any_left_mx", any_left_mx_text.c_str()};

/// Each time, others took everything that was to be seen at the front of the queue.
constexpr int looks_max = 10;

Claim claim_of(const Row& row) {
    return {row.uuid(0), row.uuid(1), row.int64(2), row.instant(3)};
}

Parameter texts(const std::vector<std::string>& all) {
    BinaryArray array{Element::text};
    for (const std::string& each : all) array.add_text(each);
    return array.parameter();
}

/// Why a leg cannot be claimed, and what can be done instead.
Error refusal(const Row& row, const identifiers::AgencyCode& agency) {
    const auto conflict = [](std::string words) { return Error{ErrorKind::conflict, std::move(words)}; };
    const std::string state = row.is_null(0) ? "NONE" : row.text(0);
    if (state == "NONE") return conflict(fmt::format("{} does not look at this load: its leg is NONE; join the inspection first", agency.text()));
    if (state == "RELEASED" || state == "REFUSED")
        return conflict(fmt::format("the leg of {} is {}: there is nothing left to do on it", agency.text(), state));
    if (!row.boolean(1)) return conflict("the inspection is closed: the trip is over");
    if (!row.is_null(2) && row.boolean(2)) {
        const std::string until = puente::to_text(row.instant(5));
        if (row.boolean(3)) return conflict(fmt::format("you hold this leg already, under fence {} until {}", row.int64(4), until));
        return conflict(fmt::format("another officer of {} holds this leg, which is {}, until {}; it is free when the lease ends or is given back",
                                    agency.text(), state, until));
    }
    return conflict("somebody took this leg in this moment; read the queue again");
}

}  // namespace

Result<std::vector<Claim>> claim_next_legs(Transaction& tx, const Counter& counter, const std::vector<std::string>& officers,
                                           std::chrono::seconds lease, Busy busy) {
    const ClaimStatements& claims = std::string_view{port_column(counter.port)} == "us_port" ? us_claims : mx_claims;
    const Statement& statement = busy == Busy::wait_for ? claims.patient : officers.size() == 1 ? claims.one : claims.many;
    const Result<Rows> rows = tx.run_bound(
        statement, {counter.port, counter.agency.text(), texts(officers), static_cast<std::int64_t>(lease.count()), texts(counter.lanes)});
    if (!rows) return rows.error();
    std::vector<Claim> taken;
    for (std::size_t i = 0; i < rows->size(); ++i) taken.push_back(claim_of((*rows)[i]));
    return taken;
}

Result<std::vector<Claim>> claim_what_waits(Transaction& tx, const Counter& counter, const std::vector<std::string>& officers,
                                            std::chrono::seconds lease) {
    const Statement& any_left = std::string_view{port_column(counter.port)} == "us_port" ? any_left_us : any_left_mx;
    for (int looks = 0; looks < looks_max; ++looks) {
        Result<std::vector<Claim>> taken = claim_next_legs(tx, counter, officers, lease, looks == 0 ? Busy::pass_over : Busy::wait_for);
        if (!taken || !taken->empty()) return taken;
        const Result<Rows> left = tx.run(any_left, counter.port, counter.agency.text(), texts(counter.lanes));
        if (!left) return left.error();
        if (!(*left)[0].boolean(0)) break;
    }
    return std::vector<Claim>{};
}

Error nothing_waits(Transaction& tx, const Counter& counter) {
    const Result<Rows> rows = tx.run(next_lapse, counter.agency.text(), counter.port);
    if (!rows) return rows.error();
    const std::string later =
        rows->empty() || (*rows)[0].is_null(0) ? "" : fmt::format("; the next lease there ends at {}", puente::to_text((*rows)[0].instant(0)));
    return Error{ErrorKind::conflict,
                 fmt::format("nothing is waiting to be claimed by {} at {}{}{}. Legs on hold are claimed by name", counter.agency.text(),
                             counter.port, counter.lanes.empty() ? "" : fmt::format(" in lane {}", fmt::join(counter.lanes, ", ")), later)};
}

Result<Claim> claim_next_leg(Transaction& tx, const Counter& counter, const std::string& officer, std::chrono::seconds lease) {
    const Result<std::vector<Claim>> taken = claim_what_waits(tx, counter, {officer}, lease);
    if (!taken) return taken.error();
    if (taken->empty()) return nothing_waits(tx, counter);
    return taken->front();
}

Result<Claim> claim_named_leg(Transaction& tx, const std::string& port, const identifiers::AgencyCode& agency, const std::string& officer,
                              const Uuid& inspection_id, std::chrono::seconds lease) {
    const Result<Rows> there = tx.run(leg_at_port, inspection_id, port, agency.text(), officer);
    if (!there) return there.error();
    if (there->empty()) return Error{ErrorKind::not_found, "no such inspection"};
    const Result<Rows> taken = tx.run(claim_named, inspection_id, agency.text(), officer, static_cast<std::int64_t>(lease.count()));
    if (!taken) return taken.error();
    if (!taken->empty()) return claim_of((*taken)[0]);
    const Result<Rows> now = tx.run(leg_at_port, inspection_id, port, agency.text(), officer);
    if (!now) return now.error();
    if (now->empty()) return Error{ErrorKind::not_found, "no such inspection"};
    return refusal((*now)[0], agency);
}

Result<Claim> claim_leg(Transaction& tx, const std::string& port, const identifiers::AgencyCode& agency, const std::string& officer,
                        const std::optional<Uuid>& inspection_id, std::chrono::seconds lease) {
    if (inspection_id) return claim_named_leg(tx, port, agency, officer, *inspection_id, lease);
    return claim_next_leg(tx, Counter{port, agency, {}}, officer, lease);
}

Result<Instant> extend_claim(Transaction& tx, const Uuid& inspection_id, const identifiers::AgencyCode& agency, const std::string& officer,
                             std::int64_t fence, std::chrono::seconds lease) {
    const Result<Rows> extended = tx.run(extend, inspection_id, agency.text(), officer, fence, static_cast<std::int64_t>(lease.count()));
    if (!extended) return extended.error();
    if (!extended->empty()) return (*extended)[0].instant(0);
    const Result<Rows> there = tx.run(leg_is_there, inspection_id, agency.text());
    if (!there) return there.error();
    if (there->empty()) return Error{ErrorKind::not_found, "no such inspection"};
    return Error{ErrorKind::stale, "this claim is no longer yours: its lease is over or somebody else took the leg; claim it again"};
}

}  // namespace puente::store
