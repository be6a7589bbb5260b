-- What the report speaks of: services at places in the state asked for, and virtual services without a place that say
-- that they serve it. Without a state, everything.
CREATE TEMP VIEW known AS
SELECT * FROM iop.directory
WHERE getvariable('state') IS NULL OR state = getvariable('state')
    OR (location_id IS NULL AND list_contains(virtual_states, getvariable('state')));
