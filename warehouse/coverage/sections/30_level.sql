-- By level of care
-- `verified` services are within the time in which their facts should be verified again, or just past it.
SELECT coalesce(v.label, 'Level not stated') AS level_of_care, count(DISTINCT service_id) AS services,
    count(DISTINCT location_id) AS places, count(DISTINCT organization_id) AS operators,
    count(DISTINCT service_id) FILTER (freshness IN ('fresh', 'due')) AS verified,
    count(DISTINCT service_id) FILTER (has_conflict) AS with_a_contradiction
FROM known LEFT JOIN vocabulary_level_of_care v ON v.code = level_of_care
GROUP BY ALL ORDER BY services DESC, level_of_care;
