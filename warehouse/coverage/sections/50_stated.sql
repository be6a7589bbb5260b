-- What intensive outpatient programs state
-- The denominators of everything else: of a fact that few services state, a share says little. `of its place alone`
-- counts programs of which nothing is said, but of another listing at their place: that may not hold for them.
WITH one AS (
    SELECT DISTINCT ON (service_id) * FROM known WHERE level_of_care = 'iop'
    ORDER BY service_id, location_id),
fact AS (
    SELECT 1 AS n, 'how it is attended' AS fact, delivery IS NOT NULL AS stated, NULL AS yes, NULL::BOOLEAN AS place FROM one
    UNION ALL SELECT 2, 'evening sessions', has_evening IS NOT NULL, has_evening, NULL FROM one
    UNION ALL SELECT 3, 'weekend sessions', has_weekend IS NOT NULL, has_weekend, NULL FROM one
    UNION ALL SELECT 4, 'days and times of sessions', schedule IS NOT NULL, NULL, NULL FROM one
    UNION ALL SELECT 5, 'hours a week', hours_per_week_min IS NOT NULL OR hours_per_week_max IS NOT NULL, NULL, NULL
        FROM one
    UNION ALL SELECT 6, 'conditions', conditions IS NOT NULL, NULL, conditions IS NULL AND conditions_of_place IS NOT NULL FROM one
    UNION ALL SELECT 7, 'populations', populations IS NOT NULL, NULL, populations IS NULL AND populations_of_place IS NOT NULL FROM one
    UNION ALL SELECT 8, 'ages', min_age IS NOT NULL OR max_age IS NOT NULL, NULL, NULL FROM one
    UNION ALL SELECT 9, 'payers', payers IS NOT NULL, NULL, payers IS NULL AND payers_of_place IS NOT NULL FROM one
    UNION ALL SELECT 10, 'languages besides English', languages IS NOT NULL, NULL,
        languages IS NULL AND languages_of_place IS NOT NULL FROM one
    UNION ALL SELECT 11, 'accepting new patients', accepting IS NOT NULL, accepting = 'accepting', NULL FROM one
    UNION ALL SELECT 12, 'telephone', phone IS NOT NULL, NULL, NULL FROM one)
SELECT fact, count(*) AS iop_services, count(*) FILTER (stated) AS state_it,
    format('{:.0f} %', 100.0 * state_it / iop_services) AS share,
    CASE WHEN bool_or(yes) IS NOT NULL THEN count(*) FILTER (yes) END AS say_yes,
    CASE WHEN bool_or(yes) IS NOT NULL THEN count(*) FILTER (NOT yes) END AS say_no,
    CASE WHEN bool_or(place) IS NOT NULL THEN count(*) FILTER (place) END AS of_its_place_alone
FROM fact GROUP BY n, fact ORDER BY n;
