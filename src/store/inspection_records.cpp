#include "puente/store/inspection_records.hpp"

#include <fmt/format.h>

#include "store/leg_records.hpp"
#include "store/leg_steps.hpp"

namespace puente::store {

namespace {

const std::string find_inspection_text = fmt::format(
    "SELECT {}, i.is_open, i.perishable, array_to_json(i.essential), i.opened_at, s.port, s.name, s.starts_at, s.ends_at, array_to_json(s.agencies), "
    "(SELECT COALESCE(json_agg(json_build_object('agency', f.agency, 'name', f.name, 'detail', f.detail, 'points', f.points, "
    "'visibility', CASE WHEN f.is_public THEN 'public' ELSE 'private' END) ORDER BY f.item), '[]'::json) "
    "FROM puente.selection_factor AS f WHERE f.inspection_id = i.inspection_id) "
    "FROM puente.inspection AS i JOIN puente.manifest AS m USING (manifest_id) LEFT JOIN puente.slot AS s USING (inspection_id) WHERE "
    "i.inspection_id = $1",
    status_columns);
const Statement find_inspection_statement{"find_inspection", find_inspection_text.c_str()};

InspectionRecord inspection_record(const Row& row) {
    constexpr int first = status_column_count;
    InspectionRecord record;
    record.manifest = status_record(row);
    record.is_open = row.boolean(first);
    record.perishable = row.boolean(first + 1);
    record.essential = row.text(first + 2);
    record.opened_at = row.instant(first + 3);
    if (!row.is_null(first + 4))
        record.slot = BookedSlot{row.text(first + 4), row.text(first + 5), row.instant(first + 6), row.instant(first + 7), row.text(first + 8)};
    record.factors = row.text(first + 9);
    return record;
}

}  // namespace

Result<InspectionRecord> find_inspection(Transaction& tx, const Uuid& inspection_id) {
    const Result<Rows> rows = tx.run(find_inspection_statement, inspection_id);
    if (!rows) return rows.error();
    if (rows->empty()) return no_such_inspection();
    InspectionRecord record = inspection_record((*rows)[0]);
    record.inspection_id = inspection_id;
    std::vector<StatusRecord> manifests{record.manifest};
    if (const Result<void> added = add_legs(tx, manifests); !added) return added.error();
    record.manifest = std::move(manifests.front());
    Result<std::vector<std::pair<Uuid, FindingRow>>> findings = findings_of(tx, {record.manifest});
    if (!findings) return findings.error();
    for (auto& [id, finding] : *findings) record.findings.push_back(std::move(finding));
    Result<std::vector<Annotation>> annotations = find_annotations(tx, inspection_id);
    if (!annotations) return annotations.error();
    record.annotations = std::move(*annotations);
    Result<std::vector<Attachment>> attachments = find_attachments(tx, inspection_id);
    if (!attachments) return attachments.error();
    record.attachments = std::move(*attachments);
    return record;
}

}  // namespace puente::store
