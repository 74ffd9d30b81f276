#include <fmt/format.h>

#include <string>

#include "puente/store/inspections.hpp"
#include "puente/store/transaction.hpp"
#include "store/leg_records.hpp"

namespace puente::store {

namespace {

// Locks are taken in one order, own leg before manifest, so that two officers never wait for each other.

/// The next leg of the queue that nobody holds; what another is taking in this moment is passed over. A leg put on hold is taken by name only.
std::string claim_next_text(const char* port_column) {
    return fmt::format(
        R"sql(UPDATE puente.inspection_leg AS leg
   SET holder = $3, fence = fence + 1, lease_until = clock_timestamp() + $4::bigint * interval '1 second'
 WHERE agency = $2 AND inspection_id = (
       SELECT l.inspection_id FROM puente.inspection AS i JOIN puente.inspection_leg AS l USING (inspection_id)
        WHERE i.is_open AND i.{} = $1 AND l.agency = $2 AND l.state IN ('PENDING', 'WORKING')
          AND (l.lease_until IS NULL OR l.lease_until <= clock_timestamp())
        ORDER BY -i.rank, NOT i.perishable, i.estimated_arrival, i.opened_at, i.inspection_id
        LIMIT 1 FOR UPDATE OF l SKIP LOCKED)
RETURNING inspection_id, manifest_id, fence, lease_until)sql",
        port_column);
}

const std::string claim_next_us_text = claim_next_text("us_port");
const std::string claim_next_mx_text = claim_next_text("mx_office");
const Statement claim_next_us{"claim_next_us", claim_next_us_text.c_str()};
const Statement claim_next_mx{"claim_next_mx", claim_next_mx_text.c_str()};

constexpr Statement claim_named{"claim_named",
                                R"sql(UPDATE puente.inspection_leg
   SET holder = $3, fence = fence + 1, lease_until = clock_timestamp() + $4::bigint * interval '1 second'
 WHERE inspection_id = $1 AND agency = $2 AND state IN ('PENDING', 'WORKING', 'HELD')
   AND (lease_until IS NULL OR lease_until <= clock_timestamp())
RETURNING inspection_id, manifest_id, fence, lease_until)sql"};

constexpr Statement inspection_at_port{"inspection_at_port",
                                       "SELECT 1 FROM puente.inspection WHERE inspection_id = $1 AND (us_port = $2 OR mx_office = $2)"};

constexpr Statement lock_leg{"lock_leg",
                             R"sql(SELECT manifest_id, state, holder, fence, lease_until > clock_timestamp() FROM puente.inspection_leg
 WHERE inspection_id = $1 AND agency = $2 FOR UPDATE)sql"};

constexpr Statement lock_manifest{"lock_manifest", "SELECT status FROM puente.manifest WHERE manifest_id = $1 FOR UPDATE"};

constexpr Statement read_legs{"read_legs", "SELECT agency, state, kind FROM puente.inspection_leg WHERE manifest_id = $1"};

// Holder and fence are asked again where the leg is written.
constexpr Statement write_start{"write_start",
                                R"sql(UPDATE puente.inspection_leg SET state = $5, decided_at = NULL
 WHERE inspection_id = $1 AND agency = $2 AND holder = $3 AND fence = $4)sql"};
constexpr Statement write_decision{"write_decision",
                                   R"sql(UPDATE puente.inspection_leg
   SET state = $5, decision_note = $6, found = $7::text::json, decided_at = clock_timestamp(), holder = NULL, lease_until = NULL
 WHERE inspection_id = $1 AND agency = $2 AND holder = $3 AND fence = $4)sql"};
constexpr Statement write_release{"write_release",
                                  R"sql(UPDATE puente.inspection_leg SET holder = NULL, lease_until = NULL
 WHERE inspection_id = $1 AND agency = $2 AND holder = $3 AND fence = $4)sql"};

constexpr Statement close_inspection{"close_inspection", "UPDATE puente.inspection SET is_open = $2 WHERE inspection_id = $1 AND is_open <> $2"};

/// State number, event and notice of what happened to a leg. $2: the status after it, or '' when it stays.
constexpr Statement tell{"tell",
                         R"sql(WITH moved AS (
    UPDATE puente.manifest SET status = COALESCE(NULLIF($2::text, ''), status), state_no = state_no + 1, changed_at = clock_timestamp() WHERE manifest_id = $1
    RETURNING manifest_id, changed_at, version, state_no, status
), told AS (
    INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, detail, audience)
    SELECT manifest_id, changed_at, $3, version, state_no, $4, status,
           json_strip_nulls(json_build_object('agency', $4::text, 'decision', NULLIF($5::text, ''), 'note', NULLIF($6::text, ''))), $7 FROM moved
)
SELECT version, state_no, status, pg_notify('manifest_changed', manifest_id::text) FROM moved)sql"};

struct Happening {
    std::string status;
    std::string kind;
    std::string decision;
    std::string note;
    std::string audience;
};

/// Who moves which leg.
struct Hand {
    Uuid inspection_id;
    std::string agency;
    std::string officer;
    std::int64_t fence;
};

struct HeldLeg {
    Uuid manifest_id;
    inspection::LegState state;
};

Error no_such_inspection() {
    return Error{ErrorKind::not_found, "no such inspection"};
}

Error lease_lost() {
    return Error{ErrorKind::stale, "this claim is no longer yours: its lease is over or somebody else took the leg"};
}

Result<Rows> tell_all(Transaction& tx, const Uuid& manifest_id, const std::string& agency, const Happening& happening) {
    return tx.run(tell, manifest_id, happening.status, happening.kind, agency, happening.decision, happening.note, happening.audience);
}

/// The leg, locked, if it is in this hand.
Result<HeldLeg> hold(Transaction& tx, const Hand& hand) {
    const Result<Rows> rows = tx.run(lock_leg, hand.inspection_id, hand.agency);
    if (!rows) return rows.error();
    if (rows->empty()) return no_such_inspection();
    const Row row = (*rows)[0];
    if (row.text(2) != hand.officer || row.int64(3) != hand.fence || !row.boolean(4)) return lease_lost();
    return HeldLeg{row.uuid(0), inspection::parse_leg_state(row.text(1)).value_or(inspection::LegState::none)};
}

Result<void> lock_open_manifest(Transaction& tx, const Uuid& manifest_id) {
    const Result<Rows> rows = tx.run(lock_manifest, manifest_id);
    if (!rows) return rows.error();
    if (rows->empty()) return no_such_inspection();
    const std::string status = (*rows)[0].text(0);
    if (status == "CANCELLED" || status == "EXPIRED" || status == "CROSSED")
        return Error{ErrorKind::conflict, "the trip is over: the manifest is " + status};
    return {};
}

/// After a leg has moved: what follows for the manifest and the inspection.
Result<LegMove> follow(Transaction& tx, const Hand& hand, const HeldLeg& leg, inspection::LegState state, Happening happening) {
    const Result<Rows> rows = tx.run(read_legs, leg.manifest_id);
    if (!rows) return rows.error();
    inspection::Legs legs;
    bool is_open = false;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const identifiers::Agency agency = identifiers::parse_agency((*rows)[i].text(0)).value_or(identifiers::Agency::cbp);
        inspection::LegView& view = legs[static_cast<std::size_t>(agency)];
        view.state = inspection::parse_leg_state((*rows)[i].text(1)).value_or(inspection::LegState::none);
        view.kind = inspection::parse_leg_kind((*rows)[i].text(2)).value_or(inspection::LegKind::review);
        is_open = is_open || view.state == inspection::LegState::working || inspection::claimable(view.state);
    }
    happening.status = inspection::public_status(legs);
    if (const Result<Rows> closed = tx.run(close_inspection, hand.inspection_id, is_open); !closed) return closed.error();
    const Result<Rows> told = tell_all(tx, leg.manifest_id, hand.agency, happening);
    if (!told) return told.error();
    const Row row = (*told)[0];
    return LegMove{leg.manifest_id, state, row.text(2), row.int32(0), row.int64(1), hand.fence};
}

Hand hand_of(const Uuid& inspection_id, identifiers::Agency agency, const std::string& officer, std::int64_t fence) {
    return {inspection_id, std::string{identifiers::code(agency)}, officer, fence};
}

}  // namespace

Result<Claim> claim_leg(Transaction& tx, const std::string& port, identifiers::Agency agency, const std::string& officer,
                        const std::optional<Uuid>& inspection_id, std::chrono::seconds lease) {
    const std::string code{identifiers::code(agency)};
    const auto seconds = static_cast<std::int64_t>(lease.count());
    if (inspection_id) {
        const Result<Rows> there = tx.run(inspection_at_port, *inspection_id, port);
        if (!there) return there.error();
        if (there->empty()) return no_such_inspection();
    }
    const Statement& next = std::string_view{port_column(port)} == "us_port" ? claim_next_us : claim_next_mx;
    const Result<Rows> taken =
        inspection_id ? tx.run(claim_named, *inspection_id, code, officer, seconds) : tx.run(next, port, code, officer, seconds);
    if (!taken) return taken.error();
    if (taken->empty()) {
        return Error{ErrorKind::conflict,
                     inspection_id ? "this leg is held by somebody, or there is nothing left to do on it" : "nothing is waiting to be claimed"};
    }
    const Row row = (*taken)[0];
    const Happening happening{"", "leg_claimed", "", "", "OFFICERS"};
    if (const Result<Rows> told = tell_all(tx, row.uuid(1), code, happening); !told) return told.error();
    return Claim{row.uuid(0), row.uuid(1), row.int64(2), row.instant(3)};
}

Result<LegMove> start_leg(Transaction& tx, const Uuid& inspection_id, identifiers::Agency agency, const std::string& officer, std::int64_t fence) {
    const Hand hand = hand_of(inspection_id, agency, officer, fence);
    const Result<HeldLeg> leg = hold(tx, hand);
    if (!leg) return leg.error();
    if (const Result<void> open = lock_open_manifest(tx, leg->manifest_id); !open) return open.error();
    const Result<inspection::LegState> state = inspection::start(leg->state);
    if (!state) return state.error();
    const Result<Rows> written = tx.run(write_start, inspection_id, hand.agency, officer, fence, inspection::to_text(*state));
    if (!written) return written.error();
    if (written->affected() == 0) return lease_lost();
    return follow(tx, hand, *leg, *state, Happening{"", "leg_started", "", "", "ALL"});
}

Result<LegMove> decide_leg(Transaction& tx, const Uuid& inspection_id, identifiers::Agency agency, const std::string& officer, std::int64_t fence,
                           const DecisionText& decision) {
    const Hand hand = hand_of(inspection_id, agency, officer, fence);
    const Result<HeldLeg> leg = hold(tx, hand);
    if (!leg) return leg.error();
    if (const Result<void> open = lock_open_manifest(tx, leg->manifest_id); !open) return open.error();
    const Result<inspection::LegState> state = inspection::decide(leg->state, decision.decision);
    if (!state) return state.error();
    const std::string found = decision.findings.empty() ? "[]" : decision.findings;
    const Result<Rows> written =
        tx.run(write_decision, inspection_id, hand.agency, officer, fence, inspection::to_text(*state), decision.note, found);
    if (!written) return written.error();
    if (written->affected() == 0) return lease_lost();
    const Happening happening{"", "leg_decided", std::string{inspection::to_text(decision.decision)}, decision.note, "ALL"};
    return follow(tx, hand, *leg, *state, happening);
}

Result<LegMove> release_claim(Transaction& tx, const Uuid& inspection_id, identifiers::Agency agency, const std::string& officer,
                              std::int64_t fence) {
    const Hand hand = hand_of(inspection_id, agency, officer, fence);
    const Result<HeldLeg> leg = hold(tx, hand);
    if (!leg) return leg.error();
    if (const Result<void> open = lock_open_manifest(tx, leg->manifest_id); !open) return open.error();
    const Result<Rows> written = tx.run(write_release, inspection_id, hand.agency, officer, fence);
    if (!written) return written.error();
    if (written->affected() == 0) return lease_lost();
    return follow(tx, hand, *leg, leg->state, Happening{"", "claim_released", "", "", "OFFICERS"});
}

}  // namespace puente::store
