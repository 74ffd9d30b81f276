#include "store/filing_statements.hpp"

#include "puente/store/filing.hpp"
#include "store/filing_uses.hpp"

namespace puente::store {

// Keys first, in order, then trips, in order: two writers cannot wait for each other. The sorts see every row before the first is inserted.
// A key that is taken keeps its manifest out; a trip that is taken keeps version and event out.
const Statement file_manifests{"file_manifests",
                               R"sql(WITH keys AS (
    INSERT INTO puente.idempotency (client_id, key, fingerprint, status, body, headers, manifest_id)
    SELECT client_id, key, fingerprint, status, body, headers, manifest_id
      FROM unnest($1::text[], $2::text[], $3::bytea[], $4::int4[], $5::bytea[], $6::text[], $7::uuid[])
           AS given (client_id, key, fingerprint, status, body, headers, manifest_id)
     ORDER BY client_id, key
        ON CONFLICT DO NOTHING
    RETURNING client_id, key, manifest_id
), filed AS (
    INSERT INTO puente.manifest (manifest_id, company, carrier_key, trip_number, document_id, direction, mode, us_port, mx_office,
                                 estimated_arrival, received_at, changed_at, status, use_keys)
    SELECT manifest_id, company, carrier_key, trip_number, document_id, direction, mode, us_port, mx_office, estimated_arrival, received_at, received_at, status,
           use_keys
      FROM unnest($8::uuid[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[],
                  $17::timestamptz[], $18::timestamptz[], $19::text[], $25::bytea[])
           AS given (manifest_id, company, carrier_key, trip_number, document_id, direction, mode, us_port, mx_office, estimated_arrival, received_at, status,
                     use_keys)
     WHERE manifest_id IN (SELECT manifest_id FROM keys)
     ORDER BY carrier_key, trip_number
        ON CONFLICT DO NOTHING
    RETURNING manifest_id
), versions AS (
    INSERT INTO puente.manifest_version (manifest_id, version, received_at, media_type, sha256, rule_sets, draw_day, document)
    SELECT manifest_id, 1, received_at, media_type, sha256, rule_sets::json, draw_day, document
      FROM unnest($8::uuid[], $18::timestamptz[], $20::text[], $21::bytea[], $22::text[], $23::text[], $24::bytea[])
           AS given (manifest_id, received_at, media_type, sha256, rule_sets, draw_day, document)
     WHERE manifest_id IN (SELECT manifest_id FROM filed)
), events AS (
    INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status)
    SELECT manifest_id, received_at, 'filed', 1, 1, company, status
      FROM unnest($8::uuid[], $9::text[], $18::timestamptz[], $19::text[]) AS given (manifest_id, company, received_at, status)
     WHERE manifest_id IN (SELECT manifest_id FROM filed)
)
SELECT client_id, key, filed.manifest_id IS NOT NULL FROM keys LEFT JOIN filed USING (manifest_id))sql"};

const Statement find_answers{"find_answers",
                             R"sql(SELECT client_id, key, fingerprint, status, body, headers, manifest_id
  FROM puente.idempotency JOIN unnest($1::text[], $2::text[]) AS wanted (client_id, key) USING (client_id, key))sql"};

const Statement forget_keys{"forget_keys",
                            R"sql(DELETE FROM puente.idempotency AS kept USING unnest($1::text[], $2::text[]) AS lost (client_id, key)
 WHERE kept.client_id = lost.client_id AND kept.key = lost.key)sql"};

const Statement wait_for_standby{"wait_for_standby", "SELECT pg_logical_emit_message(true, 'puente', '')"};

const Statement file_findings{
    "file_findings",
    R"sql(INSERT INTO puente.finding (manifest_id, version, item, rule_set, rule_id, severity, pointer, value, message_en, message_es, citation, agency_only)
SELECT manifest_id, 1, item, rule_set, rule_id, severity, pointer, value, message_en, message_es, citation, agency_only
  FROM unnest($1::uuid[], $2::int4[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::bool[])
       AS given (manifest_id, item, rule_set, rule_id, severity, pointer, value, message_en, message_es, citation, agency_only))sql"};

const Statement file_inspections{
    "file_inspections",
    R"sql(INSERT INTO puente.inspection (inspection_id, manifest_id, us_port, mx_office, lane, trusted, perishable, essential, estimated_arrival, opened_at, turn_at, is_open)
SELECT inspection_id, manifest_id, us_port, mx_office, lane, trusted, perishable, string_to_array(essential, E'\x1f'), estimated_arrival, opened_at, turn_at, is_open
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bool[], $7::bool[], $8::text[], $9::timestamptz[], $10::timestamptz[],
              $11::timestamptz[], $12::bool[])
       AS given (inspection_id, manifest_id, us_port, mx_office, lane, trusted, perishable, essential, estimated_arrival, opened_at, turn_at, is_open))sql"};

const Statement file_legs{"file_legs",
                          R"sql(INSERT INTO puente.inspection_leg (inspection_id, manifest_id, agency, state, kind)
SELECT inspection_id, manifest_id, agency, state, kind
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]) AS given (inspection_id, manifest_id, agency, state, kind))sql"};

const Statement file_factors{"file_factors",
                             R"sql(INSERT INTO puente.selection_factor (inspection_id, item, agency, name, detail, points, is_public)
SELECT inspection_id, item, agency, name, detail, points, is_public
  FROM unnest($1::uuid[], $2::int4[], $3::text[], $4::text[], $5::text[], $6::int4[], $7::bool[])
       AS given (inspection_id, item, agency, name, detail, points, is_public))sql"};

std::vector<std::pair<std::string, std::string>> filing_statements() {
    return {
        {note_uses.name,      note_uses.text     },
        {file_manifests.name, file_manifests.text}
    };
}

}  // namespace puente::store
