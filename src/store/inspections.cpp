#include "puente/store/inspections.hpp"

#include <fmt/format.h>

#include <charconv>
#include <unordered_map>

#include "store/binary_array.hpp"
#include "store/leg_records.hpp"

namespace puente::store {

namespace {

/// The queue of a port after a place in it. $2 says whether there is such a place.
std::string queue_text(const char* port_column) {
    return fmt::format(
        "SELECT {}, i.inspection_id, i.rank, i.perishable, array_to_string(i.essential, E'\\x1f'), i.opened_at "
        "FROM puente.inspection AS i JOIN puente.manifest AS m USING (manifest_id) WHERE i.is_open AND i.{} = $1 "
        "AND (-i.rank, NOT i.perishable, i.estimated_arrival, i.opened_at, i.inspection_id) > ($2::int4, $3::bool, $4::timestamptz, $5::timestamptz, "
        "$6::uuid) "
        "ORDER BY -i.rank, NOT i.perishable, i.estimated_arrival, i.opened_at, i.inspection_id LIMIT $7::bigint",
        status_columns, port_column);
}

const std::string us_queue_text = queue_text("us_port");
const std::string mx_queue_text = queue_text("mx_office");
const Statement us_queue{"list_inspections_us", us_queue_text.c_str()};
const Statement mx_queue{"list_inspections_mx", mx_queue_text.c_str()};

constexpr Statement own_factors{"own_factors",
                                R"sql(SELECT inspection_id, agency, name, detail, points FROM puente.selection_factor
 WHERE inspection_id = ANY ($1::uuid[]) ORDER BY inspection_id, item)sql"};

/// A place in the queue, in the order of its columns.
struct Place {
    std::int32_t minus_rank = std::numeric_limits<std::int32_t>::min();
    bool not_perishable = false;
    std::int64_t arrival = 0;  ///< microseconds from 1970
    std::int64_t opened = 0;
    Uuid inspection_id;
};

std::string to_text(const QueueEntry& entry) {
    return fmt::format("{}.{}.{}.{}.{}", -entry.rank, entry.perishable ? 0 : 1, entry.manifest.estimated_arrival.time_since_epoch().count(),
                       entry.opened_at.time_since_epoch().count(), entry.inspection_id.text());
}

/// Reads a number and the dot after it.
template <class Number>
bool take_number(std::string_view& text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end == text.data() + text.size() || *end != '.') return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
    return true;
}

Result<Place> parse_place(std::string_view text) {
    Place place;
    if (text.empty()) return place;
    int not_perishable = 0;
    const bool numbers = take_number(text, place.minus_rank) && take_number(text, not_perishable) && take_number(text, place.arrival) &&
                         take_number(text, place.opened);
    const std::optional<Uuid> id = numbers ? Uuid::parse(text) : std::nullopt;
    constexpr std::int64_t far = 100'000'000'000'000'000;  // beyond what PostgreSQL's timestamps hold is an error there
    if (!id || place.arrival < 0 || place.arrival > far || place.opened < 0 || place.opened > far) {
        return Error{ErrorKind::malformed, "this is not a cursor that a page of this queue gave"};
    }
    place.not_perishable = not_perishable != 0;
    place.inspection_id = *id;
    return place;
}

std::vector<std::string> words(const std::string& joined) {
    std::vector<std::string> all;
    std::size_t begin = 0;
    while (begin < joined.size()) {
        const std::size_t end = std::min(joined.find('\x1f', begin), joined.size());
        all.push_back(joined.substr(begin, end - begin));
        begin = end + 1;
    }
    return all;
}

QueueEntry queue_entry(const Row& row) {
    QueueEntry entry;
    entry.manifest = status_record(row);
    entry.inspection_id = row.uuid(status_column_count);
    entry.rank = row.int32(status_column_count + 1);
    entry.perishable = row.boolean(status_column_count + 2);
    entry.essential = words(row.text(status_column_count + 3));
    entry.opened_at = row.instant(status_column_count + 4);
    return entry;
}

Result<void> add_factors(Transaction& tx, std::vector<QueueEntry>& entries) {
    std::unordered_map<Uuid, QueueEntry*> by_id;
    BinaryArray ids{Element::uuid};
    for (QueueEntry& entry : entries) {
        by_id[entry.inspection_id] = &entry;
        ids.add_uuid(entry.inspection_id);
    }
    const Result<Rows> rows = tx.run(own_factors, ids.parameter());
    if (!rows) return rows.error();
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const Row row = (*rows)[i];
        selection::Factor factor{identifiers::parse_agency(row.text(1)).value_or(identifiers::Agency::cbp), row.text(2), row.text(3), row.int32(4)};
        by_id.at(row.uuid(0))->factors.push_back(std::move(factor));
    }
    return {};
}

/// Legs and findings of the manifests, as far as the officer may see them.
Result<void> add_manifest_parts(Transaction& tx, std::vector<QueueEntry>& entries) {
    std::vector<StatusRecord> records;
    std::unordered_map<Uuid, QueueEntry*> by_manifest;
    for (QueueEntry& entry : entries) {
        by_manifest[entry.manifest.manifest_id] = &entry;
        records.push_back(entry.manifest);
    }
    if (const Result<void> added = add_legs(tx, records); !added) return added;
    Result<std::vector<std::pair<Uuid, FindingRow>>> findings = findings_of(tx, records);
    if (!findings) return findings.error();
    for (StatusRecord& record : records) by_manifest.at(record.manifest_id)->manifest = std::move(record);
    for (auto& [id, finding] : *findings) by_manifest.at(id)->findings.push_back(std::move(finding));
    return {};
}

}  // namespace

Result<QueuePage> list_inspections(Transaction& tx, const std::string& port, const std::string& after, std::size_t limit) {
    const Result<Place> place = parse_place(after);
    if (!place) return place.error();
    const Statement& queue = std::string_view{port_column(port)} == "us_port" ? us_queue : mx_queue;
    const Instant arrival{std::chrono::microseconds{place->arrival}};
    const Instant opened{std::chrono::microseconds{place->opened}};
    const std::int64_t one_more = static_cast<std::int64_t>(limit) + 1;
    const Result<Rows> rows = tx.run(queue, port, place->minus_rank, place->not_perishable, arrival, opened, place->inspection_id, one_more);
    if (!rows) return rows.error();

    QueuePage page;
    for (std::size_t i = 0; i < rows->size() && i < limit; ++i) page.entries.push_back(queue_entry((*rows)[i]));
    if (page.entries.empty()) return page;
    if (rows->size() > limit) page.next = to_text(page.entries.back());
    if (const Result<void> added = add_manifest_parts(tx, page.entries); !added) return added.error();
    if (const Result<void> added = add_factors(tx, page.entries); !added) return added.error();
    return page;
}

}  // namespace puente::store
