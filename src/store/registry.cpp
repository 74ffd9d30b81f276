#include "puente/store/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "puente/store/transaction.hpp"
#include "store/binary_array.hpp"

namespace puente::store {

using selection::IdKind;
using selection::Programme;

namespace {

// A plan made while the register was small would read the whole of it for every batch of a long import: by index, and planned anew each time.
constexpr Statement steady_plans{"steady_registry_plans",
                                 "SELECT set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_custom_plan', true)"};

constexpr Statement begin_change{"begin_registry_change", R"sql(WITH begun AS (
    UPDATE puente.registry_programme SET version = version + 1, changed_at = now() WHERE programme = $1 RETURNING programme, version
)
SELECT version, pg_notify('registry_changed', programme) FROM begun)sql"};

constexpr Statement find_repeats{"find_registry_repeats", R"sql(SELECT given.line
  FROM unnest($3::text[], $4::text[], $5::int4[]) AS given (id_kind, id, line)
  JOIN puente.registry_entry AS e ON e.programme = $1 AND e.id_kind = given.id_kind AND e.id = given.id AND e.seen_in = $2
 ORDER BY given.line)sql"};

// What the register said before is seen beside what is put: both parts of one statement look at the same moment.
constexpr Statement put_entries{"put_registry_entries", R"sql(WITH given AS (
    SELECT id_kind, id, name, tier, status, valid_from::date, NULLIF(valid_until, '')::date AS valid_until
      FROM unnest($5::text[], $6::text[], $7::text[], $8::int4[], $9::text[], $10::text[], $11::text[])
           AS columns (id_kind, id, name, tier, status, valid_from, valid_until)
), compared AS (
    SELECT old.programme IS NULL OR old.ended_at IS NOT NULL AS is_new,
           (old.name, old.tier, old.status, old.valid_from, old.valid_until)
               IS NOT DISTINCT FROM (given.name, given.tier, given.status, given.valid_from, given.valid_until) AS is_same
      FROM given LEFT JOIN puente.registry_entry AS old ON old.programme = $1 AND old.id_kind = given.id_kind AND old.id = given.id
), put AS (
    INSERT INTO puente.registry_entry AS e (programme, id_kind, id, name, tier, status, valid_from, valid_until, source, recorded_by, seen_in)
    SELECT $1, id_kind, id, name, tier, status, valid_from, valid_until, $3, $4, $2 FROM given
    ON CONFLICT (programme, id_kind, id) DO UPDATE
       SET name = EXCLUDED.name, tier = EXCLUDED.tier, status = EXCLUDED.status, valid_from = EXCLUDED.valid_from, valid_until = EXCLUDED.valid_until,
           source = EXCLUDED.source, recorded_by = EXCLUDED.recorded_by, recorded_at = now(), seen_in = EXCLUDED.seen_in, ended_at = NULL
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new AND NOT is_same), count(*) FILTER (WHERE NOT is_new AND is_same) FROM compared)sql"};

constexpr Statement end_others{"end_other_registry_entries", R"sql(UPDATE puente.registry_entry
   SET ended_at = now(), source = $3, recorded_by = $4, recorded_at = now()
 WHERE programme = $1 AND seen_in <> $2 AND ended_at IS NULL)sql"};

constexpr Statement end_one{"end_registry_entry", R"sql(UPDATE puente.registry_entry
   SET ended_at = now(), source = $2, recorded_by = $3, recorded_at = now()
 WHERE programme = $1 AND id_kind = $4 AND id = $5 AND ended_at IS NULL)sql"};

constexpr Statement write_change{"write_registry_change", R"sql(INSERT INTO puente.registry_change
       (programme, version, source, by_client, added, changed, unchanged, ended) VALUES ($1, $2, $3, $4, $5, $6, $7, $8))sql"};

constexpr Statement list_programmes{"list_registries", R"sql(SELECT p.programme, p.agency, p.version, p.changed_at,
       count(e.id) FILTER (WHERE e.status = 'active'), count(e.id) FILTER (WHERE e.status = 'suspended'), count(e.id) FILTER (WHERE e.status = 'revoked')
  FROM puente.registry_programme AS p LEFT JOIN puente.registry_entry AS e ON e.programme = p.programme AND e.ended_at IS NULL
 GROUP BY p.programme, p.agency, p.version, p.changed_at ORDER BY p.agency, p.programme)sql"};

constexpr const char* record_columns =
    "SELECT id_kind, id, name, tier, status, valid_from::text, valid_until::text, source, recorded_at, recorded_by FROM puente.registry_entry "
    "WHERE programme = $1 AND ended_at IS NULL";
const std::string list_entries_text = fmt::format(
    R"({} AND (id_kind COLLATE "C", id COLLATE "C") > ($2, $3) ORDER BY id_kind COLLATE "C", id COLLATE "C" LIMIT $4::bigint)", record_columns);
const Statement list_entries{"list_registry_entries", list_entries_text.c_str()};
const std::string find_entry_text = fmt::format("{} AND id_kind = $2 AND id = $3", record_columns);
const Statement find_entry{"find_registry_entry", find_entry_text.c_str()};

constexpr Statement find_versions{"find_registry_versions", "SELECT programme, version FROM puente.registry_programme"};

// One statement, so that version and entries belong together. A register without entries still has one row.
constexpr Statement read_entries{"read_roll", R"sql(SELECT p.version, e.id_kind, e.id, e.tier, e.valid_from::text, e.valid_until::text
  FROM puente.registry_programme AS p
  LEFT JOIN puente.registry_entry AS e
         ON e.programme = p.programme AND e.ended_at IS NULL AND e.status = 'active' AND (e.valid_until IS NULL OR e.valid_until >= current_date - 2)
 WHERE p.programme = $1)sql"};

std::chrono::sys_days day_of(const std::string& text) {
    const std::optional<std::chrono::year_month_day> day = parse_date(text);
    return day ? std::chrono::sys_days{*day} : std::chrono::sys_days{};
}

std::optional<std::chrono::sys_days> last_day_of(const Row& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return day_of(row.text(column));
}

RegistryRecord record_of(const Row& row) {
    RegistryRecord record;
    record.entry.kind = selection::parse_id_kind(row.text(0)).value_or(IdKind::rfc);
    record.entry.id = row.text(1);
    record.entry.name = row.text(2);
    record.entry.tier = row.int32(3);
    record.entry.status = parse_standing_status(row.text(4)).value_or(StandingStatus::revoked);
    record.entry.valid_from = day_of(row.text(5));
    record.entry.valid_until = last_day_of(row, 6);
    record.source = row.text(7);
    record.recorded_at = row.instant(8);
    record.by = row.text(9);
    return record;
}

constexpr std::array<std::string_view, 3> statuses{"active", "suspended", "revoked"};

}  // namespace

std::string_view to_text(StandingStatus status) {
    return statuses[static_cast<std::size_t>(status)];
}

std::optional<StandingStatus> parse_standing_status(std::string_view text) {
    const auto found = std::find(statuses.begin(), statuses.end(), text);
    return found == statuses.end() ? std::nullopt : std::optional{static_cast<StandingStatus>(found - statuses.begin())};
}

Result<RegistryChange> begin_registry_change(Transaction& tx, Programme programme, std::string source, std::string by) {
    if (const Result<Rows> steadied = tx.run(steady_plans); !steadied) return steadied.error();
    const Result<Rows> begun = tx.run(begin_change, selection::to_text(programme));
    if (!begun) return begun.error();
    if (begun->empty())
        return Error{ErrorKind::forbidden, fmt::format("the register of {} is kept by another agency", selection::to_text(programme))};
    return RegistryChange{programme, (*begun)[0].int64(0), std::move(source), std::move(by)};
}

Result<std::vector<std::int32_t>> find_registry_repeats(Transaction& tx, const RegistryChange& change, const std::vector<RegistryEntry>& entries) {
    BinaryArray kinds{Element::text};
    BinaryArray ids{Element::text};
    BinaryArray lines{Element::int32};
    for (const RegistryEntry& each : entries) {
        kinds.add_text(selection::to_text(each.kind));
        ids.add_text(each.id);
        lines.add_int32(each.line);
    }
    const Result<Rows> rows =
        tx.run(find_repeats, selection::to_text(change.programme), change.version, kinds.parameter(), ids.parameter(), lines.parameter());
    if (!rows) return rows.error();
    std::vector<std::int32_t> repeated;
    for (std::size_t i = 0; i < rows->size(); ++i) repeated.push_back((*rows)[i].int32(0));
    return repeated;
}

Result<void> put_registry_entries(Transaction& tx, const RegistryChange& change, const std::vector<RegistryEntry>& entries, RegistryTally& tally) {
    using E = Element;
    std::array<BinaryArray, 7> to{BinaryArray{E::text}, BinaryArray{E::text}, BinaryArray{E::text}, BinaryArray{E::int32},
                                  BinaryArray{E::text}, BinaryArray{E::text}, BinaryArray{E::text}};
    for (const RegistryEntry& each : entries) {
        to[0].add_text(selection::to_text(each.kind));
        to[1].add_text(each.id);
        to[2].add_text(each.name);
        to[3].add_int32(each.tier);
        to[4].add_text(to_text(each.status));
        to[5].add_text(day_text(each.valid_from));
        to[6].add_text(each.valid_until ? day_text(*each.valid_until) : "");
    }
    const Result<Rows> put = tx.run(put_entries, selection::to_text(change.programme), change.version, change.source, change.by, to[0].parameter(),
                                    to[1].parameter(), to[2].parameter(), to[3].parameter(), to[4].parameter(), to[5].parameter(), to[6].parameter());
    if (!put) return put.error();
    tally.added += (*put)[0].int64(0);
    tally.changed += (*put)[0].int64(1);
    tally.unchanged += (*put)[0].int64(2);
    return {};
}

Result<void> end_other_registry_entries(Transaction& tx, const RegistryChange& change, RegistryTally& tally) {
    const Result<Rows> ended = tx.run(end_others, selection::to_text(change.programme), change.version, change.source, change.by);
    if (!ended) return ended.error();
    tally.ended += static_cast<std::int64_t>(ended->affected());
    return {};
}

Result<void> end_registry_entry(Transaction& tx, const RegistryChange& change, IdKind kind, const std::string& id, RegistryTally& tally) {
    const Result<Rows> ended = tx.run(end_one, selection::to_text(change.programme), change.source, change.by, selection::to_text(kind), id);
    if (!ended) return ended.error();
    if (ended->affected() == 0) return Error{ErrorKind::not_found, "no such holder in this register"};
    ++tally.ended;
    return {};
}

Result<void> finish_registry_change(Transaction& tx, const RegistryChange& change, const RegistryTally& tally) {
    const Result<Rows> written = tx.run(write_change, selection::to_text(change.programme), change.version, change.source, change.by, tally.added,
                                        tally.changed, tally.unchanged, tally.ended);
    if (!written) return written.error();
    return {};
}

Result<std::vector<RegistrySummary>> list_registries(Transaction& tx) {
    const Result<Rows> rows = tx.run(list_programmes);
    if (!rows) return rows.error();
    std::vector<RegistrySummary> summaries;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const Row row = (*rows)[i];
        const std::optional<Programme> programme = selection::parse_programme(row.text(0));
        if (!programme) continue;
        summaries.push_back({*programme, row.text(1), row.int64(2), row.instant(3), row.int64(4), row.int64(5), row.int64(6)});
    }
    return summaries;
}

Result<std::vector<RegistryRecord>> list_registry_entries(Transaction& tx, Programme programme, const std::string& after, std::size_t limit) {
    const std::size_t colon = after.find(':');
    const bool is_place = after.empty() || (colon != std::string::npos && selection::parse_id_kind(after.substr(0, colon)).has_value());
    if (!is_place) return Error{ErrorKind::malformed, "this is not a cursor that a page of this register gave"};
    const std::string kind = after.empty() ? "" : after.substr(0, colon);
    const std::string id = after.empty() ? "" : after.substr(colon + 1);
    const Result<Rows> rows = tx.run(list_entries, selection::to_text(programme), kind, id, static_cast<std::int64_t>(limit) + 1);
    if (!rows) return rows.error();
    std::vector<RegistryRecord> records;
    for (std::size_t i = 0; i < rows->size(); ++i) records.push_back(record_of((*rows)[i]));
    return records;
}

Result<RegistryRecord> find_registry_entry(Transaction& tx, Programme programme, IdKind kind, const std::string& id) {
    const Result<Rows> rows = tx.run(find_entry, selection::to_text(programme), selection::to_text(kind), id);
    if (!rows) return rows.error();
    if (rows->empty()) return Error{ErrorKind::not_found, "no such holder in this register"};
    return record_of((*rows)[0]);
}

Result<RegistryVersions> find_registry_versions(Transaction& tx) {
    const Result<Rows> rows = tx.run(find_versions);
    if (!rows) return rows.error();
    RegistryVersions versions{};
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const std::optional<Programme> programme = selection::parse_programme((*rows)[i].text(0));
        if (programme) versions[static_cast<std::size_t>(*programme)] = (*rows)[i].int64(1);
    }
    return versions;
}

Result<RollAtVersion> read_roll(Transaction& tx, Programme programme) {
    const Result<Rows> rows = tx.run(read_entries, selection::to_text(programme));
    if (!rows) return rows.error();
    RollAtVersion found;
    selection::Roll roll;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const Row row = (*rows)[i];
        found.version = row.int64(0);
        const std::optional<IdKind> kind = selection::parse_id_kind(row.text(1));
        if (!row.is_null(1) && kind) roll.add(*kind, row.text(2), {row.int32(3), day_of(row.text(4)), last_day_of(row, 5)});
    }
    found.roll = std::make_shared<const selection::Roll>(std::move(roll));
    return found;
}

}  // namespace puente::store
