#include "puente/store/records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "puente/store/pool.hpp"
#include "store/leg_records.hpp"

namespace puente::store {

namespace {

const std::string find_status_text = fmt::format("SELECT {} FROM puente.manifest AS m WHERE m.manifest_id = $1", status_columns);
const Statement find_status_statement{"find_status", find_status_text.c_str()};

const std::string find_manifest_text = fmt::format(
    "SELECT {}, m.mode, v.document, v.media_type, v.sha256, v.rule_sets FROM puente.manifest AS m "
    "JOIN puente.manifest_version AS v ON v.manifest_id = m.manifest_id AND v.version = m.version WHERE m.manifest_id = $1",
    status_columns);
const Statement find_manifest_statement{"find_manifest", find_manifest_text.c_str()};

constexpr Statement find_events_statement{
    "find_events",
    R"sql(SELECT event_id, at, kind, version, state_no, actor, status, detail FROM puente.event WHERE manifest_id = $1 ORDER BY event_id)sql"};

constexpr Statement find_versions_statement{
    "find_versions",
    R"sql(SELECT version, received_at, media_type, sha256, rule_sets FROM puente.manifest_version WHERE manifest_id = $1 ORDER BY version)sql"};

Error no_such_manifest() {
    return Error{ErrorKind::not_found, "no such manifest"};
}

/// Those of the database's own check. Said in the statement instead of bound, so that its plan can use the indexes that hold some statuses only.
bool is_status(const std::string& text) {
    constexpr std::array all{"UNDER_REVIEW", "INSPECTION_REQUIRED", "IN_INSPECTION", "HELD", "CLEARED", "RELEASED", "REFUSED", "CANCELLED", "EXPIRED", "CROSSED"};
    return std::find(all.begin(), all.end(), text) != all.end();
}

/// A list statement holds only the conditions it needs, so that its one plan can use their indexes.
class ListStatement {
public:
    void where(const std::string& condition, Parameter value) {
        parameters_.push_back(std::move(value));
        conditions_ += fmt::format("{}{}", conditions_.empty() ? " WHERE " : " AND ", fmt::format(fmt::runtime(condition), parameters_.size()));
    }
    void where(const std::string& condition) { conditions_ += fmt::format("{}{}", conditions_.empty() ? " WHERE " : " AND ", condition); }
    Result<Rows> run(Transaction& tx, std::size_t limit) {
        parameters_.emplace_back(static_cast<std::int64_t>(limit));
        const std::string text = fmt::format("SELECT {} FROM puente.manifest AS m{} ORDER BY m.manifest_id DESC LIMIT ${}::bigint", status_columns,
                                             conditions_, parameters_.size());
        // PostgreSQL tells prepared statements apart by the first 63 bytes of their names.
        const std::string name = fmt::format("list_manifests_{:x}", std::hash<std::string>{}(conditions_));
        const Statement statement{name.c_str(), text.c_str()};
        return tx.run_bound(statement, parameters_);
    }

private:
    std::string conditions_;
    std::vector<Parameter> parameters_;
};

}  // namespace

Result<StatusRecord> find_status(Transaction& tx, const Uuid& manifest_id) {
    const Result<Rows> rows = tx.run(find_status_statement, manifest_id);
    if (!rows) return rows.error();
    if (rows->empty()) return no_such_manifest();
    std::vector<StatusRecord> records{status_record((*rows)[0])};
    if (const Result<void> added = add_legs(tx, records); !added) return added.error();
    return std::move(records.front());
}

Result<ManifestRecord> find_manifest(Transaction& tx, const Uuid& manifest_id) {
    const Result<Rows> rows = tx.run(find_manifest_statement, manifest_id);
    if (!rows) return rows.error();
    if (rows->empty()) return no_such_manifest();
    const Row row = (*rows)[0];
    std::vector<StatusRecord> records{status_record(row)};
    if (const Result<void> added = add_legs(tx, records); !added) return added.error();
    Result<std::vector<std::pair<Uuid, FindingRow>>> findings = findings_of(tx, records);
    if (!findings) return findings.error();

    ManifestRecord record;
    record.status = std::move(records.front());
    record.mode = row.text(status_column_count);
    record.document = row.octets(status_column_count + 1);
    record.media_type = row.text(status_column_count + 2);
    record.sha256 = row.octets(status_column_count + 3);
    record.rule_sets = row.text(status_column_count + 4);
    for (auto& [id, finding] : *findings) record.findings.push_back(std::move(finding));
    return record;
}

Result<std::vector<EventRecord>> find_events(Transaction& tx, const Uuid& manifest_id) {
    const Result<Rows> rows = tx.run(find_events_statement, manifest_id);
    if (!rows) return rows.error();
    if (rows->empty()) return no_such_manifest();  // every manifest has its first event
    std::vector<EventRecord> events;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const Row row = (*rows)[i];
        events.push_back({row.int64(0), row.instant(1), row.text(2), row.int32(3), row.int64(4), row.text(5), row.text(6), row.text(7)});
    }
    return events;
}

Result<std::vector<VersionRecord>> find_versions(Transaction& tx, const Uuid& manifest_id) {
    const Result<Rows> rows = tx.run(find_versions_statement, manifest_id);
    if (!rows) return rows.error();
    if (rows->empty()) return no_such_manifest();
    std::vector<VersionRecord> versions;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const Row row = (*rows)[i];
        versions.push_back({row.int32(0), row.instant(1), row.text(2), row.octets(3), row.text(4)});
    }
    return versions;
}

Result<std::vector<StatusRecord>> list_manifests(Transaction& tx, const ListFilter& filter) {
    ListStatement list;
    // A broker's list is its company's: said here as well as in the policy, so that the index in order of arrival is used.
    if (tx.as().kind == As::Kind::party && tx.as().scac.empty()) list.where("m.company = ${}", tx.as().company);
    if (!filter.trip_number.empty()) list.where("m.trip_number = ${}", filter.trip_number);
    if (is_status(filter.status)) list.where(fmt::format("m.status = '{}'", filter.status));
    if (!filter.status.empty() && !is_status(filter.status)) return std::vector<StatusRecord>{};
    if (!filter.port.empty()) list.where(fmt::format("m.{} = ${{}}", port_column(filter.port)), filter.port);
    if (!filter.carrier.empty()) list.where("m.carrier_key = ${}", filter.carrier);
    if (filter.since) list.where("m.changed_at >= ${}", *filter.since);
    if (filter.after) list.where("m.manifest_id < ${}", *filter.after);
    const Result<Rows> rows = list.run(tx, filter.limit);
    if (!rows) return rows.error();
    std::vector<StatusRecord> records;
    for (std::size_t i = 0; i < rows->size(); ++i) records.push_back(status_record((*rows)[i]));
    if (const Result<void> added = add_legs(tx, records); !added) return added.error();
    return records;
}

}  // namespace puente::store
