#include "puente/store/amendments.hpp"

#include <algorithm>

#include "puente/store/pool.hpp"
#include "store/amended_selection.hpp"
#include "store/binary_array.hpp"
#include "store/filing_arrays.hpp"
#include "store/filing_statements.hpp"
#include "store/filing_uses.hpp"
#include "store/standing.hpp"

namespace puente::store {

namespace {

constexpr Statement accepted_first{"accepted_first",
                                   R"sql(SELECT first.draw_day, CASE WHEN now.version > 1 THEN first.document END, first.media_type,
       COALESCE(now.cargo_received_at, first.received_at)
  FROM puente.manifest_version AS first JOIN puente.manifest_version AS now USING (manifest_id)
 WHERE first.manifest_id = $1 AND first.version = 1 AND now.version = $2)sql"};
constexpr Statement asked_by_hand{
    "asked_by_hand",
    "SELECT DISTINCT actor FROM puente.event WHERE manifest_id = $1 AND kind IN ('leg_joined', 'leg_referred') AND audience = 'ALL'"};

// What is not the company's own is not there.
constexpr Statement own_use_keys{"own_use_keys",
                                 "SELECT use_keys FROM puente.manifest WHERE manifest_id = $1 AND company = (SELECT puente.current_company())"};
constexpr Statement lock_uses{"lock_uses", "SELECT 1 FROM puente.identifier_use WHERE key = ANY ($1::uuid[]) ORDER BY key FOR UPDATE"};
constexpr Statement lock_legs{"lock_legs", "SELECT 1 FROM puente.inspection_leg WHERE manifest_id = $1 ORDER BY agency FOR UPDATE"};
constexpr Statement lock_own{"lock_own",
                             R"sql(SELECT status, version, state_no, arrived_at FROM puente.manifest
 WHERE manifest_id = $1 AND company = (SELECT puente.current_company()) FOR UPDATE)sql"};

constexpr Statement next_version{"next_version",
                                 R"sql(UPDATE puente.manifest
   SET document_id = $2, direction = $3, mode = $4, us_port = $5, mx_office = $6, estimated_arrival = $7, status = $8, use_keys = $9,
       version = version + 1, state_no = state_no + 1, changed_at = clock_timestamp()
 WHERE manifest_id = $1 AND version = $10 AND state_no = $11 RETURNING pg_notify('manifest_changed', manifest_id::text))sql"};
// Behind it in a statement of its own: the database lets a version be written that the manifest has.
constexpr Statement keep_version{"keep_version",
                                 R"sql(WITH kept AS (
    INSERT INTO puente.manifest_version (manifest_id, version, received_at, media_type, sha256, rule_sets, draw_day, document, cargo_received_at)
    SELECT manifest_id, version, $2, $3, $4, $5::json, $6, $7, $9 FROM puente.manifest WHERE manifest_id = $1
)
INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status)
SELECT manifest_id, clock_timestamp(), 'amended', version, state_no, $8, status FROM puente.manifest WHERE manifest_id = $1)sql"};
constexpr Statement keep_findings{
    "keep_findings",
    R"sql(INSERT INTO puente.finding (manifest_id, version, item, rule_set, rule_id, severity, pointer, value, message_en, message_es, citation, agency_only)
SELECT manifest_id, $12, item, rule_set, rule_id, severity, pointer, value, message_en, message_es, citation, agency_only
  FROM unnest($1::uuid[], $2::int4[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::bool[])
       AS given (manifest_id, item, rule_set, rule_id, severity, pointer, value, message_en, message_es, citation, agency_only))sql"};

constexpr Statement take_back{"take_back",
                              R"sql(WITH moved AS (
    UPDATE puente.manifest SET status = 'CANCELLED', state_no = state_no + 1, changed_at = clock_timestamp() WHERE manifest_id = $1
    RETURNING manifest_id, changed_at, version, state_no
), told AS (
    INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, detail)
    SELECT manifest_id, changed_at, 'cancelled', version, state_no, $2, 'CANCELLED', json_strip_nulls(json_build_object('reason', NULLIF($3::text, ''))) FROM moved
)
SELECT pg_notify('manifest_changed', manifest_id::text) FROM moved)sql"};

constexpr Statement keep_answer{"keep_answer",
                                R"sql(INSERT INTO puente.idempotency (client_id, key, fingerprint, status, body, headers, manifest_id)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING)sql"};

constexpr std::size_t key_octets = 16;

/// The identifiers that a manifest is noted under.
BinaryArray keys_of(const std::string& joined, const std::vector<manifest::Use>& more) {
    BinaryArray keys{Element::uuid};
    for (std::size_t at = 0; at + key_octets <= joined.size(); at += key_octets) {
        std::array<std::uint8_t, key_octets> octets;
        std::copy_n(joined.begin() + static_cast<std::ptrdiff_t>(at), key_octets, octets.begin());
        keys.add_uuid(Uuid{octets});
    }
    for (const manifest::Use& use : more) keys.add_uuid(use.key);
    return keys;
}

Result<void> forget_old_uses(Transaction& tx, const Uuid& manifest_id) {
    const Result<Rows> rows = tx.run(own_use_keys, manifest_id);
    if (!rows) return rows.error();
    if (rows->empty() || (*rows)[0].is_null(0)) return {};
    const std::string joined = (*rows)[0].octets(0);
    BinaryArray ids{Element::uuid};
    for (std::size_t i = 0; i < joined.size() / key_octets; ++i) ids.add_uuid(manifest_id);
    const Result<Rows> forgotten = tx.run(forget_uses, keys_of(joined, {}).parameter(), ids.parameter());
    if (!forgotten) return forgotten.error();
    return {};
}

/// The manifest's own identifiers in place of those of the version before.
Result<void> exchange_uses(Transaction& tx, const Filing& filing, AmendmentHitch& hitch) {
    if (const Result<void> forgotten = forget_old_uses(tx, filing.manifest_id); !forgotten) return forgotten;
    const Result<Rows> noted = tx.run_bound(note_uses, noted_use_arrays({&filing}));
    if (!noted) return noted.error();
    std::vector<manifest::EarlierUse> found;
    for (auto& [place, use] : earlier_uses(*noted)) found.push_back(std::move(use));
    std::sort(found.begin(), found.end());
    if (found == filing.judged_with) return {};
    hitch.earlier_uses = std::move(found);
    return Error{ErrorKind::conflict, "other trips use its identifiers"};
}

Result<void> write_version(Transaction& tx, const Amendment& amendment) {
    const Filing& filing = amendment.filing;
    const std::string keys = joined_keys(filing);
    const Result<Rows> moved =
        tx.run(next_version, filing.manifest_id, filing.document_id, filing.direction, filing.mode, filing.us_port, filing.mx_office,
               filing.estimated_arrival, filing.status, Octets{keys}, amendment.from.version, amendment.from.state_no);
    if (!moved) return moved.error();
    if (moved->empty()) return Error{ErrorKind::stale, "the manifest has changed meanwhile"};
    const Result<Rows> kept = tx.run(keep_version, filing.manifest_id, filing.received_at, filing.media_type, Octets{filing.sha256}, filing.rule_sets,
                                     filing.draw_day, Octets{filing.document}, filing.company, amendment.cargo_received_at);
    if (!kept) return kept.error();
    if (filing.findings.empty()) return {};
    std::vector<Parameter> findings = finding_arrays({&filing});
    findings.emplace_back(amendment.from.version + 1);
    const Result<Rows> noted = tx.run_bound(keep_findings, findings);
    if (!noted) return noted.error();
    return {};
}

}  // namespace

Result<AmendmentBase> find_amendment_base(Transaction& tx, const Uuid& manifest_id) {
    Result<ManifestRecord> record = find_manifest(tx, manifest_id);
    if (!record) return record.error();
    const Result<Rows> first = tx.run(accepted_first, manifest_id, record->status.version);
    if (!first) return first.error();
    if (first->empty()) return Error{ErrorKind::not_found, "no such manifest"};
    const Row row = (*first)[0];
    const Result<Rows> agencies = tx.run(asked_by_hand, manifest_id);
    if (!agencies) return agencies.error();
    AmendmentBase base{std::move(record->status),
                       std::move(record->document),
                       std::move(record->media_type),
                       row.text(0),
                       row.is_null(1) ? std::string{} : row.octets(1),
                       row.text(2),
                       row.instant(3),
                       {}};
    for (std::size_t i = 0; i < agencies->size(); ++i) base.asked_by_hand.insert((*agencies)[i].text(0));
    return base;
}

Result<Standing> lock_own_manifest(Transaction& tx, const Uuid& manifest_id, const std::vector<manifest::Use>& uses) {
    const Result<Rows> keys = tx.run(own_use_keys, manifest_id);
    if (!keys) return keys.error();
    if (keys->empty()) return Error{ErrorKind::not_found, "no such manifest"};
    const std::string joined = (*keys)[0].is_null(0) ? std::string{} : (*keys)[0].octets(0);
    if (const Result<Rows> locked = tx.run(lock_uses, keys_of(joined, uses).parameter()); !locked) return locked.error();
    if (const Result<Rows> locked = tx.run(lock_legs, manifest_id); !locked) return locked.error();
    return standing_under_lock(tx, lock_own, manifest_id);
}

Result<void> write_amendment(Transaction& tx, const Amendment& amendment, AmendmentHitch& hitch) {
    const Filing& filing = amendment.filing;
    hitch = {};
    if (!filing.idempotency_key.empty()) {
        const Result<bool> remembered = remember_answer(tx, filing);
        if (!remembered) return remembered.error();
        hitch.key_taken = !*remembered;
        if (hitch.key_taken) return Error{ErrorKind::conflict, "the key has an answer"};
    }
    if (const Result<void> exchanged = exchange_uses(tx, filing, hitch); !exchanged) return exchanged;
    if (const Result<void> written = write_version(tx, amendment); !written) return written;
    return filing.inspection ? select_again(tx, filing, amendment.from.version + 1) : Result<void>{};
}

Result<void> write_cancellation(Transaction& tx, const Uuid& manifest_id, const std::string& reason) {
    const Result<Rows> moved = tx.run(take_back, manifest_id, tx.as().company, reason);
    if (!moved) return moved.error();
    if (moved->empty()) return Error{ErrorKind::not_found, "no such manifest"};
    return {};
}

Result<bool> remember_answer(Transaction& tx, const Filing& filing) {
    const Result<Rows> kept =
        tx.run(keep_answer, filing.client_id, filing.idempotency_key, Octets{filing.fingerprint}, static_cast<std::int32_t>(filing.answer_status),
               Octets{filing.answer_body}, filing.answer_headers, filing.manifest_id);
    if (!kept) return kept.error();
    return kept->affected() > 0;
}

Result<std::optional<FilingOutcome>> find_answer(Transaction& tx, const Filing& filing) {
    if (const Result<Rows> waits = tx.run(wait_for_standby); !waits) return waits.error();
    const Result<Rows> rows = tx.run_bound(find_answers, key_arrays({&filing}));
    if (!rows) return rows.error();
    if (rows->empty()) return std::optional<FilingOutcome>{};
    const Row row = (*rows)[0];
    FilingOutcome outcome;
    outcome.kind = FilingOutcome::Kind::key_reused;
    if (row.octets(2) == filing.fingerprint) outcome = {FilingOutcome::Kind::replayed, row.int32(3), row.octets(4), row.text(5), {}};
    return std::optional{std::move(outcome)};
}

}  // namespace puente::store
