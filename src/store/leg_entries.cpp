#include "puente/store/annotations.hpp"
#include "puente/store/pool.hpp"
#include "store/binary_array.hpp"
#include "store/leg_steps.hpp"

namespace puente::store {

namespace {

using inspection::LegState;
using inspection::Move;

constexpr Statement write_join{"write_join",
                               R"sql(UPDATE puente.inspection_leg SET state = $3, kind = $4, declined_at = NULL, decline_reason = NULL
 WHERE inspection_id = $1 AND agency = $2)sql"};
constexpr Statement write_decline{
    "write_decline",
    "UPDATE puente.inspection_leg SET declined_at = clock_timestamp(), decline_reason = $3 WHERE inspection_id = $1 AND agency = $2"};

constexpr Statement keep_rehold{
    "keep_rehold",
    R"sql(INSERT INTO puente.rehold (inspection_id, agency, fence, reason, signed_at, signed_text, signature, public_key, by_client)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9))sql"};
constexpr Statement write_rehold{"write_rehold",
                                 R"sql(UPDATE puente.inspection_leg
   SET state = $4, fence = fence + 1, decision_note = '', decided_at = clock_timestamp(), hold_reason = $5, hold_owner = $6, due_at = $7
 WHERE inspection_id = $1 AND agency = $2 AND fence = $3)sql"};

constexpr Statement inspection_of{"inspection_of", "SELECT inspection_id FROM puente.inspection WHERE manifest_id = $1"};
constexpr Statement open_inspection{
    "open_inspection",
    R"sql(INSERT INTO puente.inspection (inspection_id, manifest_id, us_port, mx_office, perishable, essential, estimated_arrival, opened_at, is_open, turn_at)
SELECT $2, manifest_id, us_port, mx_office, $3, $4::text[], estimated_arrival, clock_timestamp(), true, $5 FROM puente.manifest WHERE manifest_id = $1)sql"};

Result<LegMove> join_locked(Transaction& tx, const LockedLeg& leg, inspection::LegKind kind, const std::string& officer, const std::string& why,
                            const char* event) {
    const Result<LegState> state = inspection::moved(leg.state, Move::join);
    if (!state) return state.error();
    const Result<Rows> written = tx.run(write_join, leg.inspection_id, leg.agency, inspection::to_text(*state), inspection::to_text(kind));
    if (!written) return written.error();
    if (!why.empty()) {
        const Result<Annotation> kept = annotate(tx, leg.inspection_id, {inspection::Visibility::agency, why, officer});
        if (!kept) return kept.error();
    }
    Happening happening{event};
    happening.leg_kind = inspection::to_text(kind);
    return follow(tx, leg, *state, happening);
}

}  // namespace

Result<LegMove> join_leg(Transaction& tx, const Uuid& inspection_id, inspection::LegKind kind, const std::string& officer, const std::string& why) {
    const Result<LockedLeg> leg = lock_own_leg(tx, inspection_id);
    if (!leg) return leg.error();
    if (const Result<void> open = lock_open_manifest(tx, leg->manifest_id); !open) return open.error();
    return join_locked(tx, *leg, kind, officer, why, "leg_joined");
}

Result<LegMove> decline_leg(Transaction& tx, const Uuid& inspection_id, const std::string& reason) {
    const Result<LockedLeg> leg = lock_own_leg(tx, inspection_id);
    if (!leg) return leg.error();
    if (const Result<void> open = lock_open_manifest(tx, leg->manifest_id); !open) return open.error();
    const Result<LegState> state = inspection::moved(leg->state, Move::decline);
    if (!state) return state.error();
    if (const Result<Rows> written = tx.run(write_decline, inspection_id, leg->agency, reason); !written) return written.error();
    Happening happening{"leg_declined", "OFFICERS"};
    happening.reason = reason;
    return tell_officers(tx, *leg, happening);
}

Result<LegMove> rehold_leg(Transaction& tx, const Uuid& inspection_id, const SignedRehold& rehold) {
    Result<LockedLeg> leg = lock_leg(tx, inspection_id, tx.as().agency);
    if (!leg) return leg.error();
    if (const Result<void> open = lock_open_manifest(tx, leg->manifest_id); !open) return open.error();
    const Result<LegState> state = inspection::moved(leg->state, Move::rehold);
    if (!state) return state.error();
    if (leg->fence != rehold.fence) return Error{ErrorKind::stale, "the fence that was signed is not that of the release"};
    const inspection::Hold& hold = rehold.hold;
    const Result<Rows> kept = tx.run(keep_rehold, inspection_id, leg->agency, rehold.fence, hold.reason, rehold.signed_at, rehold.signed_text,
                                     rehold.signature, rehold.public_key, rehold.officer);
    if (!kept) return kept.error();
    const Result<Rows> written =
        tx.run(write_rehold, inspection_id, leg->agency, rehold.fence, inspection::to_text(*state), hold.reason, hold.owner, hold.due);
    if (!written) return written.error();
    ++leg->fence;
    Happening happening{"leg_reheld"};
    happening.decision = inspection::to_text(inspection::Decision::hold);
    happening.reason = hold.reason;
    happening.due_at = hold.due;
    return follow(tx, *leg, *state, happening);
}

Result<std::optional<Uuid>> find_inspection_of(Transaction& tx, const Uuid& manifest_id) {
    const Result<Rows> rows = tx.run(inspection_of, manifest_id);
    if (!rows) return rows.error();
    if (rows->empty()) return std::optional<Uuid>{};
    return std::optional{(*rows)[0].uuid(0)};
}

Result<LegMove> refer_manifest(Transaction& tx, const Referral& referral) {
    const Result<std::optional<Uuid>> there = find_inspection_of(tx, referral.manifest_id);
    if (!there) return there.error();
    if (!*there) {
        // Two officers who refer one load at the same moment: the manifest's lock lets one of them open the inspection, and the other finds it.
        if (const Result<void> open = lock_open_manifest(tx, referral.manifest_id); !open) return open.error();
        const Result<std::optional<Uuid>> still = find_inspection_of(tx, referral.manifest_id);
        if (!still) return still.error();
        if (!*still) {
            BinaryArray essential{Element::text};
            for (const std::string& each : referral.essential) essential.add_text(each);
            const Result<Rows> opened =
                tx.run(open_inspection, referral.manifest_id, referral.inspection_id, referral.perishable, essential.parameter(), referral.turn_at);
            if (!opened) return opened.error();
        }
    }
    const Result<std::optional<Uuid>> inspection = find_inspection_of(tx, referral.manifest_id);
    if (!inspection) return inspection.error();
    if (!*inspection) return Error{ErrorKind::not_found, "no such manifest"};
    const Result<LockedLeg> leg = lock_own_leg(tx, **inspection);
    if (!leg) return leg.error();
    if (const Result<void> open = lock_open_manifest(tx, leg->manifest_id); !open) return open.error();
    return join_locked(tx, *leg, referral.kind, referral.officer, referral.why, "leg_referred");
}

}  // namespace puente::store
