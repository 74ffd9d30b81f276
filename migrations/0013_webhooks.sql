-- Webhooks: who is told of what at which address, what still has to be delivered, what became of each attempt. Locks nothing that is in use, and adds
-- nothing to a filing: deliveries are made from the event feed (0011) afterwards, by whichever gateway comes first.
SET LOCAL lock_timeout = '5s';

DO $role$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'puente_courier') THEN
        BEGIN
            CREATE ROLE puente_courier NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION INHERIT;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another database of this cluster made it in this moment
        END;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_auth_members AS held WHERE held.roleid = 'puente_courier'::regrole AND held.member = 'puente_gateway'::regrole) THEN
        GRANT puente_courier TO puente_gateway;
    END IF;
    -- The courier sees of events and manifests what the feed's reader sees: what all parties may see, never private matter.
    IF NOT EXISTS (SELECT FROM pg_auth_members AS held WHERE held.roleid = 'puente_feed'::regrole AND held.member = 'puente_courier'::regrole) THEN
        GRANT puente_feed TO puente_courier;
    END IF;
END
$role$;

-- Belongs to a company, and with a carrier's code to the trips under it. PENDING: collects, and delivers when the address has answered the challenge.
CREATE TABLE puente.webhook (
    webhook_id    uuid PRIMARY KEY,
    company       text NOT NULL CHECK (company <> ''),
    scac          text NOT NULL DEFAULT '',
    client_id     text NOT NULL REFERENCES puente.client,
    url           text NOT NULL CHECK (url LIKE 'https://%' AND length(url) <= 2048),
    description   text NOT NULL DEFAULT '' CHECK (length(description) <= 200),
    kinds         text[] NOT NULL DEFAULT '{}' CHECK (cardinality(kinds) <= 20),  -- none: all
    manifest_id   uuid,                                                            -- this manifest only
    carrier_key   text NOT NULL DEFAULT '',                                        -- trips of this carrier only
    state         text NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'ACTIVE', 'PAUSED', 'UNVERIFIED', 'DISABLED', 'DELETED')),
    state_reason  text NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL DEFAULT now(),
    verified_at   timestamptz,
    challenges    integer NOT NULL DEFAULT 0,
    failures      integer NOT NULL DEFAULT 0,                -- of the endpoint, one after the other
    failing_since timestamptz,
    rest_until    timestamptz NOT NULL DEFAULT now(),        -- nothing is sent before
    latency_ms    integer NOT NULL DEFAULT 0,                -- of the last answers, smoothed
    served_at     timestamptz NOT NULL DEFAULT '-infinity',  -- whose turn is next: who waited longest
    replay_xid    xid8,                                      -- the feed is read again from here for this webhook
    replay_event  bigint NOT NULL DEFAULT 0,
    replay_again  boolean NOT NULL DEFAULT false,            -- also what was delivered
    CHECK (state NOT IN ('ACTIVE', 'PAUSED') OR verified_at IS NOT NULL)
);
CREATE UNIQUE INDEX webhook_once ON puente.webhook (company, scac, url, carrier_key, COALESCE(manifest_id, '00000000-0000-0000-0000-000000000000'))
    WHERE state <> 'DELETED';
CREATE INDEX webhook_of_company ON puente.webhook (company);
CREATE INDEX webhook_to_verify ON puente.webhook (rest_until) WHERE state = 'PENDING';
CREATE INDEX webhook_of_carrier ON puente.webhook (scac) WHERE scac <> '';
CREATE INDEX webhook_replay ON puente.webhook (webhook_id) WHERE replay_xid IS NOT NULL;

-- What signatures are made with: 32 octets as they are, or sealed by the gateways' key file.
CREATE TABLE puente.webhook_secret (
    webhook_id uuid NOT NULL REFERENCES puente.webhook,
    secret_no  integer NOT NULL,
    secret     bytea NOT NULL,
    sealed     boolean NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (webhook_id, secret_no)
);

-- One row for each event and webhook. No reference to the event: it may be removed first.
CREATE TABLE puente.webhook_delivery (
    webhook_id   uuid NOT NULL REFERENCES puente.webhook,
    event_id     bigint NOT NULL,
    manifest_id  uuid NOT NULL,
    state        text NOT NULL DEFAULT 'WAITING' CHECK (state IN ('WAITING', 'DELIVERED', 'PARKED')),
    reason       text NOT NULL DEFAULT '',
    attempts     integer NOT NULL DEFAULT 0,         -- counted when one begins; what ends it has to name it
    under_way    boolean NOT NULL DEFAULT false,     -- somebody has it, until due_at
    due_at       timestamptz NOT NULL DEFAULT now(),
    made_at      timestamptz NOT NULL DEFAULT now(),
    delivered_at timestamptz,
    PRIMARY KEY (webhook_id, event_id)
) WITH (fillfactor = 85);
CREATE INDEX webhook_delivery_due ON puente.webhook_delivery (webhook_id, due_at, event_id) WHERE state = 'WAITING';
CREATE INDEX webhook_delivery_order ON puente.webhook_delivery (webhook_id, manifest_id, event_id) WHERE state = 'WAITING';
CREATE INDEX webhook_delivery_parked ON puente.webhook_delivery (webhook_id, event_id) WHERE state = 'PARKED';
CREATE INDEX webhook_delivery_age ON puente.webhook_delivery USING brin (made_at);

-- What became of each attempt; event 0 is the challenge.
CREATE TABLE puente.webhook_attempt (
    webhook_id uuid NOT NULL REFERENCES puente.webhook,
    event_id   bigint NOT NULL,
    attempt_id bigint GENERATED ALWAYS AS IDENTITY,
    at         timestamptz NOT NULL DEFAULT now(),
    attempt    integer NOT NULL,
    status     integer NOT NULL,  -- 0: no answer
    latency_ms integer NOT NULL,
    error      text NOT NULL,
    PRIMARY KEY (webhook_id, event_id, attempt_id)
);
CREATE INDEX webhook_attempt_age ON puente.webhook_attempt USING brin (at);

-- How far deliveries have been made from the feed. Whoever locks the row makes the next ones.
CREATE TABLE puente.webhook_cursor (
    only_one    boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    after_xid   xid8 NOT NULL,
    after_event bigint NOT NULL,
    moved_at    timestamptz NOT NULL DEFAULT now()
);
INSERT INTO puente.webhook_cursor (after_xid, after_event) VALUES (pg_current_xact_id(), 0);

DO $force$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['webhook', 'webhook_secret', 'webhook_delivery', 'webhook_attempt', 'webhook_cursor'] LOOP
        EXECUTE format('ALTER TABLE puente.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE puente.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY courier_works ON puente.%I TO puente_courier USING (true) WITH CHECK (true)', name);
    END LOOP;
END
$force$;

-- A party has its own webhooks. It writes secrets and cannot read them: nobody but the courier can.
CREATE POLICY party_has_its_own ON puente.webhook TO puente_party
    USING (company = (SELECT puente.current_company()) AND scac = COALESCE((SELECT puente.current_scac()), ''))
    WITH CHECK (company = (SELECT puente.current_company()) AND scac = COALESCE((SELECT puente.current_scac()), ''));
CREATE POLICY party_has_its_own ON puente.webhook_secret TO puente_party
    USING (webhook_id IN (SELECT webhook_id FROM puente.webhook)) WITH CHECK (webhook_id IN (SELECT webhook_id FROM puente.webhook));
CREATE POLICY party_sees_its_own ON puente.webhook_delivery FOR SELECT TO puente_party USING (webhook_id IN (SELECT webhook_id FROM puente.webhook));
CREATE POLICY party_sees_its_own ON puente.webhook_attempt FOR SELECT TO puente_party USING (webhook_id IN (SELECT webhook_id FROM puente.webhook));

GRANT USAGE ON SCHEMA puente TO puente_courier;
GRANT SELECT ON puente.webhook, puente.webhook_delivery, puente.webhook_attempt TO puente_party;
GRANT INSERT (webhook_id, company, scac, client_id, url, description, kinds, manifest_id, carrier_key) ON puente.webhook TO puente_party;
GRANT UPDATE (client_id, state, state_reason, challenges, failures, failing_since, rest_until, replay_xid, replay_event, replay_again) ON puente.webhook TO puente_party;
GRANT SELECT (webhook_id, secret_no, expires_at), INSERT (webhook_id, secret_no, secret, sealed), UPDATE (expires_at) ON puente.webhook_secret TO puente_party;

CREATE POLICY courier_knows_the_revoked ON puente.client FOR SELECT TO puente_courier USING (true);
GRANT SELECT (client_id, revoked) ON puente.client TO puente_courier;
GRANT SELECT ON puente.webhook TO puente_courier;
GRANT UPDATE (state, state_reason, verified_at, challenges, failures, failing_since, rest_until, latency_ms, served_at, replay_xid, replay_event, replay_again)
   ON puente.webhook TO puente_courier;
GRANT SELECT, DELETE ON puente.webhook_secret TO puente_courier;
GRANT SELECT, INSERT, UPDATE, DELETE ON puente.webhook_delivery TO puente_courier;
GRANT SELECT, INSERT, DELETE ON puente.webhook_attempt TO puente_courier;
GRANT SELECT, UPDATE ON puente.webhook_cursor TO puente_courier;
