-- The schema, and the roles under whose eyes every transaction runs. Locks nothing that is in use.
-- Roles belong to the whole cluster, so they may be there already. None logs in, owns anything or passes row-level security.
-- puente_gateway does not inherit: it must SET ROLE, so that a forgotten SET ROLE sees nothing. An installation makes its own
-- login role IN ROLE puente_gateway.
SET LOCAL lock_timeout = '5s';

DO $roles$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['puente_gateway', 'puente_intake', 'puente_party', 'puente_cbp', 'puente_sat'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION %s', wanted,
                               CASE wanted WHEN 'puente_gateway' THEN 'NOINHERIT' ELSE 'INHERIT' END);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;  -- another database of this cluster made it in this moment
            END;
        END IF;
    END LOOP;
    FOREACH wanted IN ARRAY ARRAY['puente_intake', 'puente_party', 'puente_cbp', 'puente_sat'] LOOP
        IF NOT EXISTS (SELECT FROM pg_auth_members AS held
                        WHERE held.roleid = wanted::regrole AND held.member = 'puente_gateway'::regrole) THEN
            EXECUTE format('GRANT %I TO puente_gateway', wanted);
        END IF;
    END LOOP;
END
$roles$;

GRANT USAGE ON SCHEMA puente TO puente_gateway, puente_intake, puente_party, puente_cbp, puente_sat;
GRANT SELECT ON puente.migration TO puente_gateway;

-- Who is looking. After a transaction a setting reads as an empty string: NULL instead, so that a forgotten setting gives no rows.
CREATE FUNCTION puente.current_company() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('puente.company', true), '');
CREATE FUNCTION puente.current_scac() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('puente.scac', true), '');
