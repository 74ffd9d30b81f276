-- Removing what is past its time, month by month, and nothing that is under a legal hold or whose trip is not over. Locks nothing that is in use.
SET LOCAL lock_timeout = '5s';

-- Who removes. No gateway can become it: the owner of the schema can, by `puente retention`.
DO $role$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'puente_keeper') THEN
        BEGIN
            CREATE ROLE puente_keeper NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION INHERIT;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another database of this cluster made it in this moment
        END;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_auth_members AS held WHERE held.roleid = 'puente_keeper'::regrole AND held.member = CURRENT_USER::regrole) THEN
        EXECUTE format('GRANT puente_keeper TO %I', CURRENT_USER);
    END IF;
END
$role$;
GRANT USAGE ON SCHEMA puente TO puente_keeper;

-- The owner, who is a member of it, stays bound: the policies want the role itself.
DO $rights$
DECLARE
    kept text;
BEGIN
    FOREACH kept IN ARRAY puente.cohort_tables() || ARRAY['manifest', 'inspection', 'inspection_leg', 'leg_holder', 'selection_factor', 'superseded_factor', 'slot',
                                                          'rehold', 'annotation', 'attachment', 'attachment_content', 'authorship', 'board_move'] LOOP
        EXECUTE format('CREATE POLICY keeper_removes ON puente.%I TO puente_keeper USING (CURRENT_USER = ''puente_keeper'')', kept);
        EXECUTE format('GRANT DELETE ON puente.%I TO puente_keeper', kept);
    END LOOP;
    FOREACH kept IN ARRAY puente.cohort_tables() LOOP
        EXECUTE format('CREATE POLICY owner_carries_over ON puente.%I FOR INSERT TO CURRENT_USER WITH CHECK (true)', kept);
    END LOOP;
END
$rights$;
CREATE POLICY keeper_sees ON puente.legal_hold FOR SELECT TO puente_keeper USING (CURRENT_USER = 'puente_keeper');
GRANT SELECT (manifest_id) ON puente.manifest_version, puente.finding, puente.event, puente.gate_event, puente.board_move TO puente_keeper;
GRANT SELECT (manifest_id, status), UPDATE (changed_at) ON puente.manifest TO puente_keeper;
GRANT SELECT (inspection_id, manifest_id) ON puente.inspection, puente.inspection_leg TO puente_keeper;
GRANT SELECT (inspection_id) ON puente.leg_holder, puente.selection_factor, puente.superseded_factor, puente.slot, puente.rehold TO puente_keeper;
GRANT SELECT (annotation_id, inspection_id) ON puente.annotation TO puente_keeper;
GRANT SELECT (attachment_id, inspection_id, agency, sha256) ON puente.attachment TO puente_keeper;
GRANT SELECT (agency, sha256) ON puente.attachment_content TO puente_keeper;
GRANT SELECT (record_id) ON puente.authorship TO puente_keeper;
GRANT SELECT (manifest_id, lifted_at) ON puente.legal_hold TO puente_keeper;
GRANT SELECT (key, uses), DELETE ON puente.identifier_use TO puente_keeper;
GRANT SELECT ON puente.cohort TO puente_keeper;

-- Removes the partitions of a month. `staying`: the manifests of it whose rows move to the last partition. Only when everybody has read its events; the feed
-- can then be resumed from behind them only.
CREATE FUNCTION puente.drop_cohort(which text, staying uuid[]) RETURNS void LANGUAGE plpgsql SET lock_timeout = '500ms' AS $body$
DECLARE
    whole text;
    part  text;
    last  xid8;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('puente.cohort'), 0);
    IF NOT EXISTS (SELECT FROM puente.cohort AS c WHERE c.name = which AND c.removed_at IS NULL AND c.ends_at <= now()) THEN
        RAISE EXCEPTION 'there is no month % that is over and still there', which USING ERRCODE = 'check_violation', CONSTRAINT = 'cohort_is_over';
    END IF;
    FOREACH whole IN ARRAY puente.cohort_tables() LOOP
        part := whole || '_' || which;
        EXECUTE format('ALTER TABLE puente.%I NO FORCE ROW LEVEL SECURITY', part);
        IF whole = 'event' THEN
            EXECUTE format('SELECT written_by FROM puente.%I ORDER BY written_by DESC LIMIT 1', part) INTO last;
            IF NOT puente.is_read(last) THEN
                RAISE EXCEPTION 'events of % are not read yet', which USING ERRCODE = 'check_violation', CONSTRAINT = 'cohort_is_read';
            END IF;
            UPDATE puente.event_horizon SET kept_from = greatest(kept_from, (last::text::bigint + 1)::text::xid8) WHERE last IS NOT NULL;
        END IF;
        EXECUTE format('CREATE TEMPORARY TABLE carried_over ON COMMIT DROP AS SELECT * FROM puente.%I WHERE manifest_id = ANY ($1)', part) USING staying;
        EXECUTE format('DROP TABLE puente.%I', part);
        EXECUTE format('INSERT INTO puente.%I SELECT * FROM carried_over', whole);
        DROP TABLE carried_over;
    END LOOP;
    UPDATE puente.cohort SET removed_at = clock_timestamp() WHERE name = which;
END
$body$;
REVOKE EXECUTE ON FUNCTION puente.drop_cohort(text, uuid[]) FROM PUBLIC;

-- Whether the events up to this transaction were counted for the boards and made into deliveries: both have moved beyond it.
CREATE FUNCTION puente.is_read(last xid8) RETURNS boolean LANGUAGE sql STABLE
    RETURN last IS NULL OR last < (SELECT least(board.after_xid, webhooks.after_xid) FROM puente.board_cursor AS board, puente.webhook_cursor AS webhooks);
REVOKE EXECUTE ON FUNCTION puente.is_read(xid8) FROM PUBLIC;
CREATE POLICY owner_compares ON puente.board_cursor FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY owner_compares ON puente.webhook_cursor FOR SELECT TO CURRENT_USER USING (true);

-- What is gone cannot be held any more.
CREATE FUNCTION puente.refuse_late_hold() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NOT EXISTS (SELECT FROM puente.manifest_version AS v WHERE v.manifest_id = NEW.manifest_id) THEN
        RAISE EXCEPTION 'this manifest has been removed' USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'legal_hold_in_time';
    END IF;
    RETURN NEW;
END
$body$;
CREATE TRIGGER refuse_late_hold BEFORE INSERT ON puente.legal_hold FOR EACH ROW EXECUTE FUNCTION puente.refuse_late_hold();
