#include "store/leg_steps.hpp"

#include "puente/store/pool.hpp"

namespace puente::store {

namespace {

constexpr Statement lock_leg_statement{"lock_leg",
                                       R"sql(SELECT leg.manifest_id, leg.state, held.holder, leg.fence, leg.lease_until > clock_timestamp()
  FROM puente.inspection_leg AS leg
  LEFT JOIN puente.leg_holder AS held ON (held.inspection_id, held.agency, held.fence) = (leg.inspection_id, leg.agency, leg.held_fence)
 WHERE leg.inspection_id = $1 AND leg.agency = $2 FOR UPDATE OF leg)sql"};

// An agency that nobody has asked so far has no leg: it gets one that wants nothing.
constexpr Statement add_own_leg{"add_own_leg",
                                R"sql(INSERT INTO puente.inspection_leg (inspection_id, agency, manifest_id, state, kind)
SELECT inspection_id, $2, manifest_id, 'NONE', 'REVIEW' FROM puente.inspection WHERE inspection_id = $1 ON CONFLICT DO NOTHING)sql"};

constexpr Statement lock_manifest{"lock_manifest", "SELECT status FROM puente.manifest WHERE manifest_id = $1 FOR UPDATE"};

constexpr Statement read_legs{"read_legs", "SELECT agency, state, kind FROM puente.inspection_leg WHERE manifest_id = $1"};

constexpr Statement close_inspection{"close_inspection", "UPDATE puente.inspection SET is_open = $2 WHERE inspection_id = $1 AND is_open <> $2"};

/// State number, event and notice of what happened to a leg.
constexpr Statement tell_move{"tell_move",
                              R"sql(WITH moved AS (
    UPDATE puente.manifest SET status = $2, state_no = state_no + 1, changed_at = clock_timestamp() WHERE manifest_id = $1
    RETURNING manifest_id, changed_at, version, state_no, status
), told AS (
    INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, detail, audience)
    SELECT manifest_id, changed_at, $3, version, state_no, $4, status,
           json_strip_nulls(json_build_object('agency', $4::text, 'decision', NULLIF($5::text, ''), 'note', NULLIF($6::text, ''),
                                              'reason', NULLIF($7::text, ''), 'dueAt', ($8::timestamptz[])[1], 'kind', NULLIF($9::text, ''))), $10 FROM moved
)
SELECT version, state_no, status, pg_notify('manifest_changed', manifest_id::text) FROM moved)sql"};

constexpr Statement tell_officers_statement{"tell_officers",
                                            R"sql(INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, detail, audience)
SELECT manifest_id, clock_timestamp(), $2, version, state_no, $3, status,
       json_strip_nulls(json_build_object('agency', $3::text, 'reason', NULLIF($4::text, ''))), 'OFFICERS'
  FROM puente.manifest WHERE manifest_id = $1
RETURNING version, state_no, status)sql"};

inspection::LegState state_of(const std::string& text) {
    return inspection::parse_leg_state(text).value_or(inspection::LegState::none);
}

}  // namespace

bool is_over(std::string_view status) {
    return status == "CANCELLED" || status == "EXPIRED" || status == "CROSSED";
}

Error no_such_inspection() {
    return Error{ErrorKind::not_found, "no such inspection"};
}

Result<LockedLeg> lock_leg(Transaction& tx, const Uuid& inspection_id, const std::string& agency) {
    const Result<Rows> rows = tx.run(lock_leg_statement, inspection_id, agency);
    if (!rows) return rows.error();
    if (rows->empty()) return no_such_inspection();
    const Row row = (*rows)[0];
    return LockedLeg{inspection_id, row.uuid(0), agency, state_of(row.text(1)), row.text(2), row.int64(3), row.boolean(4)};
}

Result<LockedLeg> lock_own_leg(Transaction& tx, const Uuid& inspection_id) {
    if (const Result<Rows> added = tx.run(add_own_leg, inspection_id, tx.as().agency); !added) return added.error();
    return lock_leg(tx, inspection_id, tx.as().agency);
}

Result<void> lock_open_manifest(Transaction& tx, const Uuid& manifest_id) {
    const Result<Rows> rows = tx.run(lock_manifest, manifest_id);
    if (!rows) return rows.error();
    if (rows->empty()) return no_such_inspection();
    const std::string status = (*rows)[0].text(0);
    if (is_over(status)) return Error{ErrorKind::conflict, "the trip is over: the manifest is " + status};
    return {};
}

Result<LegMove> follow(Transaction& tx, const LockedLeg& leg, inspection::LegState state, const Happening& happening) {
    const Result<Rows> rows = tx.run(read_legs, leg.manifest_id);
    if (!rows) return rows.error();
    inspection::Legs legs;
    bool is_open = false;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const Row row = (*rows)[i];
        const std::optional<identifiers::AgencyCode> agency = identifiers::AgencyCode::parse(row.text(0));
        if (!agency) return Error{ErrorKind::internal, "a leg of no agency"};
        legs.push_back({*agency, state_of(row.text(1)), inspection::parse_leg_kind(row.text(2)).value_or(inspection::LegKind::review)});
        is_open = is_open || inspection::is_open(legs.back().state);
    }
    if (const Result<Rows> closed = tx.run(close_inspection, leg.inspection_id, is_open); !closed) return closed.error();
    const Result<Rows> told = tx.run(tell_move, leg.manifest_id, inspection::public_status(legs), happening.kind, leg.agency, happening.decision,
                                     happening.note, happening.reason, happening.due_at, happening.leg_kind, happening.audience);
    if (!told) return told.error();
    if (told->empty()) return no_such_inspection();
    const Row row = (*told)[0];
    return LegMove{leg.inspection_id, leg.manifest_id, state, row.text(2), row.int32(0), row.int64(1), leg.fence};
}

Result<LegMove> tell_officers(Transaction& tx, const LockedLeg& leg, const Happening& happening) {
    const Result<Rows> told = tx.run(tell_officers_statement, leg.manifest_id, happening.kind, leg.agency, happening.reason);
    if (!told) return told.error();
    if (told->empty()) return no_such_inspection();
    const Row row = (*told)[0];
    return LegMove{leg.inspection_id, leg.manifest_id, leg.state, row.text(2), row.int32(0), row.int64(1), leg.fence};
}

}  // namespace puente::store
