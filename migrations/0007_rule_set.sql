-- Rule sets as their authors publish them, who agreed, and from when they are in force. Nothing here is ever changed or removed: the activations
-- are the history of the law as this gateway applied it. Rule authors become clients. Locks the client table for a moment.
SET LOCAL lock_timeout = '5s';

ALTER TABLE puente.client
    DROP CONSTRAINT client_role_check,
    DROP CONSTRAINT client_check,
    DROP CONSTRAINT client_check1,
    ADD CONSTRAINT client_role_check CHECK (role IN ('broker', 'carrier', 'officer', 'author')),
    ADD CONSTRAINT client_agency CHECK ((role IN ('officer', 'author')) = (agency IS NOT NULL)),
    ADD CONSTRAINT client_company CHECK (role IN ('officer', 'author') OR company <> '');

CREATE TABLE puente.rule_set_version (
    rule_set     text NOT NULL CHECK (rule_set IN ('shared', 'cbp', 'sat')),
    version      text NOT NULL CHECK (version ~ '^[0-9a-f]{64}$'),
    published_at timestamptz NOT NULL DEFAULT now(),
    written_by   xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (rule_set, version)
);

-- agency_only: the file holds a rule whose findings are targeting, so it is for that agency's eyes.
CREATE TABLE puente.rule_set_file (
    rule_set    text NOT NULL,
    version     text NOT NULL,
    name        text NOT NULL CHECK (name <> ''),
    agency_only boolean NOT NULL CHECK (NOT agency_only OR rule_set <> 'shared'),
    text        text COMPRESSION lz4 NOT NULL,
    PRIMARY KEY (rule_set, version, name),
    FOREIGN KEY (rule_set, version) REFERENCES puente.rule_set_version
);

-- Who agreed to a version. A set of one agency needs that agency, the shared set both.
CREATE TABLE puente.rule_set_approval (
    rule_set  text NOT NULL,
    version   text NOT NULL,
    agency    text NOT NULL CHECK (agency IN ('CBP', 'SAT')),
    by_client text NOT NULL CHECK (by_client <> ''),
    at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (rule_set, version, agency),
    FOREIGN KEY (rule_set, version) REFERENCES puente.rule_set_version,
    CHECK (rule_set = 'shared' OR rule_set = lower(agency))
);

-- In force at a moment is the activation with the latest effective_from up to it; of two for the same moment, the later entry.
CREATE TABLE puente.rule_set_activation (
    activation_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule_set       text NOT NULL,
    version        text NOT NULL,
    effective_from timestamptz NOT NULL,
    agency         text NOT NULL CHECK (agency IN ('CBP', 'SAT')),
    by_client      text NOT NULL CHECK (by_client <> ''),
    at             timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (rule_set, version) REFERENCES puente.rule_set_version,
    CHECK (rule_set = 'shared' OR rule_set = lower(agency)),
    CHECK (effective_from >= at)
);
CREATE INDEX rule_set_activation_order ON puente.rule_set_activation (rule_set, effective_from, activation_id);

-- The files of a version come with it or never: what was agreed to stays what it was.
CREATE FUNCTION puente.refuse_late_rule_file() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NOT EXISTS (SELECT FROM puente.rule_set_version AS v
                    WHERE v.rule_set = NEW.rule_set AND v.version = NEW.version AND v.written_by = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'the files of a version come with it' USING ERRCODE = 'check_violation', CONSTRAINT = 'rule_set_file_late';
    END IF;
    RETURN NEW;
END
$body$;
CREATE TRIGGER refuse_late_rule_file BEFORE INSERT ON puente.rule_set_file FOR EACH ROW EXECUTE FUNCTION puente.refuse_late_rule_file();

CREATE FUNCTION puente.missing_approvals(of_set text, of_version text) RETURNS text[] LANGUAGE sql STABLE AS $body$
    SELECT COALESCE(array_agg(needed ORDER BY needed), '{}') FROM unnest(ARRAY['CBP', 'SAT']) AS needed
     WHERE (of_set = 'shared' OR of_set = lower(needed))
       AND NOT EXISTS (SELECT FROM puente.rule_set_approval AS a WHERE a.rule_set = of_set AND a.version = of_version AND a.agency = needed);
$body$;
CREATE FUNCTION puente.refuse_activation_without_keys() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF puente.missing_approvals(NEW.rule_set, NEW.version) <> '{}' THEN
        RAISE EXCEPTION 'an approval is missing' USING ERRCODE = 'check_violation', CONSTRAINT = 'rule_set_activation_keys';
    END IF;
    RETURN NEW;
END
$body$;
CREATE TRIGGER refuse_activation_without_keys BEFORE INSERT ON puente.rule_set_activation
    FOR EACH ROW EXECUTE FUNCTION puente.refuse_activation_without_keys();

DO $force$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['rule_set_version', 'rule_set_file', 'rule_set_approval', 'rule_set_activation'] LOOP
        EXECUTE format('ALTER TABLE puente.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE puente.%I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END
$force$;

-- The law is public, except for what would tell a sender how loads are selected; the clients who published it are for the agencies.
CREATE POLICY all_see ON puente.rule_set_version FOR SELECT TO puente_gateway, puente_party, puente_cbp, puente_sat USING (true);
CREATE POLICY all_see ON puente.rule_set_approval FOR SELECT TO puente_gateway, puente_party, puente_cbp, puente_sat USING (true);
CREATE POLICY all_see ON puente.rule_set_activation FOR SELECT TO puente_gateway, puente_party, puente_cbp, puente_sat USING (true);
CREATE POLICY all_see_public ON puente.rule_set_file FOR SELECT TO puente_gateway, puente_party USING (NOT agency_only);
GRANT SELECT ON puente.rule_set_version, puente.rule_set_file TO puente_gateway, puente_party, puente_cbp, puente_sat;
GRANT SELECT (rule_set, version, agency, at) ON puente.rule_set_approval TO puente_gateway, puente_party;
GRANT SELECT (activation_id, rule_set, version, effective_from, agency, at) ON puente.rule_set_activation TO puente_gateway, puente_party;
GRANT SELECT ON puente.rule_set_approval, puente.rule_set_activation TO puente_cbp, puente_sat;
GRANT INSERT (rule_set, version) ON puente.rule_set_version TO puente_cbp, puente_sat;
GRANT INSERT ON puente.rule_set_file TO puente_cbp, puente_sat;
GRANT INSERT (rule_set, version, agency, by_client) ON puente.rule_set_approval TO puente_cbp, puente_sat;
GRANT INSERT (rule_set, version, effective_from, agency, by_client) ON puente.rule_set_activation TO puente_cbp, puente_sat;

DO $agencies$
DECLARE
    own  text;
    role text;
BEGIN
    FOREACH own IN ARRAY ARRAY['CBP', 'SAT'] LOOP
        role := 'puente_' || lower(own);
        EXECUTE format('CREATE POLICY %I ON puente.rule_set_file FOR SELECT TO %I USING (NOT agency_only OR rule_set = %L)', role || '_sees', role, lower(own));
        EXECUTE format('CREATE POLICY %I ON puente.rule_set_version FOR INSERT TO %I WITH CHECK (rule_set IN (''shared'', %L))', role || '_publishes', role, lower(own));
        EXECUTE format('CREATE POLICY %I ON puente.rule_set_file FOR INSERT TO %I WITH CHECK (rule_set IN (''shared'', %L))', role || '_publishes', role, lower(own));
        EXECUTE format('CREATE POLICY %I ON puente.rule_set_approval FOR INSERT TO %I WITH CHECK (agency = %L AND rule_set IN (''shared'', %L))',
                       role || '_approves', role, own, lower(own));
        EXECUTE format('CREATE POLICY %I ON puente.rule_set_activation FOR INSERT TO %I WITH CHECK (agency = %L AND rule_set IN (''shared'', %L))',
                       role || '_activates', role, own, lower(own));
    END LOOP;
END
$agencies$;
