-- What grows with every filing is kept in partitions, one for the manifests that were filed in a month: versions, findings, events, gate events go all
-- together when their time is over. A manifest id is a UUIDv7, so that the month is in the key of every table and nothing else has to name it.
-- The tables there are become the first partitions as they stand. Reads them once to check that (some seconds for a million manifests, in which filings
-- wait) and rewrites nothing.
--
-- Also: of two transactions on one manifest, the one that commits later stands later in the feed of events, whatever number it was given.
SET LOCAL lock_timeout = '5s';
SET LOCAL TimeZone = 'UTC';

-- Months ---------------------------------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION puente.first_id_at(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (lpad(to_hex(floor(extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

-- The manifests filed from one moment on and before another: those from first_id on and below next_id.
CREATE TABLE puente.cohort (
    name       text PRIMARY KEY CHECK (name ~ '^[a-z0-9_]{1,16}$'),  -- what its partitions' names end in
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL UNIQUE CHECK (ends_at > starts_at),
    first_id   uuid NOT NULL,
    next_id    uuid NOT NULL CHECK (next_id > first_id),
    removed_at timestamptz                                           -- when its partitions went
);

CREATE FUNCTION puente.cohort_tables() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY['manifest_version', 'finding', 'event', 'gate_event'];

-- The event table loses its identity column, which a partitioned table cannot have: the same numbers, from a sequence. A number alone finds its event by a
-- block range index, which costs the intake next to nothing.
ALTER TABLE puente.event NO FORCE ROW LEVEL SECURITY;
DO $numbers$
DECLARE
    last bigint := (SELECT COALESCE(max(event_id), 0) FROM puente.event);
BEGIN
    ALTER TABLE puente.event ALTER COLUMN event_id DROP IDENTITY;
    CREATE SEQUENCE puente.event_number AS bigint;
    PERFORM setval('puente.event_number', last + 1, false);
END
$numbers$;
ALTER TABLE puente.event
    ALTER COLUMN event_id SET DEFAULT nextval('puente.event_number'),
    DROP CONSTRAINT event_pkey,
    VALIDATE CONSTRAINT event_audience_check;
DROP INDEX puente.event_of_manifest;
ALTER TABLE puente.event ADD UNIQUE (manifest_id, event_id);
REVOKE INSERT ON puente.event FROM puente_intake;
GRANT INSERT (manifest_id, at, kind, version, state_no, actor, status, detail, audience) ON puente.event TO puente_intake;
GRANT USAGE ON SEQUENCE puente.event_number TO puente_intake, puente_officer, puente_watch;

-- Each table becomes the first partition of one that takes over its name, its rights and its policies. A partition has none: it is reached through the whole.
DO $whole$
DECLARE
    kept     text;
    entry    record;
    policies jsonb;
    grants   jsonb;
    ends     timestamptz := date_trunc('month', now()) + interval '1 month';
BEGIN
    INSERT INTO puente.cohort (name, starts_at, ends_at, first_id, next_id)
    VALUES ('first', '-infinity', ends, '00000000-0000-0000-0000-000000000000', puente.first_id_at(ends));
    FOREACH kept IN ARRAY puente.cohort_tables() LOOP
        SELECT jsonb_agg(to_jsonb(p)) INTO policies FROM pg_policies AS p WHERE p.schemaname = 'puente' AND p.tablename = kept;
        SELECT jsonb_agg(to_jsonb(g)) INTO grants FROM (
            SELECT a.grantee::regrole::text AS grantee, a.privilege_type AS privilege, '' AS place
              FROM pg_class AS c, aclexplode(c.relacl) AS a WHERE c.oid = ('puente.' || kept)::regclass AND a.grantee <> c.relowner
            UNION ALL
            SELECT a.grantee::regrole::text, a.privilege_type, '(' || quote_ident(t.attname) || ')'
              FROM pg_attribute AS t, aclexplode(t.attacl) AS a WHERE t.attrelid = ('puente.' || kept)::regclass AND NOT t.attisdropped) AS g;

        EXECUTE format('ALTER TABLE puente.%I RENAME TO %I', kept, kept || '_first');
        EXECUTE format('CREATE TABLE puente.%I (LIKE puente.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING COMPRESSION) '
                       'PARTITION BY RANGE (manifest_id)', kept, kept || '_first');
        EXECUTE format('ALTER TABLE puente.%I ADD FOREIGN KEY (manifest_id) REFERENCES puente.manifest, ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', kept);
        FOR entry IN SELECT * FROM jsonb_to_recordset(policies) AS p (policyname text, roles text[], cmd text, qual text, with_check text) LOOP
            EXECUTE format('CREATE POLICY %I ON puente.%I FOR %s TO %s', entry.policyname, kept, entry.cmd, array_to_string(entry.roles, ', ')) ||
                    COALESCE(' USING (' || entry.qual || ')', '') || COALESCE(' WITH CHECK (' || entry.with_check || ')', '');
            EXECUTE format('DROP POLICY %I ON puente.%I', entry.policyname, kept || '_first');
        END LOOP;
        FOR entry IN SELECT * FROM jsonb_to_recordset(grants) AS g (grantee text, privilege text, place text) LOOP
            EXECUTE format('GRANT %s %s ON puente.%I TO %s', entry.privilege, entry.place, kept, entry.grantee);
            EXECUTE format('REVOKE ALL ON puente.%I FROM %s', kept || '_first', entry.grantee);
        END LOOP;
    END LOOP;
END
$whole$;

ALTER SEQUENCE puente.event_number OWNED BY puente.event.event_id;
ALTER TABLE puente.manifest_version ADD PRIMARY KEY (manifest_id, version);
ALTER TABLE puente.finding ADD PRIMARY KEY (manifest_id, version, item);
ALTER TABLE puente.event ADD UNIQUE (manifest_id, event_id);
ALTER TABLE puente.gate_event ADD PRIMARY KEY (manifest_id, kind);
CREATE INDEX event_feed_of_all ON puente.event (written_by, event_id);
CREATE INDEX event_number_of_all ON puente.event USING brin (event_id) WITH (autosummarize = on);

-- The first partition takes everything so far; the last takes what belongs to no month: what outlives the others of its month, and manifests whose month
-- nobody has prepared.
DO $parts$
DECLARE
    kept text;
BEGIN
    FOREACH kept IN ARRAY puente.cohort_tables() LOOP
        EXECUTE format('ALTER TABLE puente.%I ATTACH PARTITION puente.%I FOR VALUES FROM (MINVALUE) TO (%L)', kept, kept || '_first',
                       (SELECT next_id FROM puente.cohort));
        EXECUTE format('ALTER TABLE puente.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', kept || '_first');
        EXECUTE format('CREATE TABLE puente.%I PARTITION OF puente.%I DEFAULT', kept || '_other', kept);
        EXECUTE format('ALTER TABLE puente.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', kept || '_other');
    END LOOP;
END
$parts$;

-- Makes the partitions of every month that begins before a moment. A partition is made aside and then attached, which keeps nobody from filing for longer
-- than a glance. Rows of the month that came too early move in from the last partition.
CREATE FUNCTION puente.add_cohorts(until timestamptz) RETURNS integer LANGUAGE plpgsql SET TimeZone = 'UTC' SET lock_timeout = '500ms' AS $body$
DECLARE
    made   integer := 0;
    begins timestamptz;
    ends   timestamptz;
    kept   text;
    part   text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('puente.cohort'), 0);
    LOOP
        SELECT max(ends_at) INTO begins FROM puente.cohort;
        EXIT WHEN begins >= until;
        ends := begins + interval '1 month';
        FOREACH kept IN ARRAY puente.cohort_tables() LOOP
            part := kept || '_' || to_char(begins, 'YYYY_MM');
            EXECUTE format('CREATE TABLE puente.%I (LIKE puente.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING COMPRESSION)', part, kept);
            IF kept = 'manifest_version' THEN
                EXECUTE format('ALTER TABLE puente.%I SET (toast_tuple_target = 4096)', part);
            END IF;
            -- Empty when it is attached: checking rows against the manifests would be done under policies that show the owner none.
            EXECUTE format('CREATE TEMPORARY TABLE early (LIKE puente.%I) ON COMMIT DROP', kept);
            EXECUTE format('ALTER TABLE puente.%I NO FORCE ROW LEVEL SECURITY', kept || '_other');
            EXECUTE format('WITH gone AS (DELETE FROM puente.%I WHERE manifest_id >= $1 AND manifest_id < $2 RETURNING *) INSERT INTO early SELECT * FROM gone',
                           kept || '_other') USING puente.first_id_at(begins), puente.first_id_at(ends);
            EXECUTE format('ALTER TABLE puente.%I FORCE ROW LEVEL SECURITY', kept || '_other');
            EXECUTE format('ALTER TABLE puente.%I ATTACH PARTITION puente.%I FOR VALUES FROM (%L) TO (%L)', kept, part, puente.first_id_at(begins),
                           puente.first_id_at(ends));
            EXECUTE format('INSERT INTO puente.%I SELECT * FROM early', part);
            DROP TABLE early;
            EXECUTE format('ALTER TABLE puente.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
        END LOOP;
        INSERT INTO puente.cohort (name, starts_at, ends_at, first_id, next_id)
        VALUES (to_char(begins, 'YYYY_MM'), begins, ends, puente.first_id_at(begins), puente.first_id_at(ends));
        made := made + 1;
    END LOOP;
    RETURN made;
END
$body$;
REVOKE EXECUTE ON FUNCTION puente.add_cohorts(timestamptz) FROM PUBLIC;

-- What the gateways call: they own nothing, and can make the next months' partitions and no others.
CREATE FUNCTION puente.prepare_cohorts() RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    RETURN puente.add_cohorts(now() + interval '2 months');
REVOKE EXECUTE ON FUNCTION puente.prepare_cohorts() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION puente.prepare_cohorts() TO puente_watch;
SELECT puente.prepare_cohorts();

-- The order of one manifest's events ------------------------------------------------------------------------------------------------------------------

-- Who moves a manifest holds its row until COMMIT. told_by is the highest number of a transaction that did: an event written behind it stands behind it in the
-- feed too, though its own transaction may have begun before. Safe for readers: it is never below the number of a transaction that still writes.
ALTER TABLE puente.manifest ADD COLUMN told_by xid8;
GRANT SELECT (told_by) ON puente.manifest TO puente_officer, puente_sender, puente_watch;

CREATE FUNCTION puente.note_teller() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    NEW.told_by := greatest(OLD.told_by, pg_current_xact_id());
    RETURN NEW;
END
$body$;
CREATE TRIGGER note_teller BEFORE UPDATE OF state_no ON puente.manifest FOR EACH ROW EXECUTE FUNCTION puente.note_teller();

CREATE FUNCTION puente.place_event() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    NEW.written_by := greatest(NEW.written_by, (SELECT told_by FROM puente.manifest WHERE manifest_id = NEW.manifest_id));
    RETURN NEW;
END
$body$;
CREATE TRIGGER place_event BEFORE INSERT ON puente.event FOR EACH ROW
    WHEN (NEW.kind <> 'filed' AND NEW.written_by = pg_current_xact_id()) EXECUTE FUNCTION puente.place_event();
