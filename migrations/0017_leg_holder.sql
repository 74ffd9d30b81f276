-- Who of an agency holds a leg becomes rows of their own, which row-level security keeps from everybody else. That a leg is in hand, and until when, stays
-- on the leg: lease_until. Rewrites puente.inspection_leg and makes five of its indexes again, and locks it and puente.inspection meanwhile.
SET LOCAL lock_timeout = '5s';

-- One row for each claim, for good: who claimed a leg under which fence. It counts while the leg has that fence and a lease.
CREATE TABLE puente.leg_holder (
    inspection_id uuid   NOT NULL,
    agency        text   NOT NULL,
    fence         bigint NOT NULL CHECK (fence > 0),
    holder        text   NOT NULL CHECK (holder <> ''),
    PRIMARY KEY (inspection_id, agency, fence),
    FOREIGN KEY (inspection_id, agency) REFERENCES puente.inspection_leg
);

-- The owner is bound by row-level security too: while the holders move it is not.
ALTER TABLE puente.inspection_leg NO FORCE ROW LEVEL SECURITY;
INSERT INTO puente.leg_holder (inspection_id, agency, fence, holder)
SELECT inspection_id, agency, fence, holder FROM puente.inspection_leg WHERE holder IS NOT NULL;
-- held_fence: the fence of a leg in hand. A leg in hand has a holder: the statement that claims writes both. The old column takes its grants, its checks and
-- the indexes that name it along.
ALTER TABLE puente.inspection_leg
    DROP COLUMN holder,
    ADD COLUMN held_fence bigint GENERATED ALWAYS AS (CASE WHEN lease_until IS NOT NULL THEN fence END) STORED,
    ADD CONSTRAINT leg_in_hand_is_open CHECK (lease_until IS NULL OR state IN ('PENDING', 'WORKING', 'HELD')),
    ADD CONSTRAINT leg_in_hand_has_holder FOREIGN KEY (inspection_id, agency, held_fence) REFERENCES puente.leg_holder;
ALTER TABLE puente.inspection_leg FORCE ROW LEVEL SECURITY;

ALTER TABLE puente.leg_holder ENABLE ROW LEVEL SECURITY;
ALTER TABLE puente.leg_holder FORCE ROW LEVEL SECURITY;
CREATE POLICY agency_sees ON puente.leg_holder FOR SELECT TO puente_officer USING (agency = (SELECT puente.current_agency()));
CREATE POLICY agency_claims ON puente.leg_holder FOR INSERT TO puente_officer WITH CHECK (agency = (SELECT puente.current_agency()));
GRANT SELECT, INSERT ON puente.leg_holder TO puente_officer;

CREATE INDEX leg_turn_us ON puente.inspection_leg (agency, us_port, turn_at, inspection_id)
    WHERE in_queue AND lease_until IS NULL AND state IN ('PENDING', 'WORKING');
CREATE INDEX leg_turn_mx ON puente.inspection_leg (agency, mx_office, turn_at, inspection_id)
    WHERE in_queue AND lease_until IS NULL AND state IN ('PENDING', 'WORKING');
CREATE INDEX leg_essential_us ON puente.inspection_leg (agency, us_port, turn_at, inspection_id)
    WHERE in_queue AND lease_until IS NULL AND state IN ('PENDING', 'WORKING') AND essential <> '{}';
CREATE INDEX leg_essential_mx ON puente.inspection_leg (agency, mx_office, turn_at, inspection_id)
    WHERE in_queue AND lease_until IS NULL AND state IN ('PENDING', 'WORKING') AND essential <> '{}';
CREATE INDEX leg_lease ON puente.inspection_leg (agency, lease_until) WHERE in_queue AND lease_until IS NOT NULL;

CREATE OR REPLACE FUNCTION puente.refuse_wrong_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NEW.lease_until IS NOT NULL OR OLD.lease_until > clock_timestamp() OR NEW.fence <> OLD.fence OR NEW.manifest_id <> OLD.manifest_id
       OR NEW.inspection_id <> OLD.inspection_id OR NEW.agency <> OLD.agency THEN
        RAISE EXCEPTION 'an officer holds this leg' USING ERRCODE = 'check_violation', CONSTRAINT = 'leg_withdrawal';
    END IF;
    RETURN NEW;
END
$body$;

CREATE OR REPLACE FUNCTION puente.end_inspection() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
BEGIN
    UPDATE puente.inspection_leg SET lease_until = NULL WHERE manifest_id = NEW.manifest_id AND lease_until IS NOT NULL;
    UPDATE puente.inspection SET is_open = false WHERE manifest_id = NEW.manifest_id AND is_open;
    RETURN NULL;
END
$body$;

-- Kept for the release before the queue got its turns, and read by nobody since.
ALTER TABLE puente.inspection DROP COLUMN rank;
