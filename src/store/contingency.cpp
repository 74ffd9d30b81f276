#include "puente/store/contingency.hpp"

#include <fmt/format.h>

#include <string_view>
#include <unordered_map>

#include "puente/store/transaction.hpp"
#include "store/binary_array.hpp"
#include "store/leg_records.hpp"
#include "store/words.hpp"

namespace puente::store {

namespace {

const std::string record_columns =
    "c.contingency_id, CASE WHEN c.ended_at IS NOT NULL THEN 'ENDED' WHEN c.ends_at <= clock_timestamp() THEN 'LAPSED' WHEN c.confirmed_at IS NULL "
    "THEN 'PROPOSED' ELSE "
    "'IN_FORCE' END, c.port, array_to_string(c.us_ports, ','), array_to_string(c.mx_offices, ','), array_to_string(c.classes, ','), "
    "(extract(epoch FROM c.head_start) / 60)::bigint, c.reason, c.declared_by, c.declared_at, c.ends_at";

const std::string list_text = fmt::format(
    "SELECT {} FROM puente.contingency AS c WHERE c.port = $1 OR $1 = ANY (c.us_ports || c.mx_offices) ORDER BY c.declared_at DESC, c.contingency_id "
    "LIMIT 20",
    record_columns);
const Statement list_statement{"list_contingencies", list_text.c_str()};

const std::string find_text = fmt::format(
    "SELECT {} FROM puente.contingency AS c WHERE c.contingency_id = $1 AND (c.port = $2 OR $2 = ANY (c.us_ports || c.mx_offices))", record_columns);
const Statement find_statement{"find_contingency", find_text.c_str()};
const std::string lock_text = find_text + " FOR UPDATE OF c";
const Statement lock_statement{"lock_contingency", lock_text.c_str()};

constexpr Statement live_at_port{
    "live_contingency", "SELECT contingency_id FROM puente.contingency WHERE port = $1 AND ended_at IS NULL AND ends_at > clock_timestamp()"};

/// Two officers who declare at the same moment: the second waits here and then sees the first.
constexpr Statement one_at_a_time{"one_contingency_at_a_time", "SELECT pg_advisory_xact_lock(hashtext('puente.contingency'), hashtext($1::text))"};

constexpr Statement insert{
    "declare_contingency",
    R"sql(INSERT INTO puente.contingency (port, us_ports, mx_offices, classes, head_start, reason, declared_by, declared_client, ends_at)
VALUES ($1, $2::text[], $3::text[], $4::text[], $5::bigint * interval '1 minute', $6, $7, $8, clock_timestamp() + $9::bigint * interval '1 minute')
RETURNING contingency_id)sql"};

constexpr Statement write_confirmation{"confirm_contingency",
                                       R"sql(UPDATE puente.contingency SET confirmed_by = $2, confirmed_client = $3, confirmed_at = clock_timestamp()
 WHERE contingency_id = $1)sql"};
constexpr Statement write_end{
    "end_contingency",
    R"sql(UPDATE puente.contingency SET ended_by = $2, ended_client = $3, ended_at = clock_timestamp() WHERE contingency_id = $1)sql"};

constexpr Statement find_steps{
    "contingency_steps",
    "SELECT contingency_id, step, at, agency FROM puente.contingency_step WHERE contingency_id = ANY ($1::uuid[]) ORDER BY at, step"};

constexpr Statement note_lapsed{"note_lapsed_contingencies",
                                R"sql(INSERT INTO puente.contingency_step (contingency_id, step, at)
SELECT c.contingency_id, 'LAPSED', c.ends_at FROM puente.contingency AS c
 WHERE c.ended_at IS NULL AND c.ends_at <= statement_timestamp()
   AND NOT EXISTS (SELECT FROM puente.contingency_step AS s WHERE s.contingency_id = c.contingency_id AND s.step = 'LAPSED')
ON CONFLICT DO NOTHING)sql"};

ContingencyState state_of(std::string_view text) {
    if (text == "PROPOSED") return ContingencyState::proposed;
    if (text == "IN_FORCE") return ContingencyState::in_force;
    return text == "ENDED" ? ContingencyState::ended : ContingencyState::lapsed;
}

ContingencyRecord record_of(const Row& row) {
    return {row.uuid(0),
            state_of(row.text(1)),
            row.text(2),
            words(row.text(3)),
            words(row.text(4)),
            words(row.text(5)),
            std::chrono::minutes{row.int64(6)},
            row.text(7),
            row.text(8),
            row.instant(9),
            row.instant(10),
            {}};
}

Parameter texts(const std::vector<std::string>& all) {
    BinaryArray array{Element::text};
    for (const std::string& each : all) array.add_text(each);
    return array.parameter();
}

Result<void> add_steps(Transaction& tx, std::vector<ContingencyRecord>& records) {
    std::unordered_map<Uuid, ContingencyRecord*> by_id;
    BinaryArray ids{Element::uuid};
    for (ContingencyRecord& record : records) {
        by_id[record.id] = &record;
        ids.add_uuid(record.id);
    }
    const Result<Rows> rows = tx.run(find_steps, ids.parameter());
    if (!rows) return rows.error();
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const Row row = (*rows)[i];
        by_id.at(row.uuid(0))->steps.push_back({row.text(1), row.instant(2), row.text(3)});
    }
    return {};
}

Result<ContingencyRecord> find(Transaction& tx, const Statement& statement, const std::string& port, const Uuid& id) {
    const Result<Rows> rows = tx.run(statement, id, port);
    if (!rows) return rows.error();
    if (rows->empty()) return Error{ErrorKind::not_found, "no such contingency at this port"};
    std::vector<ContingencyRecord> records{record_of((*rows)[0])};
    if (const Result<void> added = add_steps(tx, records); !added) return added.error();
    return records.front();
}

Error over(const ContingencyRecord& record) {
    return Error{ErrorKind::conflict, fmt::format("this contingency is {}; declare another one if there is need", to_text(record.state))};
}

bool is_live(const ContingencyRecord& record) {
    return record.state == ContingencyState::proposed || record.state == ContingencyState::in_force;
}

}  // namespace

std::string_view to_text(ContingencyState state) {
    switch (state) {
        case ContingencyState::proposed:
            return "PROPOSED";
        case ContingencyState::in_force:
            return "IN_FORCE";
        case ContingencyState::ended:
            return "ENDED";
        case ContingencyState::lapsed:
            return "LAPSED";
    }
    return "";
}

Result<std::vector<ContingencyRecord>> list_contingencies(Transaction& tx, const std::string& port) {
    const Result<Rows> rows = tx.run(list_statement, port);
    if (!rows) return rows.error();
    std::vector<ContingencyRecord> records;
    for (std::size_t i = 0; i < rows->size(); ++i) records.push_back(record_of((*rows)[i]));
    if (const Result<void> added = add_steps(tx, records); !added) return added.error();
    return records;
}

Result<ContingencyRecord> declare_contingency(Transaction& tx, const Declaration& declaration, const identifiers::AgencyCode& agency,
                                              const std::string& officer) {
    if (const Result<Rows> alone = tx.run(one_at_a_time, declaration.port); !alone) return alone.error();
    const Result<Rows> live = tx.run(live_at_port, declaration.port);
    if (!live) return live.error();
    if (!live->empty()) {
        const Result<ContingencyRecord> there = find(tx, find_statement, declaration.port, (*live)[0].uuid(0));
        if (!there) return there.error();
        return Error{ErrorKind::conflict,
                     fmt::format("contingency {}, declared by {}, is {} at this port until {}; {} it, or end it first", there->id.text(),
                                 there->declared_by, to_text(there->state), puente::to_text(there->ends_at),
                                 there->state == ContingencyState::proposed && there->declared_by != agency.text() ? "confirm" : "await the end of")};
    }
    const Result<Rows> made =
        tx.run(insert, declaration.port, texts(declaration.us_ports), texts(declaration.mx_offices), texts(declaration.classes),
               std::int64_t{declaration.head_start.count()}, declaration.reason, agency.text(), officer, std::int64_t{declaration.lasts.count()});
    if (!made) return made.error();
    return find(tx, find_statement, declaration.port, (*made)[0].uuid(0));
}

Result<ContingencyRecord> confirm_contingency(Transaction& tx, const std::string& port, const Uuid& id, const identifiers::AgencyCode& agency,
                                              const std::string& officer) {
    const Result<ContingencyRecord> record = find(tx, lock_statement, port, id);
    if (!record) return record.error();
    if (record->state == ContingencyState::in_force) return Error{ErrorKind::conflict, "this contingency is IN_FORCE: it is confirmed already"};
    if (!is_live(*record)) return over(*record);
    if (record->declared_by == agency.text()) {
        return Error{
            ErrorKind::conflict,
            fmt::format("this contingency is PROPOSED by {}: an officer of the other country's agency has to confirm it", record->declared_by)};
    }
    if (const Result<Rows> written = tx.run(write_confirmation, id, agency.text(), officer); !written) return written.error();
    return find(tx, find_statement, port, id);
}

Result<ContingencyRecord> end_contingency(Transaction& tx, const std::string& port, const Uuid& id, const identifiers::AgencyCode& agency,
                                          const std::string& officer) {
    const Result<ContingencyRecord> record = find(tx, lock_statement, port, id);
    if (!record) return record.error();
    if (!is_live(*record)) return over(*record);
    if (const Result<Rows> written = tx.run(write_end, id, agency.text(), officer); !written) return written.error();
    return find(tx, find_statement, port, id);
}

Result<std::size_t> note_lapsed_contingencies(Transaction& tx) {
    const Result<Rows> noted = tx.run(note_lapsed);
    if (!noted) return noted.error();
    return noted->affected();
}

}  // namespace puente::store
