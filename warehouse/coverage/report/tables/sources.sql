-- Where it comes from
-- What no source lists is not here. “Edition” is the date that a source gives for itself. Provider sites are told together.
WITH listed AS (
    SELECT source_id, count(DISTINCT location_id) AS places, count(DISTINCT service_id) FILTER (level_of_care = 'iop') AS programs
    FROM (SELECT location_id, service_id, level_of_care, unnest(sources) AS source_id FROM iop.directory WHERE state = getvariable('state'))
    GROUP BY ALL)
SELECT CASE WHEN h.is_page THEN 'Web sites of providers' ELSE s.title END AS source, count(*) AS sources,
    sum(l.places)::BIGINT AS places, sum(l.programs)::BIGINT AS programs, min(s.published) AS edition, max(h.last_success)::DATE AS last_read
FROM listed l JOIN iop.source s USING (source_id) JOIN iop.source_health h USING (source_id)
GROUP BY 1, CASE WHEN NOT h.is_page THEN s.source_id END
ORDER BY places DESC, source;
