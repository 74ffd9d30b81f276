-- The record: manifests, their immutable versions, findings, and the remembered answers of submissions. Locks nothing that is in use.
SET LOCAL lock_timeout = '5s';

CREATE TABLE puente.manifest (
    manifest_id       uuid PRIMARY KEY,
    company           text NOT NULL,
    carrier_key       text NOT NULL,
    trip_number       text NOT NULL,
    document_id       text NOT NULL,
    direction         text NOT NULL,
    mode              text NOT NULL,
    us_port           text NOT NULL,
    mx_office         text NOT NULL,
    estimated_arrival timestamptz NOT NULL,
    received_at       timestamptz NOT NULL,
    changed_at        timestamptz NOT NULL,
    status            text NOT NULL CHECK (status IN ('UNDER_REVIEW', 'INSPECTION_REQUIRED', 'IN_INSPECTION', 'HELD', 'CLEARED', 'RELEASED',
                                                      'REFUSED', 'CANCELLED', 'EXPIRED', 'CROSSED')),
    version           integer NOT NULL DEFAULT 1 CHECK (version > 0),
    state_no          bigint NOT NULL DEFAULT 1 CHECK (state_no > 0)
);
-- One open manifest for each trip of a carrier; a finished one frees the number.
CREATE UNIQUE INDEX manifest_open_trip ON puente.manifest (carrier_key, trip_number)
    WHERE status NOT IN ('CANCELLED', 'EXPIRED', 'CROSSED', 'REFUSED');
-- The list filters. A manifest id is a UUIDv7, so that its order is the order of arrival.
CREATE INDEX manifest_of_company ON puente.manifest (company, manifest_id);
CREATE INDEX manifest_of_carrier ON puente.manifest (carrier_key, manifest_id);
CREATE INDEX manifest_at_us_port ON puente.manifest (us_port, manifest_id);
CREATE INDEX manifest_at_mx_office ON puente.manifest (mx_office, manifest_id);
CREATE INDEX manifest_of_trip ON puente.manifest (trip_number);
CREATE INDEX manifest_by_status ON puente.manifest (status, manifest_id) WHERE status <> 'CLEARED';
CREATE INDEX manifest_changed ON puente.manifest USING brin (changed_at);

-- The exact bytes received.
CREATE TABLE puente.manifest_version (
    manifest_id uuid NOT NULL REFERENCES puente.manifest,
    version     integer NOT NULL CHECK (version > 0),
    received_at timestamptz NOT NULL,
    media_type  text NOT NULL,
    sha256      bytea NOT NULL CHECK (octet_length(sha256) = 32),
    rule_sets   json NOT NULL,
    draw_day    text NOT NULL,
    document    bytea COMPRESSION lz4 NOT NULL,
    PRIMARY KEY (manifest_id, version)
-- A usual document compresses to two or three kilobytes: kept in the row, which costs intake less than a row apart.
) WITH (toast_tuple_target = 4096);

CREATE TABLE puente.finding (
    manifest_id uuid NOT NULL REFERENCES puente.manifest,
    version     integer NOT NULL,
    item        integer NOT NULL,
    rule_set    text NOT NULL CHECK (rule_set IN ('SHARED', 'CBP', 'SAT')),
    rule_id     text NOT NULL,
    severity    text NOT NULL CHECK (severity IN ('advise', 'review', 'inspect', 'reject')),
    pointer     text NOT NULL,
    value       text NOT NULL,
    message_en  text NOT NULL,
    message_es  text NOT NULL,
    citation    text NOT NULL,
    agency_only boolean NOT NULL DEFAULT false,
    PRIMARY KEY (manifest_id, version, item),
    CHECK (NOT agency_only OR rule_set <> 'SHARED')
);

-- The answer of each submission, to be replayed byte for byte. manifest_id is null when the rules rejected it.
CREATE TABLE puente.idempotency (
    client_id   text NOT NULL,
    key         text NOT NULL,
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    status      integer NOT NULL CHECK (status BETWEEN 200 AND 499),
    body        bytea COMPRESSION lz4 NOT NULL,
    headers     text NOT NULL,
    manifest_id uuid,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL DEFAULT now() + interval '7 days',
    PRIMARY KEY (client_id, key)
);
-- Keys are forgotten in the order in which they came: a block range index finds them and costs the intake next to nothing.
CREATE INDEX idempotency_expiry ON puente.idempotency USING brin (expires_at);
