-- What reach is counted from (the sites of every target, and places that may be some), virtual programs, sources and facts.

CREATE VIEW work.answering AS FROM work.program_answer JOIN work.program USING (program);

CREATE TABLE work.target_site AS
SELECT DISTINCT t.target, a.location_id, a.organization_id, a.state, a.county_fips, a.town_geoid, l.latitude, l.longitude, l.geo_precision,
    z.latitude AS zip_latitude, z.longitude AS zip_longitude
FROM policy.target t
JOIN work.answering a ON a.level_of_care = t.level_of_care AND a.answer = 'yes'
    AND a.dimension = coalesce(t.dimension, 'all') AND a.value IS NOT DISTINCT FROM t.value
    AND (t.focus IS NULL OR list_contains(a.focuses, t.focus))
JOIN location l USING (location_id)
LEFT JOIN area z ON z.area_kind = 'zcta' AND z.area_id = a.zcta
WHERE l.latitude IS NOT NULL
ORDER BY ALL;

INSERT INTO coverage_site BY NAME
SELECT target, location_id, organization_id, state FROM work.target_site ORDER BY ALL;

-- Where somebody could tell: a list of the state asks of the level, or, of what programs say of themselves, some program answers.
CREATE TABLE work.target_asked AS
SELECT DISTINCT t.target, s.state FROM policy.target t
JOIN work.asked_state s ON s.level_of_care = t.level_of_care AND (t.focus IS NULL OR s.focus = t.focus) WHERE t.dimension IS NULL
UNION
SELECT DISTINCT t.target, a.state FROM policy.target t
JOIN work.answering a ON a.level_of_care = t.level_of_care AND a.dimension = coalesce(t.dimension, 'all')
    AND a.value IS NOT DISTINCT FROM t.value AND a.answer IN ('yes', 'not_ticked')
    AND (t.focus IS NULL OR list_contains(a.focuses, t.focus));

-- Places that may be a site of the target: programs that nobody asked or that do not say, and places known from lists alone
-- that do not ask of the level.
CREATE TABLE work.target_maybe AS
SELECT DISTINCT t.target, a.location_id, l.latitude, l.longitude, a.answer
FROM policy.target t
JOIN work.answering a ON a.level_of_care = t.level_of_care AND a.dimension = t.dimension AND a.value = t.value
    AND a.answer IN ('not_asked', 'not_stated')
JOIN location l USING (location_id)
WHERE l.latitude IS NOT NULL
UNION
SELECT t.target, l.location_id, l.latitude, l.longitude, 'not_asked'
FROM policy.target t
JOIN (SELECT DISTINCT location_id, focus FROM work.link WHERE questionnaire IS NOT NULL) k ON t.focus IS NULL OR k.focus IN (t.focus, 'both')
JOIN location l USING (location_id)
ANTI JOIN (SELECT location_id, level_of_care FROM work.place_asked) p
    ON p.location_id = k.location_id AND p.level_of_care = t.level_of_care
WHERE l.latitude IS NOT NULL
ORDER BY ALL;

INSERT INTO coverage_virtual BY NAME
WITH offered AS (
    SELECT service_id, organization_id, level_of_care, delivery, unnest(CASE focus WHEN 'both' THEN ['mental_health', 'substance_use']
            ELSE [coalesce(focus, 'not_stated')] END) AS focus,
        virtual_states IS NOT NULL AS stated,
        coalesce(virtual_states, CASE WHEN state IS NOT NULL THEN [state] ELSE [NULL] END) AS states
    FROM directory WHERE level_of_care IN ('iop', 'php') AND delivery IN ('virtual', 'hybrid'))
SELECT state, level_of_care, focus, count(DISTINCT service_id) AS services, count(DISTINCT service_id) FILTER (stated) AS stated,
    count(DISTINCT service_id) FILTER (delivery = 'virtual') AS virtual_only, count(DISTINCT organization_id) AS operators
FROM (SELECT *, unnest(states) AS state FROM offered)
GROUP BY ALL ORDER BY ALL;

INSERT INTO coverage_source_fact BY NAME
WITH listed AS (
    SELECT DISTINCT source_id, listing_id, service_id, state, questionnaire, year(observed_at) AS edition
    FROM work.offered WHERE level_of_care = 'iop' AND state IS NOT NULL),
counted AS (
    SELECT state, source_id, count(DISTINCT service_id) AS services, any_value(questionnaire) AS questionnaire, max(edition) AS edition
    FROM listed GROUP BY ALL),
stated AS (
    SELECT l.state, l.source_id, o.field, count(DISTINCT l.service_id) AS stating
    FROM listed l
    -- what is said of another program of the page is not said of this one
    JOIN (SELECT DISTINCT listing_id, field, CASE entity_type WHEN 'service' THEN entity_id END AS service_id
        FROM observation WHERE assertion = 'affirmed') o
        ON o.listing_id = l.listing_id AND coalesce(o.service_id, l.service_id) = l.service_id
    GROUP BY ALL)
SELECT c.state, c.source_id, f.field, c.services, coalesce(s.stating, 0) AS stating,
    EXISTS (SELECT 1 FROM asks a WHERE a.questionnaire = c.questionnaire AND a.field = f.field
        AND c.edition BETWEEN a.since AND coalesce(a.until, c.edition)) AS is_asked
FROM counted c
CROSS JOIN (SELECT DISTINCT field FROM observation) f
LEFT JOIN stated s USING (state, source_id, field)
ORDER BY ALL;
