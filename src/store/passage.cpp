#include "puente/store/passage.hpp"

#include "puente/store/pool.hpp"
#include "store/standing.hpp"

namespace puente::store {

namespace {

constexpr Statement lock_gate{"lock_gate", "SELECT status, version, state_no, arrived_at FROM puente.manifest WHERE manifest_id = $1 FOR UPDATE"};
constexpr Statement leg_states_of{"leg_states_of",
                                  "SELECT EXISTS (SELECT FROM puente.inspection_leg WHERE manifest_id = $1 AND state NOT IN ('NONE', 'PENDING'))"};

// A truck that was not seen arriving arrives when it crosses; only what was seen is an event of the gate.
constexpr Statement note_gate{"note_gate",
                              R"sql(WITH moved AS (
    UPDATE puente.manifest
       SET arrived_at = COALESCE(arrived_at, $2), crossed_at = CASE WHEN $3 = 'CROSSED' THEN $2 END, status = CASE WHEN $3 = 'CROSSED' THEN 'CROSSED' ELSE status END,
           state_no = state_no + 1, changed_at = clock_timestamp()
     WHERE manifest_id = $1 RETURNING manifest_id, changed_at, version, state_no, status
), noted AS (
    INSERT INTO puente.gate_event (manifest_id, kind, at, lane, booth, agency, by_client) SELECT manifest_id, $3, $2, $4, $5, $6, $7 FROM moved
), told AS (
    INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, detail)
    SELECT manifest_id, changed_at, lower($3), version, state_no, $6, status,
           json_strip_nulls(json_build_object('at', $2::timestamptz, 'lane', NULLIF($4::text, ''), 'booth', NULLIF($5::text, ''))) FROM moved
)
SELECT pg_notify('manifest_changed', manifest_id::text) FROM moved)sql"};

}  // namespace

Result<Standing> standing_under_lock(Transaction& tx, const Statement& lock, const Uuid& manifest_id) {
    const Result<Rows> rows = tx.run(lock, manifest_id);
    if (!rows) return rows.error();
    if (rows->empty()) return Error{ErrorKind::not_found, "no such manifest"};
    const Result<Rows> touched = tx.run(leg_states_of, manifest_id);
    if (!touched) return touched.error();
    const Row row = (*rows)[0];
    return Standing{row.text(0), row.int32(1), row.int64(2), row.optional_instant(3), (*touched)[0].boolean(0)};
}

Result<Standing> lock_at_gate(Transaction& tx, const Uuid& manifest_id) {
    return standing_under_lock(tx, lock_gate, manifest_id);
}

Result<void> note_at_gate(Transaction& tx, const GateNote& note) {
    const char* const kind = note.step == inspection::Step::cross ? "CROSSED" : "ARRIVED";
    const Result<Rows> noted = tx.run(note_gate, note.manifest_id, note.at, kind, note.lane, note.booth, tx.as().agency, note.officer);
    if (!noted) return noted.error();
    if (noted->empty()) return Error{ErrorKind::not_found, "no such manifest"};
    return {};
}

}  // namespace puente::store
