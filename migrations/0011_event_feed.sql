-- The log of events as a feed that is read from any place on, at any gateway, without gap or repetition. Building the index keeps filings of a filled
-- database waiting while it lasts (about a second for a million events); nothing else is locked.
--
-- The order is (written_by, event_id), and readers stop below the oldest transaction that is still writing. Event numbers alone would skip: a number
-- is drawn before its transaction commits, so a lower one can appear after a higher one was read.
SET LOCAL lock_timeout = '5s';

CREATE INDEX event_feed ON puente.event (written_by, event_id);

-- Whoever removes events moves this forward in the same transaction: a place before it can no longer be resumed from.
CREATE TABLE puente.event_horizon (
    only_one  boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    kept_from xid8 NOT NULL
);
INSERT INTO puente.event_horizon (kept_from) VALUES ('0');

-- One reader in each gateway reads for all brokers and carriers together and hands each what is its own. Its role sees what all may see, of every
-- company, with the columns that say whose it is; private events it cannot see at all.
DO $role$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'puente_feed') THEN
        BEGIN
            CREATE ROLE puente_feed NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION INHERIT;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another database of this cluster made it in this moment
        END;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_auth_members AS held WHERE held.roleid = 'puente_feed'::regrole AND held.member = 'puente_gateway'::regrole) THEN
        GRANT puente_feed TO puente_gateway;
    END IF;
END
$role$;

GRANT USAGE ON SCHEMA puente TO puente_feed;
CREATE POLICY feed_sees_what_all_may ON puente.event FOR SELECT TO puente_feed USING (audience = 'ALL');
CREATE POLICY feed_sees_whose_it_is ON puente.manifest FOR SELECT TO puente_feed USING (true);
GRANT SELECT (event_id, manifest_id, at, kind, version, state_no, actor, status, detail, audience, written_by) ON puente.event TO puente_feed;
GRANT SELECT (manifest_id, company, carrier_key, trip_number, us_port, mx_office) ON puente.manifest TO puente_feed;
GRANT SELECT ON puente.event_horizon TO puente_feed;
