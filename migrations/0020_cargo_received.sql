-- When the shipments of a version were first received as they are in it: what lead times run from. NULL: with the first version. Adds a column without
-- rewriting the table.
SET LOCAL lock_timeout = '5s';

ALTER TABLE puente.manifest_version ADD COLUMN cargo_received_at timestamptz;
