-- By level of care
-- `verified` services are within the time in which their facts should be verified again, or just past it. `places not
-- asked` are known from lists alone that do not ask of the level: whether they offer it is unknown.
WITH unasked AS (
    SELECT level_of_care, sum(places_not_asked) AS places FROM coverage_state
    WHERE getvariable('state') IS NULL OR state = getvariable('state') GROUP BY ALL)
SELECT coalesce(v.label, 'Level not stated') AS level_of_care, count(DISTINCT service_id) AS services,
    CASE WHEN bool_or(substance_use_told) THEN count(DISTINCT service_id) FILTER (focus IN ('substance_use', 'both')) END
        AS substance_use,
    CASE WHEN bool_or(mental_health_told) THEN count(DISTINCT service_id) FILTER (focus IN ('mental_health', 'both')) END
        AS mental_health,
    count(DISTINCT location_id) AS places, count(DISTINCT organization_id) AS operators,
    count(DISTINCT service_id) FILTER (freshness IN ('fresh', 'due')) AS verified,
    count(DISTINCT service_id) FILTER (has_conflict) AS with_a_contradiction, any_value(u.places)::INTEGER AS places_not_asked
FROM known k
LEFT JOIN vocabulary_level_of_care v ON v.code = k.level_of_care
LEFT JOIN unasked u ON u.level_of_care = k.level_of_care
GROUP BY ALL ORDER BY services DESC, level_of_care;
