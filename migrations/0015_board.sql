-- What the board of a port is read from: counts by hour and status, made from the log of events, and how the queue stands. One gateway at a time counts,
-- apart from intake, which it costs nothing. A filled database is counted from its first event on, afterwards. Two indexes for the lists: building them keeps
-- filings of a filled database waiting while it lasts (about a second for a million manifests).
SET LOCAL lock_timeout = '5s';

-- How far the events have been counted. Whoever locks the row counts the next ones, in the order of the feed (0011), so that each is counted once.
CREATE TABLE puente.board_cursor (
    only_one    boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    after_xid   xid8        NOT NULL DEFAULT '0',
    after_event bigint      NOT NULL DEFAULT 0,
    caught_up   boolean     NOT NULL DEFAULT false,  -- when it last looked, there was nothing left to count
    looked_at   timestamptz NOT NULL DEFAULT now()   -- at the queue
);
INSERT INTO puente.board_cursor DEFAULT VALUES;

-- An hour at a crossing. filed and crossed are counted for the load: agency, lane and class are empty; selected has the lane and class of the inspection; the
-- rest is one agency's. waits counts the legs begun by how long they waited: puente.wait_bucket.
CREATE TABLE puente.board_hour (
    hour      timestamptz NOT NULL,
    us_port   text        NOT NULL,
    mx_office text        NOT NULL,
    agency    text        NOT NULL,
    lane      text        NOT NULL,
    class     text        NOT NULL CHECK (class IN ('', 'essential', 'trusted', 'perishable', 'other')),
    filed     bigint      NOT NULL DEFAULT 0,
    selected  bigint      NOT NULL DEFAULT 0,
    crossed   bigint      NOT NULL DEFAULT 0,
    begun     bigint      NOT NULL DEFAULT 0,
    released  bigint      NOT NULL DEFAULT 0,
    held      bigint      NOT NULL DEFAULT 0,
    refused   bigint      NOT NULL DEFAULT 0,
    waits     integer[]   NOT NULL DEFAULT '{}',
    PRIMARY KEY (hour, us_port, mx_office, agency, lane, class)
) WITH (fillfactor = 70);
CREATE INDEX board_hour_us ON puente.board_hour (us_port, hour);
CREATE INDEX board_hour_mx ON puente.board_hour (mx_office, hour);

-- Manifests by public status.
CREATE TABLE puente.board_status (
    us_port   text   NOT NULL,
    mx_office text   NOT NULL,
    status    text   NOT NULL,
    manifests bigint NOT NULL,
    PRIMARY KEY (us_port, mx_office, status)
);
CREATE INDEX board_status_mx ON puente.board_status (mx_office);

-- Legs in the queue, as they were when the queue was last looked at.
CREATE TABLE puente.board_queue (
    us_port      text   NOT NULL,
    mx_office    text   NOT NULL,
    agency       text   NOT NULL,
    class        text   NOT NULL CHECK (class IN ('essential', 'trusted', 'perishable', 'other')),
    waiting      bigint NOT NULL,  -- nobody holds them
    arrived      bigint NOT NULL,  -- of those: the load should be there by now
    in_hand      bigint NOT NULL,  -- claimed, under a lease that runs
    oldest_since timestamptz,      -- of those arrived
    PRIMARY KEY (us_port, mx_office, agency, class)
);
CREATE INDEX board_queue_mx ON puente.board_queue (mx_office);

-- Where a manifest was before it was amended to another crossing: up to, and not with, state_no. What happened before counts there.
CREATE TABLE puente.board_move (
    manifest_id uuid   NOT NULL REFERENCES puente.manifest,
    state_no    bigint NOT NULL,
    us_port     text   NOT NULL,
    mx_office   text   NOT NULL,
    PRIMARY KEY (manifest_id, state_no)
);
CREATE FUNCTION puente.note_move() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
BEGIN
    INSERT INTO puente.board_move VALUES (NEW.manifest_id, NEW.state_no, OLD.us_port, OLD.mx_office) ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$body$;
CREATE TRIGGER note_move AFTER UPDATE OF us_port, mx_office ON puente.manifest FOR EACH ROW
    WHEN ((OLD.us_port, OLD.mx_office) IS DISTINCT FROM (NEW.us_port, NEW.mx_office)) EXECUTE FUNCTION puente.note_move();

-- What a load counts as: the first of these that applies.
CREATE FUNCTION puente.board_class(essential text[], trusted boolean, perishable boolean) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN essential <> '{}' THEN 'essential' WHEN trusted THEN 'trusted' WHEN perishable THEN 'perishable' ELSE 'other' END;

-- Bucket 0 holds waits below one minute, bucket n those from 2^((n-1)/4) minutes on and below 2^(n/4); the last, 65, all of 45 days and more. Four to a doubling:
-- a percentile taken at the middle of its bucket is off by 9 % at most. Twin of clearance::wait_of_bucket.
CREATE FUNCTION puente.wait_bucket(seconds double precision) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN seconds < 60 THEN 0 ELSE least(65, 1 + floor(4 * ln(seconds / 60) / ln(2.0))::integer) END;

CREATE FUNCTION puente.histogram(buckets integer[]) RETURNS integer[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT array_agg((SELECT count(*) FROM unnest(buckets) AS b WHERE b = bucket)::integer ORDER BY bucket)
              FROM generate_series(0, (SELECT max(b) FROM unnest(buckets) AS b)) AS bucket);
CREATE FUNCTION puente.added(one integer[], other integer[]) RETURNS integer[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN one = '{}' THEN other WHEN other = '{}' THEN one ELSE
        (SELECT array_agg(COALESCE(a, 0) + COALESCE(b, 0) ORDER BY place) FROM unnest(one, other) WITH ORDINALITY AS both_of (a, b, place)) END;

-- A port's manifests with a status that few have: filings that nobody looks at, and crossings, pay nothing for it.
CREATE INDEX manifest_at_us_status ON puente.manifest (us_port, status, manifest_id) WHERE status NOT IN ('CLEARED', 'CROSSED');
CREATE INDEX manifest_at_mx_status ON puente.manifest (mx_office, status, manifest_id) WHERE status NOT IN ('CLEARED', 'CROSSED');

DO $force$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['board_cursor', 'board_hour', 'board_status', 'board_queue', 'board_move'] LOOP
        EXECUTE format('ALTER TABLE puente.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE puente.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY watch_counts ON puente.%I TO puente_watch USING (true) WITH CHECK (true)', name);
    END LOOP;
    -- The same numbers for officers of every agency; nothing in them is private to one.
    FOREACH name IN ARRAY ARRAY['board_cursor', 'board_hour', 'board_status', 'board_queue'] LOOP
        EXECUTE format('CREATE POLICY officers_see ON puente.%I FOR SELECT TO puente_officer USING (true)', name);
    END LOOP;
END
$force$;
CREATE POLICY keeper_notes ON puente.board_move FOR INSERT TO CURRENT_USER WITH CHECK (true);
GRANT SELECT ON puente.board_cursor, puente.board_hour, puente.board_status, puente.board_queue TO puente_officer;

-- The watch (0010) counts for all agencies alike, and reads no event that is private to one of them.
CREATE POLICY watch_counts ON puente.event FOR SELECT TO puente_watch USING (audience IN ('ALL', 'OFFICERS'));
CREATE POLICY watch_counts ON puente.inspection FOR SELECT TO puente_watch USING (true);
GRANT SELECT (event_id, manifest_id, at, kind, state_no, actor, status, detail, audience, written_by) ON puente.event TO puente_watch;
GRANT SELECT (us_port, mx_office) ON puente.manifest TO puente_watch;
GRANT SELECT (inspection_id, manifest_id, us_port, mx_office, lane, trusted, perishable, essential, estimated_arrival, opened_at) ON puente.inspection TO puente_watch;
GRANT SELECT (us_port, mx_office, holder, lease_until) ON puente.inspection_leg TO puente_watch;
GRANT SELECT ON puente.board_move TO puente_watch;
GRANT SELECT, UPDATE (after_xid, after_event, caught_up, looked_at) ON puente.board_cursor TO puente_watch;
GRANT SELECT, INSERT, UPDATE, DELETE ON puente.board_hour, puente.board_status, puente.board_queue TO puente_watch;
