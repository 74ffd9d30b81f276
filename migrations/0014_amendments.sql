-- Amending, cancelling, arriving, crossing, expiring: who may write what of it, and what the database refuses by itself. Adds columns and an index to
-- puente.manifest, which keeps filings of a filled database waiting while the index is built (about a second for a million manifests).
SET LOCAL lock_timeout = '5s';

-- Who amends and cancels: may what the intake may, and changes what is its company's own.
DO $role$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'puente_sender') THEN
        BEGIN
            CREATE ROLE puente_sender NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION INHERIT;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another database of this cluster made it in this moment
        END;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_auth_members AS held WHERE held.roleid = 'puente_sender'::regrole AND held.member = 'puente_gateway'::regrole) THEN
        GRANT puente_sender TO puente_gateway;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_auth_members AS held WHERE held.roleid = 'puente_intake'::regrole AND held.member = 'puente_sender'::regrole) THEN
        GRANT puente_intake TO puente_sender;
    END IF;
END
$role$;
GRANT USAGE ON SCHEMA puente TO puente_sender;

ALTER TABLE puente.manifest
    ADD COLUMN arrived_at timestamptz,
    ADD COLUMN crossed_at timestamptz,
    ADD CONSTRAINT manifest_crossed_after_arrival CHECK (crossed_at IS NULL OR (arrived_at IS NOT NULL AND crossed_at >= arrived_at)) NOT VALID;
-- What may expire, oldest first. A trip leaves it when it arrives or is over.
CREATE INDEX manifest_to_expire ON puente.manifest (estimated_arrival)
    WHERE arrived_at IS NULL AND status IN ('UNDER_REVIEW', 'INSPECTION_REQUIRED', 'CLEARED', 'RELEASED');

-- What was seen at the gate: each once for a trip.
CREATE TABLE puente.gate_event (
    manifest_id uuid NOT NULL REFERENCES puente.manifest,
    kind        text NOT NULL CHECK (kind IN ('ARRIVED', 'CROSSED')),
    at          timestamptz NOT NULL,
    lane        text NOT NULL CHECK (length(lane) <= 32),
    booth       text NOT NULL CHECK (length(booth) <= 32),
    agency      text NOT NULL,
    by_client   text NOT NULL CHECK (by_client <> ''),
    noted_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (manifest_id, kind)
);

-- Why a load was selected before an amendment. Private parts stay with their agency.
CREATE TABLE puente.superseded_factor (
    inspection_id uuid NOT NULL REFERENCES puente.inspection,
    version       integer NOT NULL CHECK (version > 0),  -- of the manifest that it was about
    item          integer NOT NULL,
    agency        text NOT NULL,
    name          text NOT NULL,
    detail        text NOT NULL,
    points        integer NOT NULL,
    is_public     boolean NOT NULL,
    PRIMARY KEY (inspection_id, version, item)
);

-- Every step of a trip and every status: the twin of the table in the inspection room, compared with it cell by cell by a test. A row that is missing
-- is closed. DONE: it is so already. BEFORE_ARRIVAL: open until the load arrives. UNTOUCHED: that, and no leg was worked on.
CREATE FUNCTION puente.passages() RETURNS TABLE (step text, status text, course text) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
    VALUES ('amend', 'UNDER_REVIEW', 'UNTOUCHED'), ('amend', 'INSPECTION_REQUIRED', 'UNTOUCHED'), ('amend', 'CLEARED', 'UNTOUCHED'),
           ('cancel', 'UNDER_REVIEW', 'BEFORE_ARRIVAL'), ('cancel', 'INSPECTION_REQUIRED', 'BEFORE_ARRIVAL'), ('cancel', 'CLEARED', 'BEFORE_ARRIVAL'),
           ('cancel', 'RELEASED', 'BEFORE_ARRIVAL'), ('cancel', 'CANCELLED', 'DONE'),
           ('arrive', 'UNDER_REVIEW', 'OPEN'), ('arrive', 'INSPECTION_REQUIRED', 'OPEN'), ('arrive', 'IN_INSPECTION', 'OPEN'), ('arrive', 'HELD', 'OPEN'),
           ('arrive', 'CLEARED', 'OPEN'), ('arrive', 'RELEASED', 'OPEN'), ('arrive', 'REFUSED', 'OPEN'), ('arrive', 'CROSSED', 'DONE'),
           ('cross', 'CLEARED', 'OPEN'), ('cross', 'RELEASED', 'OPEN'), ('cross', 'CROSSED', 'DONE'),
           ('expire', 'UNDER_REVIEW', 'BEFORE_ARRIVAL'), ('expire', 'INSPECTION_REQUIRED', 'BEFORE_ARRIVAL'), ('expire', 'CLEARED', 'BEFORE_ARRIVAL'),
           ('expire', 'RELEASED', 'BEFORE_ARRIVAL'), ('expire', 'EXPIRED', 'DONE');
$body$;

CREATE FUNCTION puente.passage_is_open(wanted text, trip puente.manifest) RETURNS boolean LANGUAGE sql STABLE AS $body$
    SELECT EXISTS (SELECT FROM puente.passages() AS p WHERE p.step = wanted AND p.status = trip.status AND CASE p.course
        WHEN 'OPEN' THEN true
        WHEN 'BEFORE_ARRIVAL' THEN trip.arrived_at IS NULL
        WHEN 'UNTOUCHED' THEN trip.arrived_at IS NULL AND NOT EXISTS (
            SELECT FROM puente.inspection_leg AS leg WHERE leg.manifest_id = trip.manifest_id AND leg.state NOT IN ('NONE', 'PENDING'))
        ELSE false END);
$body$;

-- For the gateway's roles. Whoever repairs by hand knows what he does; the status still has to follow from the legs (0005).
CREATE FUNCTION puente.refuse_illegal_passage() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    wanted text;
BEGIN
    wanted := CASE WHEN NEW.version <> OLD.version THEN 'amend'
                   WHEN NEW.status = OLD.status THEN 'arrive'
                   WHEN NEW.status = 'CANCELLED' THEN 'cancel'
                   WHEN NEW.status = 'EXPIRED' THEN 'expire'
                   WHEN NEW.status = 'CROSSED' THEN 'cross' END;
    IF wanted IS NULL AND OLD.status NOT IN ('CANCELLED', 'EXPIRED', 'CROSSED') THEN
        RETURN NEW;  -- a leg moved
    END IF;
    IF wanted IS NULL OR NOT puente.passage_is_open(wanted, OLD) OR (NEW.status = 'CROSSED' AND NEW.crossed_at IS NULL)
       OR (OLD.arrived_at IS NOT NULL AND NEW.arrived_at IS DISTINCT FROM OLD.arrived_at)
       OR (OLD.crossed_at IS NOT NULL AND NEW.crossed_at IS DISTINCT FROM OLD.crossed_at)
       OR (NEW.version <> OLD.version AND (NEW.version <> OLD.version + 1 OR NEW.state_no <= OLD.state_no)) THEN
        RAISE EXCEPTION 'a trip that is % cannot %', OLD.status, COALESCE(wanted, 'go on') USING ERRCODE = 'check_violation', CONSTRAINT = 'passage';
    END IF;
    RETURN NEW;
END
$body$;
CREATE TRIGGER refuse_illegal_passage BEFORE UPDATE OF status, version, arrived_at, crossed_at ON puente.manifest FOR EACH ROW
    WHEN ((OLD.status, OLD.version, OLD.arrived_at, OLD.crossed_at) IS DISTINCT FROM (NEW.status, NEW.version, NEW.arrived_at, NEW.crossed_at)
          AND pg_has_role('puente_gateway', CURRENT_USER, 'MEMBER'))
    EXECUTE FUNCTION puente.refuse_illegal_passage();

-- When a trip is over nobody looks any more: the inspection closes, claims end. The owner's policies are what its triggers need.
CREATE POLICY keeper_closes ON puente.inspection FOR UPDATE TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE FUNCTION puente.end_inspection() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
BEGIN
    UPDATE puente.inspection_leg SET holder = NULL, lease_until = NULL WHERE manifest_id = NEW.manifest_id AND holder IS NOT NULL;
    UPDATE puente.inspection SET is_open = false WHERE manifest_id = NEW.manifest_id AND is_open;
    RETURN NULL;
END
$body$;
CREATE TRIGGER end_inspection AFTER UPDATE OF status ON puente.manifest FOR EACH ROW
    WHEN (NEW.status IN ('CANCELLED', 'EXPIRED', 'CROSSED') AND NEW.status <> OLD.status) EXECUTE FUNCTION puente.end_inspection();

-- A slot at a port to which the load does not come any more, or in an inspection that is closed, is free for others.
CREATE POLICY keeper_sees ON puente.slot FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY keeper_frees ON puente.slot FOR DELETE TO CURRENT_USER USING (true);
CREATE FUNCTION puente.free_slot() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
BEGIN
    DELETE FROM puente.slot WHERE inspection_id = NEW.inspection_id AND starts_at > clock_timestamp();
    IF FOUND THEN
        UPDATE puente.inspection_leg SET slot_ends_at = NULL WHERE inspection_id = NEW.inspection_id AND slot_ends_at IS NOT NULL;
    END IF;
    RETURN NULL;
END
$body$;
CREATE TRIGGER free_slot AFTER UPDATE OF us_port, mx_office, is_open ON puente.inspection FOR EACH ROW
    WHEN ((OLD.us_port, OLD.mx_office) <> (NEW.us_port, NEW.mx_office) OR (OLD.is_open AND NOT NEW.is_open)) EXECUTE FUNCTION puente.free_slot();

-- The factors of the version before make room for those of the new one. The owner sees them while its trigger moves them, and at no other time.
CREATE POLICY keeper_sees ON puente.selection_factor FOR SELECT TO CURRENT_USER USING (inspection_id::text = current_setting('puente.superseding', true));
CREATE POLICY keeper_moves ON puente.selection_factor FOR DELETE TO CURRENT_USER USING (inspection_id::text = current_setting('puente.superseding', true));
CREATE POLICY keeper_keeps ON puente.superseded_factor FOR INSERT TO CURRENT_USER WITH CHECK (true);
CREATE FUNCTION puente.supersede_factors() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
BEGIN
    PERFORM set_config('puente.superseding', NEW.inspection_id::text, true);
    WITH gone AS (
        DELETE FROM puente.selection_factor WHERE inspection_id = NEW.inspection_id
        RETURNING inspection_id, item, agency, name, detail, points, is_public
    )
    INSERT INTO puente.superseded_factor (inspection_id, version, item, agency, name, detail, points, is_public)
    SELECT inspection_id, NEW.selected_at_version - 1, item, agency, name, detail, points, is_public FROM gone;
    PERFORM set_config('puente.superseding', '', true);
    RETURN NULL;
END
$body$;
-- The version of the manifest whose facts the selection was last made from.
ALTER TABLE puente.inspection ADD COLUMN selected_at_version integer NOT NULL DEFAULT 1;
CREATE TRIGGER supersede_factors AFTER UPDATE OF selected_at_version ON puente.inspection FOR EACH ROW
    WHEN (NEW.selected_at_version > OLD.selected_at_version) EXECUTE FUNCTION puente.supersede_factors();

-- An amendment after which an agency has no wish any more takes its leg back, while nobody holds it. Only a sender's amendment can, and officers never.
CREATE FUNCTION puente.refuse_wrong_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NEW.holder IS NOT NULL OR OLD.lease_until > clock_timestamp() OR NEW.fence <> OLD.fence OR NEW.manifest_id <> OLD.manifest_id
       OR NEW.inspection_id <> OLD.inspection_id OR NEW.agency <> OLD.agency THEN
        RAISE EXCEPTION 'an officer holds this leg' USING ERRCODE = 'check_violation', CONSTRAINT = 'leg_withdrawal';
    END IF;
    RETURN NEW;
END
$body$;
CREATE TRIGGER refuse_wrong_withdrawal BEFORE UPDATE OF state ON puente.inspection_leg FOR EACH ROW
    WHEN (OLD.state = 'PENDING' AND NEW.state = 'NONE' AND CURRENT_USER = 'puente_sender') EXECUTE FUNCTION puente.refuse_wrong_withdrawal();
-- All other moves as before.
DROP TRIGGER refuse_illegal_leg_move ON puente.inspection_leg;
CREATE TRIGGER refuse_illegal_leg_move BEFORE UPDATE ON puente.inspection_leg FOR EACH ROW
    WHEN (NOT (OLD.state = 'PENDING' AND NEW.state = 'NONE' AND CURRENT_USER = 'puente_sender')) EXECUTE FUNCTION puente.refuse_illegal_leg_move();

DO $force$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['gate_event', 'superseded_factor'] LOOP
        EXECUTE format('ALTER TABLE puente.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE puente.%I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END
$force$;

-- The sender's own company, and no other, amends and cancels. current_company() is NULL where nobody is named.
CREATE FUNCTION puente.is_own(manifest uuid) RETURNS boolean LANGUAGE sql STABLE AS $body$
    SELECT EXISTS (SELECT FROM puente.manifest AS own WHERE own.manifest_id = manifest AND own.company = puente.current_company());
$body$;
CREATE POLICY sender_amends ON puente.manifest FOR UPDATE TO puente_sender
    USING (company = (SELECT puente.current_company()))
    WITH CHECK (company = (SELECT puente.current_company()) AND status NOT IN ('EXPIRED', 'CROSSED'));
CREATE POLICY sender_amends ON puente.manifest_version FOR INSERT TO puente_sender
    WITH CHECK (version > 1 AND EXISTS (SELECT FROM puente.manifest AS own WHERE own.manifest_id = manifest_version.manifest_id
                                           AND own.company = puente.current_company() AND own.version = manifest_version.version));
CREATE POLICY sender_amends ON puente.finding FOR INSERT TO puente_sender
    WITH CHECK (version > 1 AND EXISTS (SELECT FROM puente.manifest AS own WHERE own.manifest_id = finding.manifest_id
                                           AND own.company = puente.current_company() AND own.version = finding.version));
CREATE POLICY sender_tells ON puente.event FOR INSERT TO puente_sender
    WITH CHECK (kind IN ('amended', 'cancelled') AND audience = 'ALL' AND actor = (SELECT puente.current_company()) AND puente.is_own(manifest_id));
CREATE POLICY sender_finds ON puente.inspection FOR SELECT TO puente_sender USING (puente.is_own(manifest_id));
CREATE POLICY sender_amends ON puente.inspection FOR UPDATE TO puente_sender USING (puente.is_own(manifest_id)) WITH CHECK (puente.is_own(manifest_id));
CREATE POLICY sender_amends ON puente.inspection_leg FOR UPDATE TO puente_sender
    USING (puente.is_own(manifest_id)) WITH CHECK (puente.is_own(manifest_id) AND state IN ('NONE', 'PENDING'));
GRANT SELECT (company, version, state_no, changed_at, arrived_at, use_keys) ON puente.manifest TO puente_sender;
GRANT UPDATE (document_id, direction, mode, us_port, mx_office, estimated_arrival, changed_at, status, version, state_no, use_keys)
    ON puente.manifest TO puente_sender;
GRANT SELECT (inspection_id, manifest_id, is_open) ON puente.inspection TO puente_sender;
GRANT UPDATE (us_port, mx_office, lane, trusted, perishable, essential, estimated_arrival, turn_at, is_open, selected_at_version)
    ON puente.inspection TO puente_sender;
GRANT SELECT (inspection_id, lease_until) ON puente.inspection_leg TO puente_sender;
GRANT UPDATE (state, kind, holder, lease_until, declined_at, decline_reason) ON puente.inspection_leg TO puente_sender;

-- The customs agencies keep the gates; officers of every agency see what was noted there. Which client noted it is for an audit by the owner.
ALTER POLICY officers_move ON puente.manifest WITH CHECK (
    status NOT IN ('CANCELLED', 'EXPIRED') AND (status <> 'CROSSED' OR (SELECT puente.current_agency()) IN ('CBP', 'SAT')));
CREATE POLICY officers_see ON puente.gate_event FOR SELECT TO puente_officer USING (true);
CREATE POLICY customs_note ON puente.gate_event FOR INSERT TO puente_officer
    WITH CHECK (agency = (SELECT puente.current_agency()) AND agency IN ('CBP', 'SAT'));
CREATE POLICY agency_sees ON puente.superseded_factor FOR SELECT TO puente_officer USING (is_public OR agency = (SELECT puente.current_agency()));
GRANT UPDATE (arrived_at, crossed_at) ON puente.manifest TO puente_officer;
GRANT SELECT (manifest_id, kind, at, lane, booth, agency, noted_at) ON puente.gate_event TO puente_officer;
GRANT INSERT (manifest_id, kind, at, lane, booth, agency, by_client) ON puente.gate_event TO puente_officer;
GRANT SELECT ON puente.superseded_factor TO puente_officer;

-- What expires is found and told by the watch.
ALTER POLICY watch_moves ON puente.manifest WITH CHECK (status NOT IN ('CANCELLED', 'CROSSED'));
CREATE POLICY watch_tells_expiry ON puente.event FOR INSERT TO puente_watch WITH CHECK (kind = 'expired' AND audience = 'ALL' AND status = 'EXPIRED');
GRANT SELECT (arrived_at, estimated_arrival) ON puente.manifest TO puente_watch;
GRANT UPDATE (status) ON puente.manifest TO puente_watch;
GRANT SELECT (kind, lease_until) ON puente.inspection_leg TO puente_watch;
