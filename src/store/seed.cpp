#include "puente/store/seed.hpp"

#include <array>

namespace puente::store {

namespace {

// Names between 'SYNTHETIC-' and 'SYNTHETIC.', the next text in order, are made up.
constexpr Statement others{
    "seed_finds_others",
    "SELECT EXISTS (SELECT FROM puente.manifest WHERE company < 'SYNTHETIC-') OR EXISTS (SELECT FROM puente.manifest WHERE company >= 'SYNTHETIC.')"};

// The owner is bound by row-level security too: for the time of the transaction it is not. In the order in which gateways that count for the boards lock
// these tables: in another the two would wait for each other.
constexpr Statement unbind{"seed_unbinds", R"sql(DO $body$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['event', 'manifest', 'manifest_version', 'finding', 'idempotency', 'inspection', 'inspection_leg', 'leg_holder', 'selection_factor'] LOOP
        EXECUTE format('ALTER TABLE puente.%I NO FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END
$body$)sql"};
constexpr Statement check{"seed_checks", "SET CONSTRAINTS ALL IMMEDIATE"};
constexpr Statement bind{"seed_binds", R"sql(DO $body$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['manifest', 'manifest_version', 'finding', 'idempotency', 'event', 'inspection', 'inspection_leg', 'leg_holder', 'selection_factor'] LOOP
        EXECUTE format('ALTER TABLE puente.%I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END
$body$)sql"};

constexpr Statement make_loads{"seed_makes_loads", R"sql(CREATE TEMPORARY TABLE seed_load (
    n bigint, digest text, manifest_id uuid, inspection_id uuid, company text, carrier_key text, trip_number text, direction text, us_port text, mx_office text, lane text,
    received_at timestamptz, arrival timestamptz, leaves_at timestamptz, selected boolean, trusted boolean, perishable boolean, essential text[], ending text,
    status text, state_no bigint) ON COMMIT DROP)sql"};
constexpr Statement make_legs{"seed_makes_legs", R"sql(CREATE TEMPORARY TABLE seed_leg (
    n bigint, agency text, kind text, begun_at timestamptz, decided_at timestamptz, decision text) ON COMMIT DROP)sql"};
constexpr Statement make_events{"seed_makes_events", R"sql(CREATE TEMPORARY TABLE seed_event (
    n bigint, at timestamptz, kind text, actor text, status text, detail json, audience text, state_no bigint) ON COMMIT DROP)sql"};
constexpr Statement index_legs{"seed_indexes_legs", "CREATE INDEX ON seed_leg (n)"};

// $1 first, $2 last, $3 total, $4 days, $5 until, $6 run. Everything follows from the number by a digest. The crossings have shares in the order of
// those that the US Bureau of Transportation Statistics counts (Border Crossing/Entry Data, trucks): Laredo first. x + 0.5/(2 pi) sin(2 pi x) runs
// through a day slowly around noon by the clock of Laredo, so that most come then. OFFSET 0 has each digest and each throw of the dice made once.
constexpr Statement fill_loads{"seed_fills_loads", R"sql(INSERT INTO seed_load
SELECT n, digest,
       (substr(stamp, 1, 8) || '-' || substr(stamp, 9, 4) || '-7' || substr(digest, 1, 3) || '-8' || substr(digest, 4, 3) || '-' || substr(digest, 7, 12))::uuid,
       (substr(stamp, 1, 8) || '-' || substr(stamp, 9, 4) || '-7' || substr(digest, 19, 3) || '-9' || substr(digest, 22, 3) || '-' || substr(digest, 7, 12))::uuid,
       'SYNTHETIC-' || lpad((1 + (dice[1] * dice[1] * 400)::int)::text, 4, '0'),
       'SY' || chr(65 + (dice[2] * 25)::int) || chr(65 + (dice[3] * 25)::int),
       'SYN' || $6::text || n, CASE WHEN dice[4] < 0.55 THEN 'northbound' ELSE 'southbound' END, c.us_port, c.mx_office,
       CASE WHEN dice[6] < 0.2 THEN 'FAST' ELSE 'CARGO' END, received_at, received_at + lead, received_at + lead + (0.3 + 2 * dice[8]) * interval '1 hour',
       dice[7] < 0.08, dice[6] < 0.2, dice[8] < 0.25, (CASE WHEN dice[2] < 0.06 THEN '{medical}' WHEN dice[2] < 0.1 THEN '{agribusiness}' ELSE '{}' END)::text[],
       CASE WHEN dice[3] < 0.015 THEN 'EXPIRED' WHEN dice[3] < 0.025 THEN 'CANCELLED' WHEN dice[3] < 0.03 THEN NULL ELSE 'CROSSED' END, 'CLEARED', 1
  FROM (SELECT n, digest, dice, (1 + 5 * dice[1]) * interval '1 hour' AS lead, received_at,
               lpad(to_hex((extract(epoch FROM received_at) * 1000)::bigint), 12, '0') AS stamp
          FROM (SELECT n, digest, $5::timestamptz - (1 - (n - 0.5) / $3::bigint) * $4::int * interval '1 day' AS even,
                       ARRAY(SELECT (('x' || substr(digest, 4 * i - 3, 4))::bit(16)::int / 65536.0)::float8 FROM generate_series(1, 8) AS i) AS dice
                  FROM (SELECT n, md5($6::text || n) AS digest FROM generate_series($1::bigint, $2::bigint) AS n) AS numbered OFFSET 0) AS placed
               CROSS JOIN LATERAL (SELECT even + 0.5 / (2 * pi()) * (sin(2 * pi() * (extract(epoch FROM $5) / 86400 - 0.75)::float8) - sin(2 * pi() * (extract(epoch FROM even) / 86400 - 0.75)::float8))
                                             * interval '1 day' AS received_at) AS warped) AS load
  CROSS JOIN LATERAL (SELECT us_port, mx_office FROM (VALUES (0.26, '2304', '240'), (0.40, '2304', '800'), (0.54, '2506', '400'), (0.63, '2402', '071'), (0.67, '2402', '070'),
                                                             (0.76, '2305', '300'), (0.82, '2507', '190'), (0.87, '2604', '230'), (0.91, '2303', '270'), (0.94, '2301', '170'),
                                                             (0.96, '2408', '072'), (0.97, '2503', '190'), (0.98, '2302', '440'), (0.99, '2505', '390'), (1.01, '2601', '020'))
                                                     AS crossing (up_to, us_port, mx_office) WHERE dice[5] < up_to ORDER BY up_to LIMIT 1) AS c)sql"};

// One agency looks at four in ten each, both at the rest. Waits are exponential with a mean of 45 minutes, work takes from 10 to 60.
constexpr Statement fill_legs{"seed_fills_legs", R"sql(INSERT INTO seed_leg
SELECT n, agency, CASE WHEN dice[2] < 0.3 THEN 'REVIEW' ELSE 'INSPECT' END, begun_at, begun_at + (10 + 50 * dice[3]) * interval '1 minute',
       CASE WHEN dice[4] < 0.02 THEN 'REFUSE' WHEN dice[4] < 0.06 AND begun_at > $1::timestamptz - interval '1 day' THEN 'HELD' ELSE 'RELEASE' END
  FROM seed_load
  CROSS JOIN LATERAL (VALUES ('CBP', substr(md5('who' || digest), 1, 1) < 'a', 1), ('SAT', substr(md5('who' || digest), 1, 1) >= '6', 17)) AS looking (agency, looks, place)
  CROSS JOIN LATERAL (SELECT ARRAY(SELECT (('x' || substr(md5(digest), place + 4 * i, 4))::bit(16)::int / 65536.0)::float8 FROM generate_series(0, 3) AS i) AS dice) AS thrown
  CROSS JOIN LATERAL (SELECT greatest(arrival, received_at) - ln(1.00001 - dice[1]) * 45 * interval '1 minute' AS begun_at) AS wait
 WHERE selected AND looks)sql"};

constexpr const char* status_from_legs =
    R"sql((SELECT CASE WHEN bool_or(decision = 'REFUSE' AND decided_at <= moment) THEN 'REFUSED' WHEN bool_or(decision = 'HELD' AND decided_at <= moment) THEN 'HELD'
                    WHEN bool_or(begun_at <= moment AND decided_at > moment) THEN 'IN_INSPECTION' WHEN bool_or(begun_at > moment AND kind = 'INSPECT') THEN 'INSPECTION_REQUIRED'
                    WHEN bool_or(begun_at > moment) THEN 'UNDER_REVIEW' WHEN bool_or(true) THEN 'RELEASED' ELSE 'CLEARED' END
          FROM seed_leg AS leg WHERE leg.n = load.n))sql";

const std::string settle_text = std::string{"UPDATE seed_load AS load SET status = "} + status_from_legs + R"sql(,
       leaves_at = greatest(leaves_at, (SELECT max(decided_at) + interval '20 minutes' FROM seed_leg AS leg WHERE leg.n = load.n))
  FROM (SELECT $1::timestamptz AS moment) AS now)sql";
const Statement settle{"seed_settles", settle_text.c_str()};
constexpr Statement leave{
    "seed_leaves",
    "UPDATE seed_load SET status = ending WHERE ending IS NOT NULL AND leaves_at <= $1::timestamptz AND status IN ('CLEARED', 'RELEASED')"};

const std::string fill_events_text = std::string{R"sql(WITH told AS (
    SELECT n, received_at AS at, 'filed' AS kind, company AS actor, '{}'::json AS detail, 'ALL' AS audience, NULL AS ends_as FROM seed_load
    UNION ALL
    SELECT n, begun_at - interval '5 seconds', 'leg_claimed', agency, json_build_object('agency', agency), 'OFFICERS', NULL FROM seed_leg WHERE begun_at <= $1::timestamptz
    UNION ALL
    SELECT n, begun_at, 'leg_started', agency, json_build_object('agency', agency), 'ALL', NULL FROM seed_leg WHERE begun_at <= $1::timestamptz
    UNION ALL
    SELECT n, decided_at, 'leg_decided', agency, json_build_object('agency', agency, 'decision', decision), 'ALL', NULL FROM seed_leg WHERE decided_at <= $1::timestamptz
    UNION ALL
    SELECT n, leaves_at, lower(status), company, '{}', 'ALL', status FROM seed_load WHERE status IN ('CROSSED', 'CANCELLED', 'EXPIRED')
)
INSERT INTO seed_event
SELECT n, at, kind, actor, COALESCE(ends_as, )sql"} +
                                     status_from_legs + R"sql(), detail, audience,
       row_number() OVER (PARTITION BY n ORDER BY at, kind = 'filed' DESC, kind = 'leg_claimed' DESC)
  FROM (SELECT *, at AS moment FROM told) AS load)sql";
const Statement fill_events{"seed_fills_events", fill_events_text.c_str()};
constexpr Statement number_states{
    "seed_numbers_states",
    "UPDATE seed_load AS load SET state_no = e.last FROM (SELECT n, max(state_no) AS last FROM seed_event GROUP BY n) AS e WHERE e.n = load.n"};

constexpr Statement write_manifests{"seed_writes_manifests",
                                    R"sql(INSERT INTO puente.manifest (manifest_id, company, carrier_key, trip_number, document_id, direction, mode,
       us_port, mx_office, estimated_arrival, received_at, changed_at, status, state_no, arrived_at, crossed_at, use_keys)
SELECT manifest_id, company, carrier_key, trip_number, 'synthetic-' || n, direction, 'TRUCK', us_port, mx_office, arrival, received_at,
       greatest(received_at, CASE WHEN status = ending THEN leaves_at END), status, state_no,
       CASE status WHEN 'CROSSED' THEN arrival END, CASE status WHEN 'CROSSED' THEN leaves_at END,
       decode(md5('control' || digest) || md5('entry' || digest) || md5('pedimento' || digest) || md5('seal' || digest), 'hex')
  FROM seed_load ORDER BY n)sql"};

// No manifest of the format: enough to be told from one, and about as long as a small one is when compressed.
constexpr Statement write_versions{
    "seed_writes_versions",
    R"sql(INSERT INTO puente.manifest_version (manifest_id, version, received_at, media_type, sha256, rule_sets, draw_day, document)
SELECT manifest_id, 1, received_at, 'application/json', sha256(document), '{"SHARED":"synthetic","CBP":"synthetic","SAT":"synthetic"}', received_at::date::text, document
  FROM (SELECT *, convert_to(json_build_object('synthetic', true, 'documentId', 'synthetic-' || n, 'tripNumber', trip_number, 'carrier', carrier_key, 'usPort', us_port,
                                               'mxOffice', mx_office, 'lane', lane, 'noise', digest || md5(digest) || md5(trip_number) || md5(company || n))::text, 'UTF8') AS document
          FROM seed_load) AS load ORDER BY n)sql"};

constexpr Statement write_uses{"seed_writes_uses", R"sql(INSERT INTO puente.identifier_use (key, keep_from, uses)
SELECT md5(what || digest)::uuid, arrival - interval '30 days', ARRAY[ROW(manifest_id, arrival, '')::puente.trip_use]
  FROM seed_load CROSS JOIN (VALUES ('control'), ('entry'), ('pedimento'), ('seal')) AS kind (what) ORDER BY 1)sql"};

constexpr Statement write_answers{
    "seed_writes_answers",
    R"sql(INSERT INTO puente.idempotency (client_id, key, fingerprint, status, body, headers, manifest_id, created_at, expires_at)
SELECT company, digest, sha256(convert_to(digest, 'UTF8')), 201,
       convert_to(json_build_object('manifestId', manifest_id, 'status', status, 'tripNumber', trip_number, 'noise', md5(digest))::text, 'UTF8'),
       'Location: /v1/manifests/' || manifest_id, manifest_id, received_at, received_at + interval '7 days'
  FROM seed_load WHERE received_at > $1::timestamptz - interval '7 days' ORDER BY n)sql"};

constexpr Statement write_events{"seed_writes_events",
                                 R"sql(INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, detail, audience)
SELECT manifest_id, at, e.kind, 1, e.state_no, e.actor, e.status, e.detail, e.audience FROM seed_event AS e JOIN seed_load USING (n) ORDER BY at, e.state_no)sql"};

constexpr Statement write_findings{
    "seed_writes_findings",
    R"sql(INSERT INTO puente.finding (manifest_id, version, item, rule_set, rule_id, severity, pointer, value, message_en, message_es, citation)
SELECT manifest_id, 1, row_number() OVER (PARTITION BY n ORDER BY agency), agency, agency || '-SYNTHETIC', lower(leg.kind), '/trip', '', 'synthetic', 'sintético', 'none'
  FROM seed_leg AS leg JOIN seed_load USING (n))sql"};

constexpr Statement write_inspections{
    "seed_writes_inspections",
    R"sql(INSERT INTO puente.inspection (inspection_id, manifest_id, us_port, mx_office, lane, trusted, perishable, essential,
       estimated_arrival, opened_at, turn_at, is_open)
SELECT inspection_id, manifest_id, us_port, mx_office, lane, trusted, perishable, essential, arrival, received_at,
       greatest(arrival, received_at) - CASE WHEN trusted THEN interval '4 hours' WHEN perishable THEN interval '1 hour' ELSE interval '0' END,
       EXISTS (SELECT FROM seed_leg AS leg WHERE leg.n = load.n AND (decided_at > $1::timestamptz OR decision = 'HELD'))
  FROM seed_load AS load WHERE EXISTS (SELECT FROM seed_leg AS leg WHERE leg.n = load.n) ORDER BY n)sql"};

constexpr Statement write_legs{"seed_writes_legs",
                               R"sql(WITH written AS (
INSERT INTO puente.inspection_leg (inspection_id, agency, manifest_id, state, kind, fence, lease_until, decided_at, hold_reason, hold_owner, due_at)
SELECT inspection_id, both_of.agency, manifest_id, state, COALESCE(leg.kind, 'REVIEW'), CASE WHEN state IN ('NONE', 'PENDING') THEN 0 ELSE 1 END,
       CASE state WHEN 'WORKING' THEN $1::timestamptz + interval '15 minutes' END,
       CASE WHEN state IN ('RELEASED', 'HELD', 'REFUSED') THEN decided_at END, CASE state WHEN 'HELD' THEN 'synthetic' END, CASE state WHEN 'HELD' THEN 'synthetic-owner' END,
       CASE state WHEN 'HELD' THEN decided_at + interval '2 days' END
  FROM seed_load JOIN LATERAL (VALUES ('CBP'), ('SAT')) AS both_of (agency) ON EXISTS (SELECT FROM seed_leg AS any_leg WHERE any_leg.n = seed_load.n)
  LEFT JOIN seed_leg AS leg ON leg.n = seed_load.n AND leg.agency = both_of.agency
  CROSS JOIN LATERAL (SELECT CASE WHEN leg.n IS NULL THEN 'NONE' WHEN begun_at > $1 THEN 'PENDING' WHEN decided_at > $1 THEN 'WORKING'
                                  WHEN decision = 'RELEASE' THEN 'RELEASED' WHEN decision = 'HELD' THEN 'HELD' ELSE 'REFUSED' END AS state) AS now
RETURNING inspection_id, agency, fence, lease_until
)
INSERT INTO puente.leg_holder (inspection_id, agency, fence, holder)
SELECT inspection_id, agency, fence, 'synthetic-officer' FROM written WHERE lease_until IS NOT NULL)sql"};

constexpr Statement write_factors{"seed_writes_factors", R"sql(INSERT INTO puente.selection_factor (inspection_id, item, agency, name, detail, points)
SELECT inspection_id, row_number() OVER (PARTITION BY n ORDER BY agency), agency, 'synthetic', 'synthetic', 10 FROM seed_leg JOIN seed_load USING (n))sql"};

constexpr Statement analyze{
    "seed_analyzes",
    "ANALYZE puente.manifest, puente.manifest_version, puente.finding, puente.idempotency, puente.identifier_use, puente.event, puente.inspection, "
    "puente.inspection_leg, puente.leg_holder, puente.selection_factor"};

/// Runs statements until one fails.
template <std::size_t N>
Result<void> run_all(Transaction& tx, const std::array<const Statement*, N>& statements, const std::vector<Parameter>& parameters) {
    for (const Statement* each : statements) {
        if (const Result<Rows> done = tx.run_bound(*each, parameters); !done)
            return Error{done.error().kind(), std::string{each->name} + ": " + done.error().detail()};
    }
    return {};
}

}  // namespace

Result<bool> has_manifests_of_others(Transaction& tx) {
    if (const Result<Rows> unbound = tx.run(unbind); !unbound) return unbound.error();
    const Result<Rows> found = tx.run(others);
    if (!found) return found.error();
    if (const Result<Rows> bound = tx.run(bind); !bound) return bound.error();
    return (*found)[0].boolean(0);
}

Result<void> seed(Transaction& tx, const SeedStretch& stretch) {
    const std::vector<Parameter> now{Parameter{stretch.until}};
    if (const Result<void> made = run_all(tx, std::array{&unbind, &make_loads, &make_legs, &make_events, &index_legs}, {}); !made) return made;
    const Result<Rows> filled =
        tx.run(fill_loads, stretch.first, stretch.first + stretch.count - 1, stretch.total, stretch.days, stretch.until, stretch.run);
    if (!filled) return filled.error();
    if (const Result<void> led = run_all(tx, std::array{&fill_legs, &settle, &leave, &fill_events}, now); !led) return led;
    if (const Result<void> written =
            run_all(tx, std::array{&number_states, &write_manifests, &write_versions, &write_uses, &write_events, &write_findings}, {});
        !written)
        return written;
    if (const Result<void> looked_at = run_all(tx, std::array{&write_answers, &write_inspections, &write_legs}, now); !looked_at) return looked_at;
    return run_all(tx, std::array{&write_factors, &check, &bind}, {});
}

Result<void> analyze_all(Transaction& tx) {
    if (const Result<Rows> done = tx.run(analyze); !done) return done.error();
    return {};
}

}  // namespace puente::store
