-- The append-only log of what happened to a manifest. Locks nothing that is in use.
SET LOCAL lock_timeout = '5s';

CREATE TABLE puente.event (
    event_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    manifest_id uuid NOT NULL REFERENCES puente.manifest,
    at          timestamptz NOT NULL,
    kind        text NOT NULL,
    version     integer NOT NULL,
    state_no    bigint NOT NULL,
    actor       text NOT NULL,
    status      text NOT NULL,
    detail      json NOT NULL DEFAULT '{}',
    audience    text NOT NULL DEFAULT 'ALL' CHECK (audience IN ('ALL', 'OFFICERS', 'CBP', 'SAT')),
    -- Readers of "everything since" must stop below the oldest transaction still running: numbers commit out of order.
    written_by  xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX event_of_manifest ON puente.event (manifest_id, event_id);
