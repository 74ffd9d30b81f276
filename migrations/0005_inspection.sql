-- Inspections, one leg for each agency, and why a load was selected. The database refuses what the domain refuses. Locks nothing that is in use.
SET LOCAL lock_timeout = '5s';

CREATE TABLE puente.inspection (
    inspection_id     uuid PRIMARY KEY,
    manifest_id       uuid NOT NULL UNIQUE REFERENCES puente.manifest,
    us_port           text NOT NULL,
    mx_office         text NOT NULL,
    rank              integer NOT NULL,
    perishable        boolean NOT NULL,
    essential         text[] NOT NULL,
    estimated_arrival timestamptz NOT NULL,
    opened_at         timestamptz NOT NULL,
    is_open           boolean NOT NULL
);
-- The order of the queue: rank, perishables, arrival, age.
CREATE INDEX inspection_queue_us ON puente.inspection (us_port, (-rank), (NOT perishable), estimated_arrival, opened_at, inspection_id) WHERE is_open;
CREATE INDEX inspection_queue_mx ON puente.inspection (mx_office, (-rank), (NOT perishable), estimated_arrival, opened_at, inspection_id) WHERE is_open;

CREATE TABLE puente.inspection_leg (
    inspection_id uuid NOT NULL REFERENCES puente.inspection,
    agency        text NOT NULL CHECK (agency IN ('CBP', 'SAT')),
    manifest_id   uuid NOT NULL REFERENCES puente.manifest,
    state         text NOT NULL CHECK (state IN ('NONE', 'PENDING', 'WORKING', 'RELEASED', 'HELD', 'REFUSED')),
    kind          text NOT NULL CHECK (kind IN ('REVIEW', 'INSPECT')),
    fence         bigint NOT NULL DEFAULT 0 CHECK (fence >= 0),
    holder        text,
    lease_until   timestamptz,
    decision_note text NOT NULL DEFAULT '',
    found         json NOT NULL DEFAULT '[]',
    decided_at    timestamptz,
    PRIMARY KEY (inspection_id, agency),
    UNIQUE (manifest_id, agency),
    CHECK ((holder IS NULL) = (lease_until IS NULL)),
    CHECK (holder IS NULL OR state IN ('PENDING', 'WORKING', 'HELD')),
    CHECK ((decided_at IS NOT NULL) = (state IN ('RELEASED', 'HELD', 'REFUSED')))
);

CREATE TABLE puente.selection_factor (
    inspection_id uuid NOT NULL REFERENCES puente.inspection,
    item          integer NOT NULL,
    agency        text NOT NULL CHECK (agency IN ('CBP', 'SAT')),
    name          text NOT NULL,
    detail        text NOT NULL,
    points        integer NOT NULL,
    PRIMARY KEY (inspection_id, item)
);

-- The moves a leg can make; the same table as in the inspection room.
CREATE FUNCTION puente.refuse_illegal_leg_move() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NEW.inspection_id <> OLD.inspection_id OR NEW.agency <> OLD.agency OR NEW.manifest_id <> OLD.manifest_id THEN
        RAISE EXCEPTION 'a leg stays with its inspection and agency' USING ERRCODE = 'check_violation', CONSTRAINT = 'leg_identity';
    END IF;
    IF NEW.fence < OLD.fence THEN
        RAISE EXCEPTION 'the fence of a leg never falls' USING ERRCODE = 'check_violation', CONSTRAINT = 'leg_fence';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (('NONE', 'PENDING'), ('PENDING', 'WORKING'), ('HELD', 'WORKING'),
                                                                ('WORKING', 'RELEASED'), ('WORKING', 'HELD'), ('WORKING', 'REFUSED')) THEN
        RAISE EXCEPTION 'a leg cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation', CONSTRAINT = 'leg_move';
    END IF;
    RETURN NEW;
END
$body$;
CREATE TRIGGER refuse_illegal_leg_move BEFORE UPDATE ON puente.inspection_leg FOR EACH ROW EXECUTE FUNCTION puente.refuse_illegal_leg_move();

-- The public status that follows from the legs of a manifest; the twin of inspection::public_status.
CREATE FUNCTION puente.public_status(manifest uuid) RETURNS text LANGUAGE sql STABLE AS $body$
    SELECT CASE WHEN bool_or(state = 'REFUSED') THEN 'REFUSED'
                WHEN bool_or(state = 'HELD') THEN 'HELD'
                WHEN bool_or(state = 'WORKING') THEN 'IN_INSPECTION'
                WHEN bool_or(state = 'PENDING' AND kind = 'INSPECT') THEN 'INSPECTION_REQUIRED'
                WHEN bool_or(state = 'PENDING') THEN 'UNDER_REVIEW'
                WHEN bool_or(state = 'RELEASED') THEN 'RELEASED'
                ELSE 'CLEARED' END
      FROM puente.inspection_leg WHERE manifest_id = manifest;
$body$;

-- At commit the status must be the one that follows from the legs, unless the trip is over, and the inspection open while a leg is.
CREATE FUNCTION puente.refuse_status_against_legs() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    is_now  text;
    must_be text := puente.public_status(NEW.manifest_id);
BEGIN
    SELECT status INTO is_now FROM puente.manifest WHERE manifest_id = NEW.manifest_id;
    IF is_now IS NULL OR (is_now <> must_be AND is_now NOT IN ('CANCELLED', 'EXPIRED', 'CROSSED')) THEN
        RAISE EXCEPTION 'the status is %, the legs say %', is_now, must_be USING ERRCODE = 'check_violation', CONSTRAINT = 'status_follows_legs';
    END IF;
    RETURN NULL;
END
$body$;
CREATE CONSTRAINT TRIGGER status_follows_legs AFTER INSERT OR UPDATE OF state, kind ON puente.inspection_leg
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION puente.refuse_status_against_legs();
CREATE CONSTRAINT TRIGGER status_follows_legs_when_changed AFTER UPDATE OF status ON puente.manifest
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION puente.refuse_status_against_legs();
-- A filing that nobody looks at pays for the comparison of one word only.
CREATE CONSTRAINT TRIGGER status_follows_legs_when_filed AFTER INSERT ON puente.manifest
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status <> 'CLEARED') EXECUTE FUNCTION puente.refuse_status_against_legs();
