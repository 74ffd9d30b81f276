#include "puente/store/legal_holds.hpp"

#include <fmt/format.h>

#include "puente/store/pool.hpp"
#include "puente/store/transaction.hpp"

namespace puente::store {

namespace {

constexpr const char* hold_columns = "h.hold_id, h.manifest_id, h.reason, h.placed_at, h.placed_by, h.lifted_at, h.lifted_by, h.lift_reason";

/// Tells the officers of the holding agency, and nobody else: neither status nor state number move. `held` is the hold with its manifest.
constexpr const char* tell_own_agency = R"sql(
    INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, detail, audience)
    SELECT m.manifest_id, {}, '{}', m.version, m.state_no, h.agency, m.status,
           json_build_object('agency', h.agency, 'holdId', h.hold_id), h.agency
      FROM held AS h JOIN puente.manifest AS m ON m.manifest_id = h.manifest_id)sql";

// KEY SHARE: who is removing the manifest in this moment is waited for.
const std::string place_text = fmt::format(
    R"sql(WITH found AS (
    SELECT manifest_id FROM puente.manifest WHERE manifest_id = $2 FOR KEY SHARE
), held AS (
    INSERT INTO puente.legal_hold (hold_id, manifest_id, agency, reason, placed_by) SELECT $1::uuid, manifest_id, $3, $4, $5 FROM found RETURNING *
), told AS ({})
SELECT {} FROM held AS h)sql",
    fmt::format(fmt::runtime(tell_own_agency), "h.placed_at", "legal_hold_placed"), hold_columns);
const Statement place{"place_legal_hold", place_text.c_str()};

constexpr Statement lock{"lock_legal_hold", "SELECT lifted_at FROM puente.legal_hold WHERE hold_id = $1 AND manifest_id = $2 FOR UPDATE"};

// A clock that was set back does not make it end before it began.
const std::string lift_text = fmt::format(
    R"sql(WITH held AS (
    UPDATE puente.legal_hold SET lifted_at = greatest(clock_timestamp(), placed_at), lift_reason = $2, lifted_by = $3 WHERE hold_id = $1 RETURNING *
), told AS ({})
SELECT {} FROM held AS h)sql",
    fmt::format(fmt::runtime(tell_own_agency), "h.lifted_at", "legal_hold_lifted"), hold_columns);
const Statement lift{"lift_legal_hold", lift_text.c_str()};

const std::string find_one_text = fmt::format("SELECT {} FROM puente.legal_hold AS h WHERE h.hold_id = $1 AND h.manifest_id = $2", hold_columns);
const Statement find_one{"find_legal_hold", find_one_text.c_str()};

// A manifest without holds gives a row of NULLs, one that is not there gives none.
const std::string find_all_text = fmt::format(
    "SELECT {} FROM puente.manifest AS m LEFT JOIN puente.legal_hold AS h ON h.manifest_id = m.manifest_id WHERE m.manifest_id = $1 "
    "ORDER BY h.hold_id DESC",
    hold_columns);
const Statement find_all{"find_legal_holds", find_all_text.c_str()};

// The agency is said here as well as in the policy, so that the index of holds in force is used.
const std::string list_text = fmt::format(
    "SELECT {} FROM puente.legal_hold AS h WHERE h.agency = $1 AND h.lifted_at IS NULL "
    "AND h.hold_id < COALESCE(($2::uuid[])[1], 'ffffffff-ffff-ffff-ffff-ffffffffffff') ORDER BY h.hold_id DESC LIMIT $3::bigint",
    hold_columns);
const Statement list{"list_legal_holds", list_text.c_str()};

LegalHold hold_of(const Row& row) {
    LegalHold hold{row.uuid(0), row.uuid(1), row.text(2), row.instant(3), row.text(4), {}};
    if (!row.is_null(5)) hold.lifted = LegalHoldEnd{row.instant(5), row.text(6), row.text(7)};
    return hold;
}

Error no_such_hold() {
    return Error{ErrorKind::not_found, "no such legal hold"};
}

Result<LegalHold> only_one(const Result<Rows>& rows) {
    if (!rows) return rows.error();
    if (rows->empty()) return no_such_hold();
    return hold_of((*rows)[0]);
}

}  // namespace

Result<LegalHold> place_legal_hold(Transaction& tx, const NewLegalHold& hold) {
    return only_one(tx.run(place, hold.hold_id, hold.manifest_id, tx.as().agency, hold.reason, hold.officer));
}

Result<LegalHold> lift_legal_hold(Transaction& tx, const Uuid& manifest_id, const Uuid& hold_id, const std::string& reason,
                                  const std::string& officer) {
    const Result<Rows> locked = tx.run(lock, hold_id, manifest_id);
    if (!locked) return locked.error();
    if (locked->empty()) return no_such_hold();
    if (const std::optional<Instant> lifted = (*locked)[0].optional_instant(0))
        return Error{ErrorKind::conflict, "this legal hold was lifted at " + to_text(*lifted)};
    return only_one(tx.run(lift, hold_id, reason, officer));
}

Result<LegalHold> find_legal_hold(Transaction& tx, const Uuid& manifest_id, const Uuid& hold_id) {
    return only_one(tx.run(find_one, hold_id, manifest_id));
}

Result<std::vector<LegalHold>> find_legal_holds(Transaction& tx, const Uuid& manifest_id) {
    const Result<Rows> rows = tx.run(find_all, manifest_id);
    if (!rows) return rows.error();
    if (rows->empty()) return Error{ErrorKind::not_found, "no such manifest"};
    std::vector<LegalHold> holds;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const Row row = (*rows)[i];
        if (!row.is_null(0)) holds.push_back(hold_of(row));
    }
    return holds;
}

Result<LegalHoldPage> list_legal_holds(Transaction& tx, const std::optional<Uuid>& after, std::size_t limit) {
    const Result<Rows> rows = tx.run(list, tx.as().agency, after, static_cast<std::int64_t>(limit) + 1);
    if (!rows) return rows.error();
    LegalHoldPage page;
    for (std::size_t i = 0; i < rows->size() && i < limit; ++i) page.holds.push_back(hold_of((*rows)[i]));
    if (rows->size() > limit) page.next = page.holds.back().hold_id;
    return page;
}

}  // namespace puente::store
