-- Legal holds: while an agency has one on a manifest, retention removes nothing of it. That there is one tells of an investigation: the agency that
-- placed it sees it, and nobody else. Locks puente.manifest and puente.agency for a moment.
SET LOCAL lock_timeout = '5s';

-- In force until it is lifted; on record for good, and with it the row of its manifest that it speaks of. Placing one locks that row until the COMMIT:
-- who removes a manifest, or parts of it, locks the row FOR UPDATE first and looks for holds after that. Words: as inspection::says_something has it.
CREATE TABLE puente.legal_hold (
    hold_id     uuid PRIMARY KEY,
    manifest_id uuid NOT NULL REFERENCES puente.manifest,
    agency      text NOT NULL REFERENCES puente.agency,
    reason      text NOT NULL CHECK (reason ~ '[^ \t\r\n]' AND octet_length(reason) <= 2000),
    placed_by   text NOT NULL CHECK (placed_by <> ''),
    placed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    lifted_by   text CHECK (lifted_by <> ''),
    lifted_at   timestamptz CHECK (lifted_at >= placed_at),
    lift_reason text CHECK (lift_reason ~ '[^ \t\r\n]' AND octet_length(lift_reason) <= 2000),
    CONSTRAINT legal_hold_lifted_whole CHECK (num_nonnulls(lifted_by, lifted_at, lift_reason) IN (0, 3))
);
CREATE INDEX legal_hold_of_manifest ON puente.legal_hold (manifest_id, hold_id);
-- What an agency holds, newest last: an id is a UUIDv7.
CREATE INDEX legal_hold_in_force ON puente.legal_hold (agency, hold_id) INCLUDE (manifest_id) WHERE lifted_at IS NULL;

-- For everyone, the owner included: what was held, by whom and why, is what an audit asks for.
CREATE FUNCTION puente.refuse_change_of_legal_hold() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.lifted_at IS NULL AND NEW.lifted_at IS NOT NULL
           AND (NEW.hold_id, NEW.manifest_id, NEW.agency, NEW.reason, NEW.placed_by, NEW.placed_at)
             = (OLD.hold_id, OLD.manifest_id, OLD.agency, OLD.reason, OLD.placed_by, OLD.placed_at) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a legal hold is lifted once and stays on record' USING ERRCODE = 'check_violation', CONSTRAINT = 'legal_hold_stays';
END
$body$;
CREATE TRIGGER refuse_change_of_legal_hold BEFORE UPDATE OR DELETE ON puente.legal_hold
    FOR EACH ROW EXECUTE FUNCTION puente.refuse_change_of_legal_hold();

ALTER TABLE puente.legal_hold ENABLE ROW LEVEL SECURITY;
ALTER TABLE puente.legal_hold FORCE ROW LEVEL SECURITY;
CREATE POLICY agency_sees ON puente.legal_hold FOR SELECT TO puente_officer USING (agency = (SELECT puente.current_agency()));
CREATE POLICY agency_places ON puente.legal_hold FOR INSERT TO puente_officer WITH CHECK (agency = (SELECT puente.current_agency()));
CREATE POLICY agency_lifts ON puente.legal_hold FOR UPDATE TO puente_officer
    USING (agency = (SELECT puente.current_agency())) WITH CHECK (agency = (SELECT puente.current_agency()));
GRANT SELECT ON puente.legal_hold TO puente_officer;
GRANT INSERT (hold_id, manifest_id, agency, reason, placed_by) ON puente.legal_hold TO puente_officer;
GRANT UPDATE (lifted_by, lifted_at, lift_reason) ON puente.legal_hold TO puente_officer;
