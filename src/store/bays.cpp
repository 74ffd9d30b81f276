#include "puente/store/bays.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "puente/store/transaction.hpp"
#include "store/binary_array.hpp"
#include "store/words.hpp"

namespace puente::store {

namespace {

constexpr Statement find_bays{
    "list_bays",
    R"sql(SELECT b.name, b.time_zone, array_to_string(b.lanes, ','), b.capacity, b.slot_minutes, h.agency, h.weekday, h.opens, h.closes
  FROM puente.bay AS b LEFT JOIN puente.bay_hours AS h USING (port, name) WHERE b.port = $1 ORDER BY b.name, h.agency, h.weekday, h.opens)sql"};

constexpr Statement write_bay{
    "furnish_bay",
    R"sql(INSERT INTO puente.bay (port, name, time_zone, lanes, capacity, slot_minutes) VALUES ($1, $2, $3, $4::text[], $5, $6)
ON CONFLICT (port, name) DO UPDATE
   SET time_zone = excluded.time_zone, lanes = excluded.lanes, capacity = excluded.capacity, slot_minutes = excluded.slot_minutes)sql"};
constexpr Statement forget_hours{"forget_bay_hours", "DELETE FROM puente.bay_hours WHERE port = $1 AND name = $2 AND agency = $3"};
constexpr Statement write_hours{"write_bay_hours",
                                R"sql(INSERT INTO puente.bay_hours (port, name, agency, weekday, opens, closes)
SELECT $1, $2, $3, weekday, opens, closes FROM unnest($4::int4[], $5::int4[], $6::int4[]) AS given (weekday, opens, closes))sql"};

constexpr Statement slot_need{"slot_need",
                              R"sql(SELECT i.lane, clock_timestamp(),
       (SELECT string_agg(agency, ',' ORDER BY agency) FROM puente.inspection_leg AS leg
         WHERE leg.inspection_id = i.inspection_id AND leg.state IN ('PENDING', 'WORKING', 'HELD'))
  FROM puente.inspection AS i WHERE i.inspection_id = $1 AND (i.us_port = $2 OR i.mx_office = $2))sql"};

constexpr Statement lock_all{"lock_bays", "SELECT name FROM puente.bay WHERE port = $1 ORDER BY name FOR NO KEY UPDATE"};

constexpr Statement full{"full_slots",
                         R"sql(SELECT starts_at FROM puente.slot WHERE port = $1 AND name = $2 AND ends_at > $3 AND inspection_id <> $4
 GROUP BY starts_at HAVING count(*) >= $5 ORDER BY starts_at)sql"};

constexpr Statement write_slot{"book_slot",
                               R"sql(WITH booked AS (
    INSERT INTO puente.slot (inspection_id, port, name, starts_at, ends_at, place, agencies, booked_by)
    SELECT $1, $2, $3, $4, $5, free.place, $6::text[], $7
      FROM (SELECT n AS place FROM puente.bay AS b, generate_series(1, b.capacity) AS n
             WHERE b.port = $2 AND b.name = $3
               AND NOT EXISTS (SELECT FROM puente.slot AS s WHERE s.port = $2 AND s.name = $3 AND s.starts_at = $4 AND s.place = n AND s.inspection_id <> $1)
             ORDER BY n LIMIT 1) AS free
    ON CONFLICT (inspection_id) DO UPDATE
       SET port = excluded.port, name = excluded.name, starts_at = excluded.starts_at, ends_at = excluded.ends_at, place = excluded.place,
           agencies = excluded.agencies, booked_by = excluded.booked_by, booked_at = now()
    RETURNING inspection_id
), moved AS (
    UPDATE puente.manifest AS m SET state_no = state_no + 1, changed_at = clock_timestamp()
      FROM booked JOIN puente.inspection AS i USING (inspection_id) WHERE m.manifest_id = i.manifest_id
    RETURNING m.manifest_id, m.changed_at, m.version, m.state_no, m.status
)
INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, detail, audience)
SELECT manifest_id, changed_at, 'slot_booked', version, state_no, $7, status,
       json_build_object('port', $2::text, 'bay', $3::text, 'startsAt', $4::timestamptz, 'endsAt', $5::timestamptz, 'agencies', $6::text[]), 'ALL' FROM moved)sql"};

/// Many gateways may look at once: each leg is flagged by one of them.
constexpr Statement flag{"flag_overdue_legs",
                         R"sql(WITH late AS (
    SELECT inspection_id, agency FROM puente.inspection_leg
     WHERE in_queue AND overdue_since IS NULL AND state IN ('PENDING', 'WORKING', 'HELD') AND least(due_at, slot_ends_at) <= statement_timestamp()
     ORDER BY least(due_at, slot_ends_at) LIMIT $1::bigint FOR UPDATE SKIP LOCKED
), flagged AS (
    UPDATE puente.inspection_leg AS leg SET overdue_since = clock_timestamp() FROM late
     WHERE leg.inspection_id = late.inspection_id AND leg.agency = late.agency
    RETURNING leg.manifest_id, leg.agency, leg.state, least(leg.due_at, leg.slot_ends_at) AS due_at
), moved AS (
    UPDATE puente.manifest AS m SET state_no = state_no + 1, changed_at = clock_timestamp() WHERE m.manifest_id IN (SELECT manifest_id FROM flagged)
    RETURNING m.manifest_id, m.changed_at, m.version, m.state_no, m.status
)
INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, detail, audience)
SELECT manifest_id, changed_at, 'leg_overdue', version, state_no, flagged.agency, status,
       json_build_object('agency', flagged.agency, 'state', flagged.state, 'dueAt', flagged.due_at), 'OFFICERS' FROM flagged JOIN moved USING (manifest_id))sql"};

Parameter texts(const std::vector<std::string>& all) {
    BinaryArray array{Element::text};
    for (const std::string& each : all) array.add_text(each);
    return array.parameter();
}

}  // namespace

Result<std::vector<BayRecord>> list_bays(Transaction& tx, const std::string& port) {
    const Result<Rows> rows = tx.run(find_bays, port);
    if (!rows) return rows.error();
    std::vector<BayRecord> bays;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const Row row = (*rows)[i];
        if (bays.empty() || bays.back().name != row.text(0)) {
            bays.push_back({port, row.text(0), row.text(1), words(row.text(2)), row.int32(3), row.int32(4), {}});
        }
        if (row.is_null(5)) continue;
        std::vector<inspection::AgencyHours>& agencies = bays.back().agencies;
        if (agencies.empty() || agencies.back().agency != row.text(5)) agencies.push_back({row.text(5), {}});
        agencies.back().hours.push_back({row.int32(6), row.int32(7), row.int32(8)});
    }
    return bays;
}

Result<BayRecord> find_bay(Transaction& tx, const std::string& port, const std::string& name) {
    Result<std::vector<BayRecord>> bays = list_bays(tx, port);
    if (!bays) return bays.error();
    std::vector<std::string> names;
    for (BayRecord& bay : *bays) {
        if (bay.name == name) return std::move(bay);
        names.push_back(bay.name);
    }
    return Error{ErrorKind::conflict,
                 names.empty() ? fmt::format("port {} has no bays yet", port) : fmt::format("port {} has the bays {}", port, fmt::join(names, ", "))};
}

Result<void> furnish_bay(Transaction& tx, const BayRecord& bay, const identifiers::AgencyCode& agency,
                         const std::vector<inspection::OpenHours>& hours) {
    const Result<Rows> written = tx.run(write_bay, bay.port, bay.name, bay.time_zone, texts(bay.lanes), bay.capacity, bay.slot_minutes);
    if (!written) return written.error();
    const Result<Rows> forgotten = tx.run(forget_hours, bay.port, bay.name, agency.text());
    if (!forgotten) return forgotten.error();
    BinaryArray days{Element::int32};
    BinaryArray opens{Element::int32};
    BinaryArray closes{Element::int32};
    for (const inspection::OpenHours& each : hours) {
        days.add_int32(each.weekday);
        opens.add_int32(each.opens);
        closes.add_int32(each.closes);
    }
    const Result<Rows> kept = tx.run(write_hours, bay.port, bay.name, agency.text(), days.parameter(), opens.parameter(), closes.parameter());
    if (!kept) return kept.error();
    return {};
}

Result<SlotNeed> find_slot_need(Transaction& tx, const std::string& port, const Uuid& inspection_id) {
    const Result<Rows> rows = tx.run(slot_need, inspection_id, port);
    if (!rows) return rows.error();
    if (rows->empty()) return Error{ErrorKind::not_found, "no such inspection at this port"};
    const Row row = (*rows)[0];
    return SlotNeed{row.text(0), words(row.text(2)), row.instant(1)};
}

Result<void> lock_bays(Transaction& tx, const std::string& port) {
    const Result<Rows> locked = tx.run(lock_all, port);
    if (!locked) return locked.error();
    return {};
}

Result<std::vector<Instant>> full_slots(Transaction& tx, const BayRecord& bay, Instant from, const Uuid& inspection_id) {
    const Result<Rows> rows = tx.run(full, bay.port, bay.name, from, inspection_id, std::int64_t{bay.capacity});
    if (!rows) return rows.error();
    std::vector<Instant> moments;
    for (std::size_t i = 0; i < rows->size(); ++i) moments.push_back((*rows)[i].instant(0));
    return moments;
}

Result<void> book_slot(Transaction& tx, const Uuid& inspection_id, const SlotRecord& slot, const std::vector<std::string>& agencies,
                       const identifiers::AgencyCode& booked_by) {
    const Result<Rows> booked =
        tx.run(write_slot, inspection_id, slot.port, slot.bay, slot.starts_at, slot.ends_at, texts(agencies), booked_by.text());
    if (!booked) return booked.error();
    if (booked->affected() == 0) return Error{ErrorKind::conflict, "this slot is full; ask again for the next one"};
    return {};
}

Result<std::size_t> flag_overdue_legs(Transaction& tx, std::size_t most) {
    const Result<Rows> flagged = tx.run(flag, static_cast<std::int64_t>(most));
    if (!flagged) return flagged.error();
    return flagged->affected();
}

}  // namespace puente::store
