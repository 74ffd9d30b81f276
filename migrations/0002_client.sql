-- Clients that may ask for tokens, and the client assertions already used (RFC 7523: a jti counts once). Locks nothing that is in use.
-- Clients are added and revoked by the owner of the schema, from the command line; the gateway only looks them up.
SET LOCAL lock_timeout = '5s';

CREATE TABLE puente.client (
    client_id          text PRIMARY KEY CHECK (client_id <> ''),
    name               text NOT NULL,
    role               text NOT NULL CHECK (role IN ('broker', 'carrier', 'officer')),
    company            text NOT NULL,
    scac               text NOT NULL DEFAULT '',
    agency             text CHECK (agency IN ('CBP', 'SAT')),
    scopes             text NOT NULL,
    certificate_sha256 text NOT NULL DEFAULT '',
    secret_sha256      bytea CHECK (octet_length(secret_sha256) = 32),
    public_key         text NOT NULL DEFAULT '',
    revoked            boolean NOT NULL DEFAULT false,
    created_at         timestamptz NOT NULL DEFAULT now(),
    CHECK ((role = 'officer') = (agency IS NOT NULL)),
    CHECK (role = 'officer' OR company <> ''),
    CHECK (role <> 'carrier' OR scac <> '')
);

CREATE TABLE puente.assertion_id (
    client_id  text NOT NULL REFERENCES puente.client,
    token_id   text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (client_id, token_id)
);
CREATE INDEX assertion_id_expiry ON puente.assertion_id (expires_at);

ALTER TABLE puente.client ENABLE ROW LEVEL SECURITY;
ALTER TABLE puente.assertion_id ENABLE ROW LEVEL SECURITY;
CREATE POLICY gateway_looks_up ON puente.client FOR SELECT TO puente_gateway USING (true);
CREATE POLICY gateway_remembers ON puente.assertion_id TO puente_gateway USING (true) WITH CHECK (true);
GRANT SELECT ON puente.client TO puente_gateway;
GRANT SELECT, INSERT, DELETE ON puente.assertion_id TO puente_gateway;
