-- What the report speaks of: services at places in the state asked for, and virtual services without a place that say
-- that they serve it. Without a state, everything.
-- `…_told`: whether some questionnaire asks of the level in programs of that focus, or the program has a page.
CREATE TEMP VIEW known AS
SELECT d.*, coalesce(a.substance_use, FALSE) OR source_url IS NOT NULL AS substance_use_told,
    coalesce(a.mental_health, FALSE) OR source_url IS NOT NULL AS mental_health_told
FROM iop.directory d
LEFT JOIN (SELECT value AS level_of_care, bool_or(focus = 'substance_use') AS substance_use,
        bool_or(focus = 'mental_health') AS mental_health
    FROM iop.asks WHERE field = 'level_of_care' GROUP BY ALL) a USING (level_of_care)
WHERE getvariable('state') IS NULL OR state = getvariable('state')
    OR (location_id IS NULL AND list_contains(virtual_states, getvariable('state')));
