#include "puente/store/inspections.hpp"

#include <fmt/format.h>

#include <charconv>
#include <unordered_map>

#include "store/binary_array.hpp"
#include "store/leg_records.hpp"

namespace puente::store {

namespace {

/// The queue of a port after a place in it: $1 port, $2 turn, $3 inspection, $4 how many. Those that a contingency puts first are read by its head
/// start from an index of their own, the others as they stand.
std::string queue_text(const char* port_column) {
    const std::string other_port = port_column == std::string_view{"us_port"} ? "$1 = ANY (c.us_ports) AND q.mx_office = ANY (c.mx_offices)"
                                                                              : "$1 = ANY (c.mx_offices) AND q.us_port = ANY (c.us_ports)";
    return fmt::format(
        R"sql(WITH in_force AS MATERIALIZED (
    SELECT us_ports, mx_offices, classes, head_start FROM puente.contingency
     WHERE ended_at IS NULL AND ends_at > clock_timestamp() AND confirmed_at IS NOT NULL AND $1 = ANY (us_ports || mx_offices)
), place AS (
    SELECT inspection_id, min(turn) AS turn, bool_or(put_first) AS put_first FROM (
        (SELECT q.inspection_id, q.turn_at AS turn, false AS put_first FROM puente.inspection AS q
          WHERE q.is_open AND q.{1} = $1 AND (q.turn_at, q.inspection_id) > ($2::timestamptz, $3::uuid)
            AND (q.essential = '{{}}' OR NOT EXISTS (SELECT FROM in_force AS c WHERE c.classes && q.essential AND {2}))
          ORDER BY q.turn_at, q.inspection_id LIMIT $4::bigint)
        UNION ALL
        (SELECT first.inspection_id, first.turn_at - c.head_start, true FROM in_force AS c CROSS JOIN LATERAL (
            SELECT q.inspection_id, q.turn_at FROM puente.inspection AS q
             WHERE q.is_open AND q.essential <> '{{}}' AND q.{1} = $1 AND (q.turn_at, q.inspection_id) > ($2::timestamptz + c.head_start, $3::uuid)
               AND q.essential && c.classes AND {2}
               AND c.head_start = puente.contingency_head_start(q.us_port, q.mx_office, q.essential)
             ORDER BY q.turn_at, q.inspection_id LIMIT $4::bigint) AS first)
    ) AS either GROUP BY inspection_id ORDER BY turn, inspection_id LIMIT $4::bigint
)
SELECT {0}, i.inspection_id, place.turn, place.put_first, i.lane, i.trusted, i.perishable, array_to_string(i.essential, E'\x1f'), i.opened_at,
       (SELECT min(l.overdue_since) FROM puente.inspection_leg AS l
         WHERE l.inspection_id = i.inspection_id AND l.state IN ('PENDING', 'WORKING', 'HELD')), s.port, s.name, s.starts_at, s.ends_at
  FROM place JOIN puente.inspection AS i USING (inspection_id) JOIN puente.manifest AS m USING (manifest_id) LEFT JOIN puente.slot AS s USING (inspection_id)
 ORDER BY place.turn, i.inspection_id)sql",
        status_columns, port_column, other_port);
}

const std::string us_queue_text = queue_text("us_port");
const std::string mx_queue_text = queue_text("mx_office");
const Statement us_queue{"list_inspections_us", us_queue_text.c_str()};
const Statement mx_queue{"list_inspections_mx", mx_queue_text.c_str()};

constexpr Statement own_factors{"own_factors",
                                R"sql(SELECT inspection_id, agency, name, detail, points, is_public FROM puente.selection_factor
 WHERE inspection_id = ANY ($1::uuid[]) ORDER BY inspection_id, item)sql"};

/// A place in the queue.
struct Place {
    std::int64_t turn = -1;  ///< microseconds from 1970
    Uuid inspection_id;
};

std::string to_text(const QueueEntry& entry) {
    return fmt::format("{}.{}", entry.turn_at.time_since_epoch().count(), entry.inspection_id.text());
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
    const std::optional<Uuid> id = take_number(text, place.turn) ? Uuid::parse(text) : std::nullopt;
    constexpr std::int64_t far = 100'000'000'000'000'000;  // beyond what PostgreSQL's timestamps hold is an error there
    if (!id || place.turn < 0 || place.turn > far) return Error{ErrorKind::malformed, "this is not a cursor that a page of this queue gave"};
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
    entry.turn_at = row.instant(status_column_count + 1);
    entry.put_first = row.boolean(status_column_count + 2);
    entry.lane = row.text(status_column_count + 3);
    entry.trusted = row.boolean(status_column_count + 4);
    entry.perishable = row.boolean(status_column_count + 5);
    entry.essential = words(row.text(status_column_count + 6));
    entry.opened_at = row.instant(status_column_count + 7);
    entry.overdue_since = row.optional_instant(status_column_count + 8);
    if (!row.is_null(status_column_count + 9)) {
        entry.slot = SlotRecord{row.text(status_column_count + 9), row.text(status_column_count + 10), row.instant(status_column_count + 11),
                                row.instant(status_column_count + 12)};
    }
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
        selection::Factor factor{identifiers::parse_agency(row.text(1)).value_or(identifiers::Agency::cbp), row.text(2), row.text(3), row.int32(4),
                                 row.boolean(5) ? selection::Visibility::public_ : selection::Visibility::private_};
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
    const std::int64_t one_more = static_cast<std::int64_t>(limit) + 1;
    const Result<Rows> rows = tx.run(queue, port, Instant{std::chrono::microseconds{place->turn}}, place->inspection_id, one_more);
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
