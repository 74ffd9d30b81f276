-- The registers of trusted-trader programmes, kept by the agency that runs each and read by both; and which contributions to a score the other agency may
-- read. Entries are ended, never deleted, and every change of a register is written down. Locks the table of factors for a moment.
SET LOCAL lock_timeout = '5s';

CREATE TABLE puente.registry_programme (
    programme  text PRIMARY KEY CHECK (programme IN ('CTPAT', 'FAST', 'OEA', 'IMMEX')),
    agency     text NOT NULL,
    version    bigint NOT NULL DEFAULT 0,
    changed_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO puente.registry_programme (programme, agency) VALUES ('CTPAT', 'CBP'), ('FAST', 'CBP'), ('OEA', 'SAT'), ('IMMEX', 'SAT');

-- seen_in: the version of the register that last put it. A holder is named by one identifier; a company with several has an entry for each.
CREATE TABLE puente.registry_entry (
    programme   text NOT NULL REFERENCES puente.registry_programme,
    id_kind     text NOT NULL,
    id          text NOT NULL CHECK (id <> ''),
    name        text NOT NULL DEFAULT '',
    tier        integer NOT NULL DEFAULT 0,
    status      text NOT NULL CHECK (status IN ('active', 'suspended', 'revoked')),
    valid_from  date NOT NULL,
    valid_until date CHECK (valid_until >= valid_from),
    source      text NOT NULL CHECK (source <> ''),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    recorded_by text NOT NULL CHECK (recorded_by <> ''),
    seen_in     bigint NOT NULL,
    ended_at    timestamptz,
    PRIMARY KEY (programme, id_kind, id),
    CHECK ((programme, id_kind) IN (('CTPAT', 'RFC'), ('CTPAT', 'IRS'), ('CTPAT', 'SCAC'), ('FAST', 'SCAC'), ('FAST', 'FAST'), ('OEA', 'RFC'),
                                    ('OEA', 'CAAT'), ('IMMEX', 'RFC'))),
    CHECK (tier BETWEEN 0 AND CASE programme WHEN 'CTPAT' THEN 3 ELSE 0 END)
);

-- The history of a register: what each of its versions changed.
CREATE TABLE puente.registry_change (
    programme text NOT NULL REFERENCES puente.registry_programme,
    version   bigint NOT NULL,
    source    text NOT NULL CHECK (source <> ''),
    by_client text NOT NULL CHECK (by_client <> ''),
    at        timestamptz NOT NULL DEFAULT now(),
    added     bigint NOT NULL,
    changed   bigint NOT NULL,
    unchanged bigint NOT NULL,
    ended     bigint NOT NULL,
    PRIMARY KEY (programme, version)
);

DO $force$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['registry_programme', 'registry_entry', 'registry_change'] LOOP
        EXECUTE format('ALTER TABLE puente.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE puente.%I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END
$force$;

-- Both agencies read every register; intake reads what standing follows from, without names; the trade reads nothing.
CREATE POLICY officers_see ON puente.registry_programme FOR SELECT TO puente_cbp, puente_sat USING (true);
CREATE POLICY officers_see ON puente.registry_entry FOR SELECT TO puente_cbp, puente_sat USING (true);
CREATE POLICY officers_see ON puente.registry_change FOR SELECT TO puente_cbp, puente_sat USING (true);
CREATE POLICY intake_looks_up ON puente.registry_programme FOR SELECT TO puente_intake USING (true);
CREATE POLICY intake_looks_up ON puente.registry_entry FOR SELECT TO puente_intake USING (true);
GRANT SELECT (programme, version) ON puente.registry_programme TO puente_intake;
GRANT SELECT (programme, id_kind, id, tier, status, valid_from, valid_until, ended_at) ON puente.registry_entry TO puente_intake;
GRANT SELECT ON puente.registry_programme, puente.registry_entry, puente.registry_change TO puente_cbp, puente_sat;
GRANT UPDATE (version, changed_at) ON puente.registry_programme TO puente_cbp, puente_sat;
GRANT INSERT, UPDATE ON puente.registry_entry TO puente_cbp, puente_sat;
GRANT INSERT ON puente.registry_change TO puente_cbp, puente_sat;

-- Written by the agency that runs the programme, in its name.
DO $agencies$
DECLARE
    own  text;
    role text;
    kept text;
BEGIN
    FOREACH own IN ARRAY ARRAY['CBP', 'SAT'] LOOP
        role := 'puente_' || lower(own);
        kept := format('programme IN (SELECT kept.programme FROM puente.registry_programme AS kept WHERE kept.agency = %L)', own);
        EXECUTE format('CREATE POLICY %I ON puente.registry_programme FOR UPDATE TO %I USING (agency = %L) WITH CHECK (agency = %L)',
                       role || '_keeps', role, own, own);
        EXECUTE format('CREATE POLICY %I ON puente.registry_entry FOR INSERT TO %I WITH CHECK (%s)', role || '_enters', role, kept);
        EXECUTE format('CREATE POLICY %I ON puente.registry_entry FOR UPDATE TO %I USING (%s) WITH CHECK (%s)', role || '_changes', role, kept, kept);
        EXECUTE format('CREATE POLICY %I ON puente.registry_change FOR INSERT TO %I WITH CHECK (%s)', role || '_writes_down', role, kept);
    END LOOP;
END
$agencies$;

-- What an agency declares public about its own score, both agencies may read.
ALTER TABLE puente.selection_factor ADD COLUMN is_public boolean NOT NULL DEFAULT false;
CREATE POLICY officers_see_public ON puente.selection_factor FOR SELECT TO puente_cbp, puente_sat USING (is_public);
