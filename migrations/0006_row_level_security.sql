-- Who sees and writes what. FORCE: the owner is bound as well. Nobody may update or delete a version, a finding or an event.
-- Locks each table for a moment while its policies change.
SET LOCAL lock_timeout = '5s';

DO $force$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['manifest', 'manifest_version', 'finding', 'idempotency', 'event', 'inspection', 'inspection_leg', 'selection_factor'] LOOP
        EXECUTE format('ALTER TABLE puente.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE puente.%I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END
$force$;

-- Intake writes filings, and reads only what its own statements and the status constraint need.
CREATE POLICY intake_writes ON puente.manifest FOR INSERT TO puente_intake WITH CHECK (true);
CREATE POLICY intake_writes ON puente.manifest_version FOR INSERT TO puente_intake WITH CHECK (version = 1);
CREATE POLICY intake_writes ON puente.finding FOR INSERT TO puente_intake WITH CHECK (version = 1);
CREATE POLICY intake_writes ON puente.event FOR INSERT TO puente_intake WITH CHECK (version = 1);
CREATE POLICY intake_writes ON puente.inspection FOR INSERT TO puente_intake WITH CHECK (true);
CREATE POLICY intake_writes ON puente.inspection_leg FOR INSERT TO puente_intake WITH CHECK (state IN ('NONE', 'PENDING') AND fence = 0);
CREATE POLICY intake_writes ON puente.selection_factor FOR INSERT TO puente_intake WITH CHECK (true);
CREATE POLICY intake_remembers ON puente.idempotency TO puente_intake USING (true) WITH CHECK (true);
CREATE POLICY intake_checks ON puente.manifest FOR SELECT TO puente_intake USING (true);
CREATE POLICY intake_checks ON puente.inspection_leg FOR SELECT TO puente_intake USING (true);
GRANT INSERT ON puente.manifest, puente.manifest_version, puente.finding, puente.event, puente.inspection, puente.inspection_leg,
                puente.selection_factor TO puente_intake;
GRANT SELECT, INSERT, DELETE ON puente.idempotency TO puente_intake;
GRANT SELECT (manifest_id, status) ON puente.manifest TO puente_intake;
GRANT SELECT (manifest_id, agency, state, kind) ON puente.inspection_leg TO puente_intake;

-- Brokers see what their company filed, carriers the trips under their code.
CREATE POLICY party_sees_its_own ON puente.manifest FOR SELECT TO puente_party
    USING (company = (SELECT puente.current_company()) OR carrier_key = (SELECT puente.current_scac()));
CREATE POLICY party_sees_its_own ON puente.manifest_version FOR SELECT TO puente_party
    USING (EXISTS (SELECT FROM puente.manifest AS own WHERE own.manifest_id = manifest_version.manifest_id));
CREATE POLICY party_sees_its_own ON puente.finding FOR SELECT TO puente_party
    USING (NOT agency_only AND EXISTS (SELECT FROM puente.manifest AS own WHERE own.manifest_id = finding.manifest_id));
CREATE POLICY party_sees_its_own ON puente.event FOR SELECT TO puente_party
    USING (audience = 'ALL' AND EXISTS (SELECT FROM puente.manifest AS own WHERE own.manifest_id = event.manifest_id));
CREATE POLICY party_sees_its_own ON puente.inspection_leg FOR SELECT TO puente_party
    USING (EXISTS (SELECT FROM puente.manifest AS own WHERE own.manifest_id = inspection_leg.manifest_id));
GRANT SELECT ON puente.manifest, puente.manifest_version, puente.finding TO puente_party;
GRANT SELECT (event_id, manifest_id, at, kind, version, state_no, actor, status, detail, audience, written_by) ON puente.event TO puente_party;
GRANT SELECT (manifest_id, agency, state, kind, decision_note, decided_at, lease_until) ON puente.inspection_leg TO puente_party;

-- Officers see every record; of the private matter, their own agency's only. They write their own leg, the status, the log.
CREATE POLICY officers_see ON puente.manifest FOR SELECT TO puente_cbp, puente_sat USING (true);
CREATE POLICY officers_move ON puente.manifest FOR UPDATE TO puente_cbp, puente_sat USING (true) WITH CHECK (true);
CREATE POLICY officers_see ON puente.manifest_version FOR SELECT TO puente_cbp, puente_sat USING (true);
CREATE POLICY officers_see ON puente.inspection FOR SELECT TO puente_cbp, puente_sat USING (true);
CREATE POLICY officers_close ON puente.inspection FOR UPDATE TO puente_cbp, puente_sat USING (true) WITH CHECK (true);
CREATE POLICY officers_see ON puente.inspection_leg FOR SELECT TO puente_cbp, puente_sat USING (true);
GRANT SELECT ON puente.manifest, puente.manifest_version, puente.finding, puente.event, puente.inspection, puente.inspection_leg,
                puente.selection_factor TO puente_cbp, puente_sat;
GRANT UPDATE (status, state_no, changed_at) ON puente.manifest TO puente_cbp, puente_sat;
GRANT UPDATE (is_open) ON puente.inspection TO puente_cbp, puente_sat;
GRANT UPDATE (state, fence, holder, lease_until, decision_note, found, decided_at) ON puente.inspection_leg TO puente_cbp, puente_sat;
GRANT INSERT (manifest_id, at, kind, version, state_no, actor, status, detail, audience) ON puente.event TO puente_cbp, puente_sat;

DO $agencies$
DECLARE
    agency text;
    role   text;
BEGIN
    FOREACH agency IN ARRAY ARRAY['CBP', 'SAT'] LOOP
        role := 'puente_' || lower(agency);
        EXECUTE format('CREATE POLICY %I ON puente.finding FOR SELECT TO %I USING (NOT agency_only OR rule_set = %L)', role || '_sees', role, agency);
        EXECUTE format('CREATE POLICY %I ON puente.event FOR SELECT TO %I USING (audience IN (''ALL'', ''OFFICERS'', %L))', role || '_sees', role, agency);
        EXECUTE format('CREATE POLICY %I ON puente.event FOR INSERT TO %I WITH CHECK (actor = %L AND audience IN (''ALL'', ''OFFICERS'', %L))',
                       role || '_writes', role, agency, agency);
        EXECUTE format('CREATE POLICY %I ON puente.inspection_leg FOR UPDATE TO %I USING (agency = %L) WITH CHECK (agency = %L)',
                       role || '_works', role, agency, agency);
        EXECUTE format('CREATE POLICY %I ON puente.selection_factor FOR SELECT TO %I USING (agency = %L)', role || '_sees', role, agency);
    END LOOP;
END
$agencies$;
