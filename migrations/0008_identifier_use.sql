-- Which identifiers were used on which trips, so that a filing is held against the trips before it: control numbers, entry numbers, pedimentos,
-- seals, vehicles, people. Adds a nullable column to puente.manifest, which locks it for a moment and rewrites nothing.
SET LOCAL lock_timeout = '5s';

CREATE TYPE puente.trip_use AS (manifest_id uuid, arrival timestamptz, detail text);

-- One row for each identifier ever used: whoever files one locks its row, so that of two trips filed at the same moment the second sees the first.
-- Only digests are kept; what they stand for is in the manifests.
CREATE TABLE puente.identifier_use (
    key       uuid PRIMARY KEY,       -- the first half of SHA-256 over kind and value
    keep_from timestamptz NOT NULL,   -- trips that arrived before it matter no more
    uses      puente.trip_use[] NOT NULL
) WITH (fillfactor = 85);

-- The keys under which a manifest is noted, 16 octets each.
ALTER TABLE puente.manifest ADD COLUMN use_keys bytea;

-- A trip that does not cross uses nothing.
CREATE FUNCTION puente.forget_uses() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
BEGIN
    UPDATE puente.identifier_use AS kept
       SET uses = ARRAY(SELECT ROW(u.manifest_id, u.arrival, u.detail)::puente.trip_use FROM unnest(kept.uses) AS u WHERE u.manifest_id <> NEW.manifest_id)
      FROM (SELECT encode(substring(NEW.use_keys FROM 16 * i + 1 FOR 16), 'hex')::uuid AS key
              FROM generate_series(0, octet_length(NEW.use_keys) / 16 - 1) AS i ORDER BY 1) AS lost
     WHERE kept.key = lost.key;
    RETURN NULL;
END
$body$;
CREATE TRIGGER forget_uses AFTER UPDATE OF status ON puente.manifest
    FOR EACH ROW WHEN (NEW.status IN ('CANCELLED', 'EXPIRED', 'REFUSED') AND NEW.status <> OLD.status AND NEW.use_keys IS NOT NULL)
    EXECUTE FUNCTION puente.forget_uses();

-- Nobody but the intake looks here: an identifier's history tells of other companies' trips.
GRANT SELECT, INSERT, UPDATE, DELETE ON puente.identifier_use TO puente_intake;
GRANT SELECT (carrier_key, trip_number, estimated_arrival) ON puente.manifest TO puente_intake;
