-- Officers who listen hear every step of a contingency: it is an event of the one log, in the one order, though of ports and of no manifest. Whoever
-- reads the log by manifest does not meet it. Locks puente.event for a moment; what is there is not read.
SET LOCAL lock_timeout = '5s';

ALTER TABLE puente.event ALTER COLUMN manifest_id DROP NOT NULL;
ALTER TABLE puente.event ADD CONSTRAINT event_of_manifest_or_contingency
    CHECK (manifest_id IS NOT NULL OR (kind LIKE 'contingency\_%' AND audience = 'OFFICERS')) NOT VALID;

-- version and state_no are those of a manifest: none here.
CREATE FUNCTION puente.tell_contingency_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
BEGIN
    INSERT INTO puente.event (at, kind, version, state_no, actor, status, detail, audience)
    SELECT NEW.at, 'contingency_' || lower(NEW.step), 0, 0, COALESCE(NEW.agency, 'GATEWAY'),
           CASE NEW.step WHEN 'DECLARED' THEN 'PROPOSED' WHEN 'CONFIRMED' THEN 'IN_FORCE' ELSE NEW.step END,
           json_build_object('contingencyId', c.contingency_id, 'port', c.port, 'usPorts', c.us_ports, 'mxOffices', c.mx_offices, 'classes', c.classes,
                             'reason', c.reason, 'endsAt', to_char(c.ends_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), 'OFFICERS'
      FROM puente.contingency AS c WHERE c.contingency_id = NEW.contingency_id;
    RETURN NULL;
END
$body$;
CREATE TRIGGER tell_contingency_step AFTER INSERT ON puente.contingency_step FOR EACH ROW EXECUTE FUNCTION puente.tell_contingency_step();

-- The owner's, which its trigger needs.
CREATE POLICY keeper_sees ON puente.contingency FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY keeper_tells ON puente.event FOR INSERT TO CURRENT_USER WITH CHECK (manifest_id IS NULL);
-- Nobody else says that a key was turned.
CREATE POLICY of_manifests_only ON puente.event AS RESTRICTIVE FOR INSERT TO puente_officer WITH CHECK (manifest_id IS NOT NULL);
