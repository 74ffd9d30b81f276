#include "puente/store/legs.hpp"

#include "store/binary_array.hpp"
#include "store/leg_steps.hpp"

namespace puente::store {

namespace {

using inspection::Move;

// Holder and fence are asked again where the leg is written.
constexpr Statement write_start{
    "write_start",
    R"sql(UPDATE puente.inspection_leg AS leg SET state = $5, decided_at = NULL, hold_reason = NULL, hold_owner = NULL, due_at = NULL
  FROM puente.leg_holder AS held
 WHERE leg.inspection_id = $1 AND leg.agency = $2 AND leg.held_fence = $4
   AND (held.inspection_id, held.agency, held.fence, held.holder) = (leg.inspection_id, leg.agency, leg.held_fence, $3))sql"};
constexpr Statement write_decision{"write_decision",
                                   R"sql(UPDATE puente.inspection_leg AS leg
   SET state = $5, decision_note = $6, decided_at = clock_timestamp(), lease_until = NULL,
       hold_reason = NULLIF($7, ''), hold_owner = NULLIF($8, ''), due_at = ($9::timestamptz[])[1],
       found = COALESCE((SELECT json_agg(json_strip_nulls(json_build_object('kind', kind, 'pointer', NULLIF(pointer, ''), 'quantity', NULLIF(quantity, ''),
                                                                            'note', NULLIF(note, ''))) ORDER BY place)
                           FROM unnest($10::text[], $11::text[], $12::text[], $13::text[]) WITH ORDINALITY AS f (kind, pointer, quantity, note, place)),
                        '[]'::json)
  FROM puente.leg_holder AS held
 WHERE leg.inspection_id = $1 AND leg.agency = $2 AND leg.held_fence = $4
   AND (held.inspection_id, held.agency, held.fence, held.holder) = (leg.inspection_id, leg.agency, leg.held_fence, $3))sql"};
constexpr Statement write_release{"write_release",
                                  R"sql(UPDATE puente.inspection_leg AS leg SET lease_until = NULL FROM puente.leg_holder AS held
 WHERE leg.inspection_id = $1 AND leg.agency = $2 AND leg.held_fence = $4
   AND (held.inspection_id, held.agency, held.fence, held.holder) = (leg.inspection_id, leg.agency, leg.held_fence, $3))sql"};

constexpr Statement leg_place{
    "leg_place",
    R"sql(SELECT leg.state, held.holder = $3 AND leg.lease_until > clock_timestamp(), leg.lease_until > clock_timestamp(), leg.fence, m.status
  FROM puente.inspection AS i JOIN puente.manifest AS m USING (manifest_id) JOIN puente.agency AS a ON a.code = $2
  LEFT JOIN puente.inspection_leg AS leg ON leg.inspection_id = i.inspection_id AND leg.agency = $2
  LEFT JOIN puente.leg_holder AS held ON (held.inspection_id, held.agency, held.fence) = (leg.inspection_id, leg.agency, leg.held_fence)
 WHERE i.inspection_id = $1)sql"};

Error lease_lost() {
    return Error{ErrorKind::stale, "this claim is no longer yours: its lease is over or somebody else took the leg"};
}

/// The leg, locked, if it is in this officer's hand and the trip goes on.
Result<LockedLeg> lock_held(Transaction& tx, const Uuid& inspection_id, const identifiers::AgencyCode& agency, const std::string& officer,
                            std::int64_t fence) {
    Result<LockedLeg> leg = lock_leg(tx, inspection_id, agency.text());
    if (!leg) return leg;
    // First: claims end with the trip, and whoever held one is to be told why.
    if (const Result<void> open = lock_open_manifest(tx, leg->manifest_id); !open) return open.error();
    if (leg->holder != officer || leg->fence != fence || !leg->is_leased) return lease_lost();
    return leg;
}

Result<Rows> run_decision(Transaction& tx, const LockedLeg& leg, inspection::LegState state, const inspection::Verdict& verdict) {
    BinaryArray kinds{Element::text}, pointers{Element::text}, quantities{Element::text}, notes{Element::text};
    for (const inspection::Found& each : verdict.found) {
        kinds.add_text(each.kind->code);
        pointers.add_text(each.pointer);
        quantities.add_text(each.quantity);
        notes.add_text(each.note);
    }
    const inspection::Hold hold = verdict.hold.value_or(inspection::Hold{});
    const std::optional<Instant> due = verdict.hold ? std::optional{hold.due} : std::nullopt;
    return tx.run(write_decision, leg.inspection_id, leg.agency, leg.holder, leg.fence, inspection::to_text(state), verdict.note, hold.reason,
                  hold.owner, due, kinds.parameter(), pointers.parameter(), quantities.parameter(), notes.parameter());
}

}  // namespace

Result<LegMove> start_leg(Transaction& tx, const Uuid& inspection_id, const identifiers::AgencyCode& agency, const std::string& officer,
                          std::int64_t fence) {
    const Result<LockedLeg> leg = lock_held(tx, inspection_id, agency, officer, fence);
    if (!leg) return leg.error();
    const Result<inspection::LegState> state = inspection::moved(leg->state, Move::start);
    if (!state) return state.error();
    const Result<Rows> written = tx.run(write_start, inspection_id, leg->agency, officer, fence, inspection::to_text(*state));
    if (!written) return written.error();
    if (written->affected() == 0) return lease_lost();
    return follow(tx, *leg, *state, Happening{"leg_started"});
}

Result<LegMove> decide_leg(Transaction& tx, const Uuid& inspection_id, const identifiers::AgencyCode& agency, const std::string& officer,
                           std::int64_t fence, const inspection::Verdict& verdict) {
    const Result<LockedLeg> leg = lock_held(tx, inspection_id, agency, officer, fence);
    if (!leg) return leg.error();
    const Result<inspection::LegState> state = inspection::moved(leg->state, inspection::move_of(verdict.decision));
    if (!state) return state.error();
    const Result<Rows> written = run_decision(tx, *leg, *state, verdict);
    if (!written) return written.error();
    if (written->affected() == 0) return lease_lost();
    Happening happening{"leg_decided"};
    happening.decision = inspection::to_text(verdict.decision);
    happening.note = verdict.note;
    if (verdict.hold) {
        happening.reason = verdict.hold->reason;
        happening.due_at = verdict.hold->due;
    }
    return follow(tx, *leg, *state, happening);
}

Result<LegMove> release_claim(Transaction& tx, const Uuid& inspection_id, const identifiers::AgencyCode& agency, const std::string& officer,
                              std::int64_t fence) {
    const Result<LockedLeg> leg = lock_held(tx, inspection_id, agency, officer, fence);
    if (!leg) return leg.error();
    const Result<Rows> written = tx.run(write_release, inspection_id, leg->agency, officer, fence);
    if (!written) return written.error();
    if (written->affected() == 0) return lease_lost();
    return follow(tx, *leg, leg->state, Happening{"claim_released", "OFFICERS"});
}

Result<LegPlace> find_leg(Transaction& tx, const Uuid& inspection_id, const identifiers::AgencyCode& agency, const std::string& officer) {
    const Result<Rows> rows = tx.run(leg_place, inspection_id, agency.text(), officer);
    if (!rows) return rows.error();
    if (rows->empty()) return no_such_inspection();
    const Row row = (*rows)[0];
    LegPlace place;
    place.state = inspection::parse_leg_state(row.text(0)).value_or(inspection::LegState::none);
    place.hand = row.boolean(1) ? inspection::Hand::own : row.boolean(2) ? inspection::Hand::other : inspection::Hand::nobody;
    place.fence = row.int64(3);
    place.status = row.text(4);
    place.trip_is_over = is_over(place.status);
    return place;
}

}  // namespace puente::store
