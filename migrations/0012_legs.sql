-- Any agency may hold a leg: agencies become rows, their officers one group of roles, their private matter what current_agency() says. Holds with reason,
-- owner and due time; joining and declining; releases taken back under a signature; annotations and attachments. Locks the leg, event and client
-- tables for a moment; rewrites held legs only.
SET LOCAL lock_timeout = '5s';

-- Agencies -------------------------------------------------------------------------------------------------------------------------------------------

-- The two customs agencies own rule sets and select loads; every agency can look, hold and release.
CREATE TABLE puente.agency (
    code          text PRIMARY KEY CHECK (code ~ '^[A-Z][A-Z0-9_]{1,15}$'),
    country       text NOT NULL CHECK (country IN ('US', 'MX')),
    name_en       text NOT NULL CHECK (name_en ~ '[^[:space:]]'),
    name_es       text NOT NULL CHECK (name_es ~ '[^[:space:]]'),
    database_role text NOT NULL UNIQUE GENERATED ALWAYS AS
                  (CASE WHEN code IN ('CBP', 'SAT') THEN 'puente_' ELSE 'puente_agency_' END || lower(code)) STORED,
    added_at      timestamptz NOT NULL DEFAULT now(),
    -- These words mean something else where agencies are named.
    CHECK (code NOT IN ('ALL', 'OFFICERS', 'PARTY', 'PARTIES', 'SHARED', 'AGENCY'))
);

CREATE FUNCTION puente.refuse_change_of_agency() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'an agency stays: its legs are part of the record' USING ERRCODE = 'check_violation', CONSTRAINT = 'agency_stays';
END
$body$;
CREATE TRIGGER refuse_change_of_agency BEFORE DELETE OR UPDATE OF code ON puente.agency
    FOR EACH ROW EXECUTE FUNCTION puente.refuse_change_of_agency();

DO $group$
DECLARE
    customs text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'puente_officer') THEN
        BEGIN
            CREATE ROLE puente_officer NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION INHERIT;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another database of this cluster made it in this moment
        END;
    END IF;
    FOREACH customs IN ARRAY ARRAY['puente_cbp', 'puente_sat'] LOOP
        IF NOT EXISTS (SELECT FROM pg_auth_members AS held WHERE held.roleid = 'puente_officer'::regrole AND held.member = customs::regrole) THEN
            EXECUTE format('GRANT puente_officer TO %I', customs);
        END IF;
    END LOOP;
END
$group$;
GRANT USAGE ON SCHEMA puente TO puente_officer;

-- Adds an agency and the role of its officers. For the owner of the schema, who must be allowed to make roles.
CREATE FUNCTION puente.add_agency(new_code text, new_country text, english text, spanish text) RETURNS text LANGUAGE plpgsql AS $body$
DECLARE
    wanted text;
BEGIN
    INSERT INTO puente.agency (code, country, name_en, name_es) VALUES (new_code, new_country, english, spanish) RETURNING database_role INTO wanted;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION INHERIT', wanted);
    ELSIF EXISTS (SELECT FROM pg_roles WHERE rolname = wanted AND (rolcanlogin OR rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls OR rolreplication))
          OR EXISTS (SELECT FROM pg_auth_members AS held
                      WHERE held.member = wanted::regrole AND held.roleid <> 'puente_officer'::regrole) THEN
        RAISE EXCEPTION 'there is a role % that may do more than an officer', wanted USING ERRCODE = 'check_violation', CONSTRAINT = 'agency_role';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_auth_members AS held WHERE held.roleid = 'puente_officer'::regrole AND held.member = wanted::regrole) THEN
        EXECUTE format('GRANT puente_officer TO %I', wanted);
    END IF;
    IF NOT EXISTS (SELECT FROM pg_auth_members AS held WHERE held.roleid = wanted::regrole AND held.member = 'puente_gateway'::regrole) THEN
        EXECUTE format('GRANT %I TO puente_gateway', wanted);
    END IF;
    RETURN wanted;
END
$body$;
REVOKE EXECUTE ON FUNCTION puente.add_agency(text, text, text, text) FROM PUBLIC;

INSERT INTO puente.agency (code, country, name_en, name_es) VALUES
    ('CBP', 'US', 'U.S. Customs and Border Protection', 'Oficina de Aduanas y Protección Fronteriza de los Estados Unidos'),
    ('SAT', 'MX', 'Tax Administration Service and National Customs Agency of Mexico',
     'Servicio de Administración Tributaria y Agencia Nacional de Aduanas de México');

ALTER TABLE puente.agency ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_see ON puente.agency FOR SELECT TO puente_gateway, puente_intake, puente_party, puente_officer USING (true);
GRANT SELECT ON puente.agency TO puente_gateway, puente_intake, puente_party, puente_officer;

-- The agency whose officers the transaction's role stands for; NULL, which equals nothing, for any other role.
CREATE FUNCTION puente.current_agency() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT code FROM puente.agency WHERE database_role = CURRENT_USER);

-- What both customs agencies were given so far, every agency is given: to see the record, and to work its own leg.
DO $officers$
DECLARE
    entry record;
BEGIN
    FOR entry IN
        SELECT p.polname, p.polrelid::regclass AS relation,
               (SELECT string_agg(quote_ident(r.rolname), ', ') FROM pg_roles AS r
                 WHERE r.oid = ANY (p.polroles) AND r.rolname NOT IN ('puente_cbp', 'puente_sat')) AS others
          FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid
         WHERE c.relnamespace = 'puente'::regnamespace AND p.polroles @> ARRAY['puente_cbp'::regrole::oid, 'puente_sat'::regrole::oid]
           AND (p.polcmd = 'r' OR c.relname IN ('manifest', 'inspection', 'inspection_leg', 'event', 'bay_hours', 'slot'))
    LOOP
        EXECUTE format('ALTER POLICY %I ON %s TO %s', entry.polname, entry.relation, concat_ws(', ', 'puente_officer', entry.others));
    END LOOP;
    FOR entry IN
        SELECT c.oid::regclass AS relation, a.privilege_type AS privilege, NULL::name AS column_name
          FROM pg_class AS c, aclexplode(c.relacl) AS a
         WHERE c.relnamespace = 'puente'::regnamespace AND a.grantee = 'puente_cbp'::regrole AND c.relkind IN ('r', 'p', 'v')
           AND (a.privilege_type = 'SELECT' OR c.relname IN ('manifest', 'inspection', 'inspection_leg', 'event', 'bay_hours', 'slot'))
        UNION ALL
        SELECT c.oid::regclass, a.privilege_type, t.attname
          FROM pg_class AS c JOIN pg_attribute AS t ON t.attrelid = c.oid AND NOT t.attisdropped, aclexplode(t.attacl) AS a
         WHERE c.relnamespace = 'puente'::regnamespace AND a.grantee = 'puente_cbp'::regrole
           AND (a.privilege_type = 'SELECT' OR c.relname IN ('manifest', 'inspection', 'inspection_leg', 'event', 'bay_hours', 'slot'))
    LOOP
        EXECUTE format('GRANT %s %s ON %s TO puente_officer', entry.privilege, COALESCE('(' || quote_ident(entry.column_name) || ')', ''), entry.relation);
    END LOOP;
END
$officers$;

-- Private matter by current_agency() instead of a policy for each of two roles.
DO $private$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['puente_cbp', 'puente_sat'] LOOP
        EXECUTE format('DROP POLICY %I ON puente.finding', role || '_sees');
        EXECUTE format('DROP POLICY %I ON puente.event', role || '_sees');
        EXECUTE format('DROP POLICY %I ON puente.event', role || '_writes');
        EXECUTE format('DROP POLICY %I ON puente.inspection_leg', role || '_works');
        EXECUTE format('DROP POLICY %I ON puente.selection_factor', role || '_sees');
        EXECUTE format('DROP POLICY %I ON puente.bay_hours', role || '_opens');
        EXECUTE format('DROP POLICY %I ON puente.bay_hours', role || '_closes');
        EXECUTE format('DROP POLICY %I ON puente.slot', role || '_books');
    END LOOP;
END
$private$;
CREATE POLICY agency_sees ON puente.finding FOR SELECT TO puente_officer
    USING (NOT agency_only OR rule_set = (SELECT puente.current_agency()));
CREATE POLICY agency_sees ON puente.event FOR SELECT TO puente_officer
    USING (audience IN ('ALL', 'OFFICERS') OR audience = (SELECT puente.current_agency()));
CREATE POLICY agency_writes ON puente.event FOR INSERT TO puente_officer
    WITH CHECK (actor = (SELECT puente.current_agency()) AND (audience IN ('ALL', 'OFFICERS') OR audience = (SELECT puente.current_agency())));
CREATE POLICY agency_works ON puente.inspection_leg FOR UPDATE TO puente_officer
    USING (agency = (SELECT puente.current_agency())) WITH CHECK (agency = (SELECT puente.current_agency()));
CREATE POLICY agency_sees ON puente.selection_factor FOR SELECT TO puente_officer USING (agency = (SELECT puente.current_agency()));
CREATE POLICY agency_opens ON puente.bay_hours FOR INSERT TO puente_officer WITH CHECK (agency = (SELECT puente.current_agency()));
CREATE POLICY agency_closes ON puente.bay_hours FOR DELETE TO puente_officer USING (agency = (SELECT puente.current_agency()));
CREATE POLICY agency_books ON puente.slot FOR INSERT TO puente_officer WITH CHECK (booked_by = (SELECT puente.current_agency()));
CREATE POLICY officers_see_public ON puente.rule_set_file FOR SELECT TO puente_officer USING (NOT agency_only);

-- Not validated: what is there was held against the narrower list.
ALTER TABLE puente.event DROP CONSTRAINT event_audience_check;
ALTER TABLE puente.event ADD CONSTRAINT event_audience_check
    CHECK (audience IN ('ALL', 'OFFICERS') OR audience ~ '^[A-Z][A-Z0-9_]{1,15}$') NOT VALID;
ALTER TABLE puente.client DROP CONSTRAINT client_agency_check;
ALTER TABLE puente.client ADD CONSTRAINT client_agency_known FOREIGN KEY (agency) REFERENCES puente.agency;
ALTER TABLE puente.client ADD CONSTRAINT client_author_of_rules CHECK (role <> 'author' OR agency IN ('CBP', 'SAT'));

-- Legs -----------------------------------------------------------------------------------------------------------------------------------------------

ALTER TABLE puente.inspection_leg
    DROP CONSTRAINT inspection_leg_agency_check,
    ADD COLUMN hold_reason    text CHECK (hold_reason ~ '[^[:space:]]'),
    ADD COLUMN hold_owner     text CHECK (hold_owner ~ '[^[:space:]]'),
    ADD COLUMN declined_at    timestamptz,
    ADD COLUMN decline_reason text CHECK (decline_reason ~ '[^[:space:]]');

-- Legs that are held already were held with a note only; due_at is the due time of a hold. The owner is bound by row-level security as everybody is, except here.
ALTER TABLE puente.inspection_leg NO FORCE ROW LEVEL SECURITY;
UPDATE puente.inspection_leg
   SET hold_reason = CASE WHEN decision_note ~ '[^[:space:]]' THEN decision_note ELSE 'not recorded' END, hold_owner = agency,
       due_at = COALESCE(due_at, decided_at + interval '1 day')
 WHERE state = 'HELD';
ALTER TABLE puente.inspection_leg FORCE ROW LEVEL SECURITY;

ALTER TABLE puente.inspection_leg
    ADD CONSTRAINT leg_hold_is_whole CHECK (CASE state WHEN 'HELD' THEN num_nonnulls(hold_reason, hold_owner, due_at) = 3 AND due_at > decided_at
                                                       ELSE num_nonnulls(hold_reason, hold_owner) = 0 END),
    ADD CONSTRAINT leg_declined CHECK (num_nonnulls(declined_at, decline_reason) = 0 OR (num_nonnulls(declined_at, decline_reason) = 2 AND state = 'NONE'));

-- A foreign key would have every filing lock the same two rows; agencies stay, so that looking once is enough.
CREATE FUNCTION puente.refuse_unknown_agency() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NOT EXISTS (SELECT FROM puente.agency WHERE code = NEW.agency) THEN
        RAISE EXCEPTION 'there is no agency %', NEW.agency USING ERRCODE = 'check_violation', CONSTRAINT = 'leg_agency';
    END IF;
    RETURN NEW;
END
$body$;
CREATE TRIGGER refuse_unknown_agency BEFORE INSERT ON puente.inspection_leg
    FOR EACH ROW WHEN (NEW.agency NOT IN ('CBP', 'SAT')) EXECUTE FUNCTION puente.refuse_unknown_agency();

-- Releases taken back, with the signature of the officer's client over agency, fence, inspection, reason and time (detached JWS, RFC 7515 appendix F)
-- and the key it was checked with. For the eyes of the agency that signed; the reason is told to all by the leg and its event.
CREATE TABLE puente.rehold (
    inspection_id uuid NOT NULL,
    agency        text NOT NULL,
    fence         bigint NOT NULL,  -- of the release that is taken back: each release once
    reason        text NOT NULL CHECK (reason ~ '[^[:space:]]'),
    signed_at     timestamptz NOT NULL,
    signed_text   text NOT NULL,
    signature     text NOT NULL CHECK (signature ~ '^[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]{86}$'),
    public_key    text NOT NULL CHECK (public_key <> ''),
    by_client     text NOT NULL CHECK (by_client <> ''),
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    written_by    xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (inspection_id, agency, fence),
    FOREIGN KEY (inspection_id, agency) REFERENCES puente.inspection_leg
);

-- Every state and every move that is open in it: the twin of the table in the inspection room, compared with it cell by cell by a test.
CREATE FUNCTION puente.leg_moves() RETURNS TABLE (before text, move text, after text) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
    VALUES ('NONE', 'join', 'PENDING'), ('NONE', 'decline', 'NONE'),
           ('PENDING', 'claim', 'PENDING'), ('PENDING', 'renew', 'PENDING'), ('PENDING', 'give-back', 'PENDING'), ('PENDING', 'start', 'WORKING'),
           ('WORKING', 'claim', 'WORKING'), ('WORKING', 'renew', 'WORKING'), ('WORKING', 'give-back', 'WORKING'),
           ('WORKING', 'release', 'RELEASED'), ('WORKING', 'hold', 'HELD'), ('WORKING', 'refuse', 'REFUSED'),
           ('HELD', 'claim', 'HELD'), ('HELD', 'renew', 'HELD'), ('HELD', 'give-back', 'HELD'), ('HELD', 'start', 'WORKING'),
           ('RELEASED', 'rehold', 'HELD');
$body$;

CREATE OR REPLACE FUNCTION puente.refuse_illegal_leg_move() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NEW.inspection_id <> OLD.inspection_id OR NEW.agency <> OLD.agency OR NEW.manifest_id <> OLD.manifest_id THEN
        RAISE EXCEPTION 'a leg stays with its inspection and agency' USING ERRCODE = 'check_violation', CONSTRAINT = 'leg_identity';
    END IF;
    IF NEW.fence < OLD.fence THEN
        RAISE EXCEPTION 'the fence of a leg never falls' USING ERRCODE = 'check_violation', CONSTRAINT = 'leg_fence';
    END IF;
    IF NEW.state <> OLD.state AND NOT EXISTS (SELECT FROM puente.leg_moves() AS m WHERE m.before = OLD.state AND m.after = NEW.state) THEN
        RAISE EXCEPTION 'a leg cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation', CONSTRAINT = 'leg_move';
    END IF;
    IF NEW.kind <> OLD.kind AND NOT (OLD.state IN ('NONE', 'PENDING') AND NEW.state IN ('NONE', 'PENDING')) THEN
        RAISE EXCEPTION 'a leg that is worked on keeps its kind' USING ERRCODE = 'check_violation', CONSTRAINT = 'leg_kind';
    END IF;
    IF OLD.state = 'RELEASED' AND NEW.state = 'HELD' THEN  -- a test of its own: only those who re-hold may look into that table
        IF NEW.fence = OLD.fence OR
           NOT EXISTS (SELECT FROM puente.rehold AS r WHERE r.inspection_id = OLD.inspection_id AND r.agency = OLD.agency AND r.fence = OLD.fence
                          AND r.reason = NEW.hold_reason AND r.written_by = pg_current_xact_id()) THEN
            RAISE EXCEPTION 'a release is taken back under a signature only' USING ERRCODE = 'check_violation', CONSTRAINT = 'leg_rehold';
        END IF;
    END IF;
    RETURN NEW;
END
$body$;

-- Annotations and attachments ------------------------------------------------------------------------------------------------------------------------

-- Which client wrote what: for the eyes of its own agency. Other agencies are told the agency.
CREATE TABLE puente.authorship (
    record_id uuid PRIMARY KEY,
    agency    text NOT NULL REFERENCES puente.agency,
    by_client text NOT NULL CHECK (by_client <> '')
);

CREATE TABLE puente.annotation (
    annotation_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    inspection_id uuid NOT NULL REFERENCES puente.inspection,
    agency        text NOT NULL REFERENCES puente.agency,
    visibility    text NOT NULL CHECK (visibility IN ('SHARED', 'AGENCY')),
    text          text NOT NULL CHECK (text ~ '[^[:space:]]' AND octet_length(text) <= 4000),
    at            timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX annotation_of_inspection ON puente.annotation (inspection_id, at);

-- The bytes, once for each agency that has them: that another agency has the same bytes, nobody learns. Photos are compressed already.
CREATE TABLE puente.attachment_content (
    agency  text NOT NULL REFERENCES puente.agency,
    sha256  bytea NOT NULL,
    content bytea NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 8388608),
    PRIMARY KEY (agency, sha256),
    CHECK (sha256 = pg_catalog.sha256(content))
);
ALTER TABLE puente.attachment_content ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE puente.attachment (
    attachment_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    inspection_id uuid NOT NULL,
    agency        text NOT NULL,
    sha256        bytea NOT NULL,
    media_type    text NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png', 'image/webp', 'application/pdf')),
    size          integer NOT NULL CHECK (size BETWEEN 1 AND 8388608),
    visibility    text NOT NULL CHECK (visibility IN ('SHARED', 'AGENCY')),
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (inspection_id, agency, sha256),
    FOREIGN KEY (inspection_id, agency) REFERENCES puente.inspection_leg,
    FOREIGN KEY (agency, sha256) REFERENCES puente.attachment_content
);
CREATE INDEX attachment_of_content ON puente.attachment (agency, sha256);

CREATE FUNCTION puente.refuse_too_many_attachments() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF (SELECT count(*) FROM puente.attachment WHERE inspection_id = NEW.inspection_id AND agency = NEW.agency) >= 20 THEN
        RAISE EXCEPTION 'a leg has at most 20 attachments' USING ERRCODE = 'check_violation', CONSTRAINT = 'attachment_count';
    END IF;
    RETURN NEW;
END
$body$;
CREATE TRIGGER refuse_too_many_attachments BEFORE INSERT ON puente.attachment FOR EACH ROW EXECUTE FUNCTION puente.refuse_too_many_attachments();

DO $force$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['rehold', 'authorship', 'annotation', 'attachment', 'attachment_content'] LOOP
        EXECUTE format('ALTER TABLE puente.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE puente.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY agency_writes ON puente.%I FOR INSERT TO puente_officer WITH CHECK (agency = (SELECT puente.current_agency()))', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['rehold', 'authorship'] LOOP
        EXECUTE format('CREATE POLICY agency_sees ON puente.%I FOR SELECT TO puente_officer USING (agency = (SELECT puente.current_agency()))', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['annotation', 'attachment'] LOOP
        EXECUTE format('CREATE POLICY agency_sees ON puente.%I FOR SELECT TO puente_officer '
                       'USING (visibility = ''SHARED'' OR agency = (SELECT puente.current_agency()))', name);
    END LOOP;
END
$force$;
-- The bytes are seen by whoever sees an attachment that has them.
CREATE POLICY agency_sees ON puente.attachment_content FOR SELECT TO puente_officer
    USING (agency = (SELECT puente.current_agency()) OR
           EXISTS (SELECT FROM puente.attachment AS a WHERE a.agency = attachment_content.agency AND a.sha256 = attachment_content.sha256));

-- An officer opens an inspection for a load that nobody selected, and adds the leg of the officer's own agency, at first without a wish.
CREATE POLICY officers_open ON puente.inspection FOR INSERT TO puente_officer WITH CHECK (true);
CREATE POLICY agency_comes_in ON puente.inspection_leg FOR INSERT TO puente_officer
    WITH CHECK (agency = (SELECT puente.current_agency()) AND state = 'NONE');
GRANT INSERT ON puente.inspection TO puente_officer;
GRANT INSERT (inspection_id, agency, manifest_id, state, kind) ON puente.inspection_leg TO puente_officer;
GRANT UPDATE (kind, hold_reason, hold_owner, due_at, declined_at, decline_reason) ON puente.inspection_leg TO puente_officer;
GRANT SELECT (hold_reason, due_at) ON puente.inspection_leg TO puente_party;
GRANT SELECT ON puente.rehold, puente.authorship, puente.annotation, puente.attachment, puente.attachment_content TO puente_officer;
GRANT INSERT (inspection_id, agency, fence, reason, signed_at, signed_text, signature, public_key, by_client) ON puente.rehold TO puente_officer;
GRANT INSERT ON puente.authorship, puente.attachment_content TO puente_officer;
GRANT INSERT (inspection_id, agency, visibility, text) ON puente.annotation TO puente_officer;
GRANT INSERT (inspection_id, agency, sha256, media_type, size, visibility) ON puente.attachment TO puente_officer;
