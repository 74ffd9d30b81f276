-- The order of the queue as a moment that each leg carries; bays, their hours and slots; contingencies under two keys; legs that are overdue.
-- Rewrites the rows of open inspections and locks puente.inspection and puente.inspection_leg meanwhile.
SET LOCAL lock_timeout = '5s';

-- Who came first counts as having come at turn_at: arrival less the head starts that the load has. A contingency's own head start is taken off by
-- whoever asks, so that declaring one is one row however many loads wait. rank is kept for gateways of the release before, and read by nobody.
ALTER TABLE puente.inspection
    ALTER COLUMN rank SET DEFAULT 0,
    ADD COLUMN lane    text        NOT NULL DEFAULT '',
    ADD COLUMN trusted boolean     NOT NULL DEFAULT false,
    ADD COLUMN turn_at timestamptz NOT NULL DEFAULT now();

-- What the next claim is found by stands on the leg, so that an index holds the legs that wait and nothing else: a claim passes over no load that is
-- held, decided or waits for the other agency. in_queue: the inspection is open. due_at: until when a hold should end. overdue_since: somebody was told.
ALTER TABLE puente.inspection_leg
    ADD COLUMN us_port       text        NOT NULL DEFAULT '',
    ADD COLUMN mx_office     text        NOT NULL DEFAULT '',
    ADD COLUMN lane          text        NOT NULL DEFAULT '',
    ADD COLUMN essential     text[]      NOT NULL DEFAULT '{}',
    ADD COLUMN turn_at       timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN in_queue      boolean     NOT NULL DEFAULT false,
    ADD COLUMN due_at        timestamptz,
    ADD COLUMN slot_ends_at  timestamptz,
    ADD COLUMN overdue_since timestamptz;

-- The owner is bound by row-level security too: for the time of this update it is not.
ALTER TABLE puente.inspection NO FORCE ROW LEVEL SECURITY;
ALTER TABLE puente.inspection_leg NO FORCE ROW LEVEL SECURITY;
UPDATE puente.inspection SET turn_at = greatest(estimated_arrival, opened_at) - CASE WHEN perishable THEN interval '60 minutes' ELSE interval '0' END;
UPDATE puente.inspection_leg AS leg
   SET us_port = i.us_port, mx_office = i.mx_office, essential = i.essential, turn_at = i.turn_at, in_queue = i.is_open
  FROM puente.inspection AS i WHERE i.inspection_id = leg.inspection_id;
ALTER TABLE puente.inspection FORCE ROW LEVEL SECURITY;
ALTER TABLE puente.inspection_leg FORCE ROW LEVEL SECURITY;

-- The owner's triggers keep the legs' copy; it sees and touches these two tables for that.
CREATE POLICY keeper_sees ON puente.inspection FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY keeper_sees ON puente.inspection_leg FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY keeper_places ON puente.inspection_leg FOR UPDATE TO CURRENT_USER USING (true) WITH CHECK (true);

CREATE FUNCTION puente.place_leg() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
DECLARE
    load record;
BEGIN
    SELECT us_port, mx_office, lane, essential, turn_at, is_open INTO load FROM puente.inspection WHERE inspection_id = NEW.inspection_id;
    IF FOUND THEN
        NEW.us_port := load.us_port;
        NEW.mx_office := load.mx_office;
        NEW.lane := load.lane;
        NEW.essential := load.essential;
        NEW.turn_at := load.turn_at;
        NEW.in_queue := load.is_open;
    END IF;
    RETURN NEW;
END
$body$;
CREATE TRIGGER place_leg BEFORE INSERT OR UPDATE OF state ON puente.inspection_leg FOR EACH ROW EXECUTE FUNCTION puente.place_leg();

-- Decided legs are left alone: nobody waits for them, and their agency may be at work on them in this moment.
CREATE FUNCTION puente.place_legs() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
BEGIN
    UPDATE puente.inspection_leg
       SET us_port = NEW.us_port, mx_office = NEW.mx_office, lane = NEW.lane, essential = NEW.essential, turn_at = NEW.turn_at, in_queue = NEW.is_open
     WHERE inspection_id = NEW.inspection_id AND state NOT IN ('RELEASED', 'REFUSED');
    RETURN NULL;
END
$body$;
CREATE TRIGGER place_legs AFTER UPDATE OF us_port, mx_office, lane, essential, turn_at, is_open ON puente.inspection FOR EACH ROW
    WHEN ((OLD.us_port, OLD.mx_office, OLD.lane, OLD.essential, OLD.turn_at, OLD.is_open)
          IS DISTINCT FROM (NEW.us_port, NEW.mx_office, NEW.lane, NEW.essential, NEW.turn_at, NEW.is_open))
    EXECUTE FUNCTION puente.place_legs();

DROP INDEX puente.inspection_queue_us, puente.inspection_queue_mx;
CREATE INDEX inspection_turn_us ON puente.inspection (us_port, turn_at, inspection_id) WHERE is_open;
CREATE INDEX inspection_turn_mx ON puente.inspection (mx_office, turn_at, inspection_id) WHERE is_open;
CREATE INDEX inspection_essential_us ON puente.inspection (us_port, turn_at, inspection_id) WHERE is_open AND essential <> '{}';
CREATE INDEX inspection_essential_mx ON puente.inspection (mx_office, turn_at, inspection_id) WHERE is_open AND essential <> '{}';
CREATE INDEX leg_turn_us ON puente.inspection_leg (agency, us_port, turn_at, inspection_id)
    WHERE in_queue AND holder IS NULL AND state IN ('PENDING', 'WORKING');
CREATE INDEX leg_turn_mx ON puente.inspection_leg (agency, mx_office, turn_at, inspection_id)
    WHERE in_queue AND holder IS NULL AND state IN ('PENDING', 'WORKING');
CREATE INDEX leg_essential_us ON puente.inspection_leg (agency, us_port, turn_at, inspection_id)
    WHERE in_queue AND holder IS NULL AND state IN ('PENDING', 'WORKING') AND essential <> '{}';
CREATE INDEX leg_essential_mx ON puente.inspection_leg (agency, mx_office, turn_at, inspection_id)
    WHERE in_queue AND holder IS NULL AND state IN ('PENDING', 'WORKING') AND essential <> '{}';
CREATE INDEX leg_lease ON puente.inspection_leg (agency, lease_until) WHERE in_queue AND holder IS NOT NULL;
CREATE INDEX leg_due ON puente.inspection_leg ((least(due_at, slot_ends_at)))
    WHERE in_queue AND overdue_since IS NULL AND state IN ('PENDING', 'WORKING', 'HELD');

-- A new time gives a new chance to be late.
CREATE FUNCTION puente.forget_overdue() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    NEW.overdue_since := NULL;
    RETURN NEW;
END
$body$;
CREATE TRIGGER forget_overdue BEFORE UPDATE OF due_at, slot_ends_at ON puente.inspection_leg FOR EACH ROW
    WHEN ((OLD.due_at, OLD.slot_ends_at) IS DISTINCT FROM (NEW.due_at, NEW.slot_ends_at)) EXECUTE FUNCTION puente.forget_overdue();

-- Who is late is found and told for both agencies alike, under a role of its own that sees no more than that takes.
DO $role$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'puente_watch') THEN
        BEGIN
            CREATE ROLE puente_watch NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION INHERIT;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another database of this cluster made it in this moment
        END;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_auth_members AS held WHERE held.roleid = 'puente_watch'::regrole AND held.member = 'puente_gateway'::regrole) THEN
        GRANT puente_watch TO puente_gateway;
    END IF;
END
$role$;
GRANT USAGE ON SCHEMA puente TO puente_watch;
CREATE POLICY watch_sees ON puente.inspection_leg FOR SELECT TO puente_watch USING (true);
CREATE POLICY watch_flags ON puente.inspection_leg FOR UPDATE TO puente_watch USING (true) WITH CHECK (true);
CREATE POLICY watch_sees ON puente.manifest FOR SELECT TO puente_watch USING (true);
CREATE POLICY watch_moves ON puente.manifest FOR UPDATE TO puente_watch USING (true) WITH CHECK (true);
CREATE POLICY watch_tells ON puente.event FOR INSERT TO puente_watch WITH CHECK (kind = 'leg_overdue' AND audience = 'OFFICERS');
GRANT SELECT (inspection_id, agency, manifest_id, state, in_queue, due_at, slot_ends_at, overdue_since) ON puente.inspection_leg TO puente_watch;
GRANT UPDATE (overdue_since) ON puente.inspection_leg TO puente_watch;
GRANT SELECT (manifest_id, status, version, state_no, changed_at) ON puente.manifest TO puente_watch;
GRANT UPDATE (state_no, changed_at) ON puente.manifest TO puente_watch;
GRANT INSERT (manifest_id, at, kind, version, state_no, actor, status, detail, audience) ON puente.event TO puente_watch;

-- A bay of a port, and the hours in which each agency has officers there, by the clock of the port.
CREATE TABLE puente.bay (
    port         text NOT NULL CHECK (port ~ '^[0-9]{3,4}$'),
    name         text NOT NULL CHECK (name ~ '^[A-Za-z0-9-]{1,32}$'),
    time_zone    text NOT NULL,
    lanes        text[] NOT NULL DEFAULT '{}',  -- none: loads of every lane
    capacity     integer NOT NULL CHECK (capacity BETWEEN 1 AND 500),
    slot_minutes integer NOT NULL CHECK (slot_minutes IN (15, 20, 30, 60)),
    PRIMARY KEY (port, name)
);
CREATE TABLE puente.bay_hours (
    port    text NOT NULL,
    name    text NOT NULL,
    agency  text NOT NULL CHECK (agency <> ''),
    weekday integer NOT NULL CHECK (weekday BETWEEN 1 AND 7),  -- ISO 8601: 1 is Monday
    opens   integer NOT NULL CHECK (opens BETWEEN 0 AND 1439),  -- minutes of the local day
    closes  integer NOT NULL CHECK (closes BETWEEN 1 AND 1440),
    PRIMARY KEY (port, name, agency, weekday, opens),
    FOREIGN KEY (port, name) REFERENCES puente.bay,
    CHECK (closes > opens)
);
-- When and where a load is looked at: one slot for all agencies that look. place numbers the loads of a moment, so that no bay is ever over-full.
CREATE TABLE puente.slot (
    inspection_id uuid PRIMARY KEY REFERENCES puente.inspection,
    port          text NOT NULL,
    name          text NOT NULL,
    starts_at     timestamptz NOT NULL,
    ends_at       timestamptz NOT NULL CHECK (ends_at > starts_at),
    place         integer NOT NULL CHECK (place > 0),
    agencies      text[] NOT NULL CHECK (cardinality(agencies) > 0),
    booked_by     text NOT NULL,
    booked_at     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (port, name, starts_at, place),
    FOREIGN KEY (port, name) REFERENCES puente.bay
);

-- What inspection::next_common_slot promises: within the capacity, as long as the bay says, in hours of every agency that takes part.
CREATE FUNCTION puente.refuse_wrong_slot() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    bay   puente.bay;
    begun timestamp;
    until timestamp;
BEGIN
    SELECT * INTO STRICT bay FROM puente.bay AS b WHERE b.port = NEW.port AND b.name = NEW.name;
    begun := NEW.starts_at AT TIME ZONE bay.time_zone;
    until := (NEW.ends_at - interval '1 minute') AT TIME ZONE bay.time_zone;
    IF NEW.place > bay.capacity OR NEW.ends_at - NEW.starts_at <> bay.slot_minutes * interval '1 minute' OR EXISTS (
        SELECT FROM unnest(NEW.agencies) AS needed (agency) WHERE NOT EXISTS (
            SELECT FROM puente.bay_hours AS h
             WHERE h.port = NEW.port AND h.name = NEW.name AND h.agency = needed.agency AND h.weekday = extract(isodow FROM begun)
               AND until::date = begun::date AND h.opens <= extract(hour FROM begun) * 60 + extract(minute FROM begun)
               AND h.closes > extract(hour FROM until) * 60 + extract(minute FROM until))) THEN
        RAISE EXCEPTION 'this slot is not one of the bay' USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_of_bay';
    END IF;
    RETURN NEW;
END
$body$;
CREATE TRIGGER refuse_wrong_slot BEFORE INSERT OR UPDATE ON puente.slot FOR EACH ROW EXECUTE FUNCTION puente.refuse_wrong_slot();

CREATE FUNCTION puente.slot_binds_legs() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
BEGIN
    UPDATE puente.inspection_leg SET slot_ends_at = NEW.ends_at WHERE inspection_id = NEW.inspection_id AND agency = ANY (NEW.agencies);
    RETURN NULL;
END
$body$;
CREATE TRIGGER slot_binds_legs AFTER INSERT OR UPDATE ON puente.slot FOR EACH ROW EXECUTE FUNCTION puente.slot_binds_legs();

-- A contingency puts essential goods first at a port. Declared by one agency, in force when the other has confirmed it, over at ends_at at the latest.
-- us_ports and mx_offices: the codes of both countries that the port stands for; it holds for loads that cross between two of them.
CREATE TABLE puente.contingency (
    contingency_id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    port             text NOT NULL CHECK (port ~ '^[0-9]{3,4}$'),
    us_ports         text[] NOT NULL CHECK (cardinality(us_ports) > 0),
    mx_offices       text[] NOT NULL CHECK (cardinality(mx_offices) > 0),
    classes          text[] NOT NULL CHECK (cardinality(classes) > 0),
    head_start       interval NOT NULL CHECK (head_start BETWEEN interval '0' AND interval '7 days'),
    reason           text NOT NULL CHECK (reason <> ''),
    declared_by      text NOT NULL,
    declared_client  text NOT NULL CHECK (declared_client <> ''),
    declared_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    ends_at          timestamptz NOT NULL,
    confirmed_by     text,
    confirmed_client text,
    confirmed_at     timestamptz,
    ended_by         text,
    ended_client     text,
    ended_at         timestamptz,
    CHECK (ends_at > declared_at AND ends_at <= declared_at + interval '30 days'),
    CONSTRAINT contingency_two_keys CHECK (confirmed_by <> declared_by),
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL) AND (confirmed_by IS NULL) = (confirmed_client IS NULL)),
    CHECK ((ended_by IS NULL) = (ended_at IS NULL) AND (ended_by IS NULL) = (ended_client IS NULL))
);
CREATE INDEX contingency_of_port ON puente.contingency (port, declared_at DESC);
CREATE INDEX contingency_live ON puente.contingency (ends_at) WHERE ended_at IS NULL;

-- Every step of a contingency, for good. LAPSED: nobody ended it, its time was over.
CREATE TABLE puente.contingency_step (
    contingency_id uuid NOT NULL REFERENCES puente.contingency,
    step           text NOT NULL CHECK (step IN ('DECLARED', 'CONFIRMED', 'ENDED', 'LAPSED')),
    at             timestamptz NOT NULL,
    agency         text,
    by_client      text,
    PRIMARY KEY (contingency_id, step),
    CHECK ((agency IS NULL) = (step = 'LAPSED') AND (by_client IS NULL) = (step = 'LAPSED'))
);

-- Who turns a key does so as the agency whose role the transaction has, once, and nothing else of a contingency ever changes.
CREATE FUNCTION puente.refuse_wrong_key() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    own text := upper(substr(current_user, 8));
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM pg_advisory_xact_lock(hashtext('puente.contingency'), hashtext(NEW.port));
        IF NEW.confirmed_by IS NOT NULL OR NEW.ended_by IS NOT NULL OR EXISTS (
            SELECT FROM puente.contingency AS c WHERE c.port = NEW.port AND c.ended_at IS NULL AND c.ends_at > clock_timestamp()) THEN
            RAISE EXCEPTION 'a contingency is declared at this port' USING ERRCODE = 'check_violation', CONSTRAINT = 'contingency_one_at_a_time';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.confirmed_by, NEW.confirmed_client, NEW.confirmed_at) IS DISTINCT FROM (OLD.confirmed_by, OLD.confirmed_client, OLD.confirmed_at)
       AND (OLD.confirmed_by IS NOT NULL OR NEW.confirmed_by IS DISTINCT FROM own OR OLD.ended_at IS NOT NULL OR OLD.ends_at <= clock_timestamp())
       OR (NEW.ended_by, NEW.ended_client, NEW.ended_at) IS DISTINCT FROM (OLD.ended_by, OLD.ended_client, OLD.ended_at)
       AND (OLD.ended_by IS NOT NULL OR NEW.ended_by IS DISTINCT FROM own OR OLD.ends_at <= clock_timestamp()) THEN
        RAISE EXCEPTION 'this key cannot be turned' USING ERRCODE = 'check_violation', CONSTRAINT = 'contingency_key';
    END IF;
    RETURN NEW;
END
$body$;
CREATE TRIGGER refuse_wrong_key BEFORE INSERT OR UPDATE ON puente.contingency FOR EACH ROW EXECUTE FUNCTION puente.refuse_wrong_key();

CREATE FUNCTION puente.note_contingency_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO puente.contingency_step VALUES (NEW.contingency_id, 'DECLARED', NEW.declared_at, NEW.declared_by, NEW.declared_client);
        RETURN NULL;
    END IF;
    IF OLD.confirmed_by IS NULL AND NEW.confirmed_by IS NOT NULL THEN
        INSERT INTO puente.contingency_step VALUES (NEW.contingency_id, 'CONFIRMED', NEW.confirmed_at, NEW.confirmed_by, NEW.confirmed_client);
    END IF;
    IF OLD.ended_by IS NULL AND NEW.ended_by IS NOT NULL THEN
        INSERT INTO puente.contingency_step VALUES (NEW.contingency_id, 'ENDED', NEW.ended_at, NEW.ended_by, NEW.ended_client);
    END IF;
    RETURN NULL;
END
$body$;
CREATE TRIGGER note_contingency_step AFTER INSERT OR UPDATE ON puente.contingency FOR EACH ROW EXECUTE FUNCTION puente.note_contingency_step();

-- The largest head start that a load has by a contingency in force. Twin of inspection::turn_of.
CREATE FUNCTION puente.contingency_head_start(at_us_port text, at_mx_office text, on_board text[]) RETURNS interval LANGUAGE sql STABLE AS $body$
    SELECT COALESCE(max(c.head_start), interval '0') FROM puente.contingency AS c
     WHERE on_board <> '{}' AND c.ended_at IS NULL AND c.ends_at > clock_timestamp() AND c.confirmed_at IS NOT NULL
       AND at_us_port = ANY (c.us_ports) AND at_mx_office = ANY (c.mx_offices) AND c.classes && on_board;
$body$;

DO $force$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['bay', 'bay_hours', 'slot', 'contingency', 'contingency_step'] LOOP
        EXECUTE format('ALTER TABLE puente.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE puente.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY officers_see ON puente.%I FOR SELECT TO puente_cbp, puente_sat USING (true)', name);
    END LOOP;
END
$force$;

-- Which officer turned a key is in the log of steps, for an audit by the owner; officers see which agency did.
GRANT SELECT ON puente.bay, puente.bay_hours, puente.slot TO puente_cbp, puente_sat;
GRANT SELECT (contingency_id, port, us_ports, mx_offices, classes, head_start, reason, declared_by, declared_at, ends_at, confirmed_by, confirmed_at,
              ended_by, ended_at) ON puente.contingency TO puente_cbp, puente_sat;
GRANT SELECT (contingency_id, step, at, agency) ON puente.contingency_step TO puente_cbp, puente_sat;

CREATE POLICY officers_furnish ON puente.bay FOR INSERT TO puente_cbp, puente_sat WITH CHECK (true);
CREATE POLICY officers_change ON puente.bay FOR UPDATE TO puente_cbp, puente_sat USING (true) WITH CHECK (true);
CREATE POLICY officers_move ON puente.slot FOR UPDATE TO puente_cbp, puente_sat USING (true) WITH CHECK (true);
CREATE POLICY officers_turn_keys ON puente.contingency FOR UPDATE TO puente_cbp, puente_sat USING (true) WITH CHECK (true);
CREATE POLICY keeper_notes ON puente.contingency_step FOR INSERT TO CURRENT_USER WITH CHECK (true);
CREATE POLICY watch_sees ON puente.contingency FOR SELECT TO puente_watch USING (true);
CREATE POLICY watch_sees ON puente.contingency_step FOR SELECT TO puente_watch USING (true);
CREATE POLICY watch_notes ON puente.contingency_step FOR INSERT TO puente_watch WITH CHECK (step = 'LAPSED');
GRANT INSERT ON puente.bay TO puente_cbp, puente_sat;
GRANT UPDATE (time_zone, lanes, capacity, slot_minutes) ON puente.bay TO puente_cbp, puente_sat;
GRANT INSERT, DELETE ON puente.bay_hours TO puente_cbp, puente_sat;
GRANT INSERT (inspection_id, port, name, starts_at, ends_at, place, agencies, booked_by) ON puente.slot TO puente_cbp, puente_sat;
GRANT UPDATE (port, name, starts_at, ends_at, place, agencies, booked_by, booked_at) ON puente.slot TO puente_cbp, puente_sat;
GRANT INSERT (port, us_ports, mx_offices, classes, head_start, reason, declared_by, declared_client, ends_at) ON puente.contingency TO puente_cbp, puente_sat;
GRANT UPDATE (confirmed_by, confirmed_client, confirmed_at, ended_by, ended_client, ended_at) ON puente.contingency TO puente_cbp, puente_sat;
GRANT SELECT (contingency_id, ends_at, ended_at, confirmed_at) ON puente.contingency TO puente_watch;
GRANT SELECT (contingency_id, step), INSERT ON puente.contingency_step TO puente_watch;

DO $agencies$
DECLARE
    own  text;
    role text;
BEGIN
    FOREACH own IN ARRAY ARRAY['CBP', 'SAT'] LOOP
        role := 'puente_' || lower(own);
        EXECUTE format('CREATE POLICY %I ON puente.bay_hours FOR INSERT TO %I WITH CHECK (agency = %L)', role || '_opens', role, own);
        EXECUTE format('CREATE POLICY %I ON puente.bay_hours FOR DELETE TO %I USING (agency = %L)', role || '_closes', role, own);
        EXECUTE format('CREATE POLICY %I ON puente.slot FOR INSERT TO %I WITH CHECK (booked_by = %L)', role || '_books', role, own);
        EXECUTE format('CREATE POLICY %I ON puente.contingency FOR INSERT TO %I WITH CHECK (declared_by = %L)', role || '_declares', role, own);
    END LOOP;
END
$agencies$;
