#include "puente/store/annotations.hpp"

#include "puente/store/pool.hpp"
#include "store/leg_steps.hpp"

namespace puente::store {

namespace {

constexpr Statement inspected_manifest{"inspected_manifest", "SELECT manifest_id FROM puente.inspection WHERE inspection_id = $1"};

constexpr Statement add_annotation{"add_annotation",
                                   R"sql(WITH added AS (
    INSERT INTO puente.annotation (inspection_id, agency, visibility, text) VALUES ($1, $2, $3, $4)
    RETURNING annotation_id, agency, visibility, text, at
), signed AS (
    INSERT INTO puente.authorship (record_id, agency, by_client) SELECT annotation_id, agency, $5 FROM added
)
SELECT annotation_id, agency, visibility, text, at, $5::text FROM added)sql"};

constexpr Statement list_annotations{"list_annotations",
                                     R"sql(SELECT a.annotation_id, a.agency, a.visibility, a.text, a.at, w.by_client
  FROM puente.annotation AS a LEFT JOIN puente.authorship AS w ON w.record_id = a.annotation_id
 WHERE a.inspection_id = $1 ORDER BY a.at, a.annotation_id)sql"};

Annotation annotation_of(const Row& row) {
    return {row.uuid(0), row.text(1),    inspection::parse_visibility(row.text(2)).value_or(inspection::Visibility::agency),
            row.text(3), row.instant(4), row.text(5)};
}

}  // namespace

Result<Annotation> annotate(Transaction& tx, const Uuid& inspection_id, const NewAnnotation& annotation) {
    const Result<Rows> manifest = tx.run(inspected_manifest, inspection_id);
    if (!manifest) return manifest.error();
    if (manifest->empty()) return no_such_inspection();
    const std::string& agency = tx.as().agency;
    const Result<Rows> added =
        tx.run(add_annotation, inspection_id, agency, inspection::to_text(annotation.visibility), annotation.text, annotation.officer);
    if (!added) return added.error();
    if (annotation.visibility == inspection::Visibility::shared) {
        LockedLeg beside;
        beside.manifest_id = (*manifest)[0].uuid(0);
        beside.agency = agency;
        if (const Result<LegMove> told = tell_officers(tx, beside, Happening{"annotated", "OFFICERS"}); !told) return told.error();
    }
    return annotation_of((*added)[0]);
}

Result<std::vector<Annotation>> find_annotations(Transaction& tx, const Uuid& inspection_id) {
    const Result<Rows> rows = tx.run(list_annotations, inspection_id);
    if (!rows) return rows.error();
    std::vector<Annotation> all;
    for (std::size_t i = 0; i < rows->size(); ++i) all.push_back(annotation_of((*rows)[i]));
    return all;
}

}  // namespace puente::store
