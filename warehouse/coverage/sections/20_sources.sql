-- Where it comes from
-- What no source lists is not here: these are counts of what is known, not of what exists. `edition` is the date that
-- the source gives for itself.
SELECT title AS source, s.kind, s.published AS edition, h.status, h.listings, h.services
FROM source s JOIN source_health h USING (source_id)
WHERE getvariable('state') IS NULL OR s.state IS NULL OR s.state = getvariable('state')
ORDER BY h.listings DESC, source LIMIT 40;
