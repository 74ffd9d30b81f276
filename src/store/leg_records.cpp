#include "store/leg_records.hpp"

#include <algorithm>
#include <unordered_map>

#include "puente/store/pool.hpp"
#include "store/binary_array.hpp"

namespace puente::store {

namespace {

constexpr Statement legs_for_party{
    "legs_for_party",
    R"sql(SELECT manifest_id, agency, state, kind, decision_note, decided_at, lease_until > clock_timestamp() AS claimed, lease_until, '' AS holder, 0 AS fence,
       hold_reason, due_at
  FROM puente.inspection_leg WHERE manifest_id = ANY ($1::uuid[]) ORDER BY manifest_id, agency)sql"};

// Of holders, the policies show those of the own agency. Looked up leg by leg: a join may read all claims there ever were.
constexpr Statement legs_for_officer{
    "legs_for_officer",
    R"sql(SELECT manifest_id, agency, state, kind, decision_note, decided_at, lease_until > clock_timestamp() AS claimed, lease_until,
       (SELECT held.holder FROM puente.leg_holder AS held
         WHERE (held.inspection_id, held.agency, held.fence) = (leg.inspection_id, leg.agency, leg.held_fence)) AS holder,
       fence, hold_reason, due_at, hold_owner, found, declined_at, decline_reason
  FROM puente.inspection_leg AS leg WHERE manifest_id = ANY ($1::uuid[]) ORDER BY manifest_id, agency)sql"};

constexpr Statement findings_of_versions{
    "findings_of_versions",
    R"sql(SELECT manifest_id, rule_set, rule_id, severity, pointer, value, message_en, message_es, citation, agency_only
  FROM puente.finding JOIN unnest($1::uuid[], $2::int4[]) AS wanted (manifest_id, version) USING (manifest_id, version)
 ORDER BY manifest_id, item)sql"};

Result<LegRecord> leg_record(const Row& row, bool for_officer) {
    const std::optional<identifiers::AgencyCode> agency = identifiers::AgencyCode::parse(row.text(1));
    if (!agency) return Error{ErrorKind::internal, "a leg of no agency"};
    LegRecord leg{*agency};
    leg.state = inspection::parse_leg_state(row.text(2)).value_or(inspection::LegState::none);
    leg.kind = inspection::parse_leg_kind(row.text(3)).value_or(inspection::LegKind::review);
    leg.decision_note = row.text(4);
    leg.decided_at = row.optional_instant(5);
    leg.claimed = row.boolean(6);
    if (leg.claimed) {
        leg.lease_until = row.optional_instant(7);
        leg.holder = row.text(8);
    }
    leg.fence = row.int64(9);
    leg.hold_reason = row.text(10);
    if (leg.state == inspection::LegState::held) leg.due_at = row.optional_instant(11);
    if (!for_officer) return leg;
    leg.hold_owner = row.text(12);
    leg.found = row.text(13);
    leg.declined_at = row.optional_instant(14);
    leg.decline_reason = row.text(15);
    return leg;
}

}  // namespace

StatusRecord status_record(const Row& row, int column) {
    StatusRecord record;
    record.manifest_id = row.uuid(column);
    record.trip_number = row.text(column + 1);
    record.carrier_key = row.text(column + 2);
    record.document_id = row.text(column + 3);
    record.direction = row.text(column + 4);
    record.us_port = row.text(column + 5);
    record.mx_office = row.text(column + 6);
    record.estimated_arrival = row.instant(column + 7);
    record.received_at = row.instant(column + 8);
    record.changed_at = row.instant(column + 9);
    record.status = row.text(column + 10);
    record.version = row.int32(column + 11);
    record.state_no = row.int64(column + 12);
    record.company = row.text(column + 13);
    record.arrived_at = row.optional_instant(column + 14);
    record.crossed_at = row.optional_instant(column + 15);
    return record;
}

Result<void> add_legs(Transaction& tx, std::vector<StatusRecord>& records) {
    std::unordered_map<Uuid, StatusRecord*> by_id;
    BinaryArray ids{Element::uuid};
    for (StatusRecord& record : records) {
        by_id[record.manifest_id] = &record;
        ids.add_uuid(record.manifest_id);
    }
    if (by_id.empty()) return {};
    const bool is_officer = tx.as().kind == As::Kind::officer;
    const Result<Rows> rows = tx.run(is_officer ? legs_for_officer : legs_for_party, ids.parameter());
    if (!rows) return rows.error();
    for (std::size_t i = 0; i < rows->size(); ++i) {
        Result<LegRecord> leg = leg_record((*rows)[i], is_officer);
        if (!leg) return leg.error();
        by_id.at((*rows)[i].uuid(0))->legs.push_back(std::move(*leg));
    }
    return {};
}

Result<std::vector<std::pair<Uuid, FindingRow>>> findings_of(Transaction& tx, const std::vector<StatusRecord>& records) {
    BinaryArray ids{Element::uuid};
    BinaryArray versions{Element::int32};
    for (const StatusRecord& record : records) {
        ids.add_uuid(record.manifest_id);
        versions.add_int32(record.version);
    }
    const Result<Rows> rows = tx.run(findings_of_versions, ids.parameter(), versions.parameter());
    if (!rows) return rows.error();
    std::vector<std::pair<Uuid, FindingRow>> findings;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const Row row = (*rows)[i];
        FindingRow finding{row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6), row.text(7), row.text(8), row.boolean(9)};
        findings.emplace_back(row.uuid(0), std::move(finding));
    }
    return findings;
}

}  // namespace puente::store
