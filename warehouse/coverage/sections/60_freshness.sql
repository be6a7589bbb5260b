-- How old the knowledge is
-- By level of care: services by how far past verification they are (docs/claims.md).
SELECT coalesce(v.label, 'Level not stated') AS level_of_care, count(DISTINCT service_id) AS services,
    count(DISTINCT service_id) FILTER (freshness = 'fresh') AS fresh,
    count(DISTINCT service_id) FILTER (freshness = 'due') AS due,
    count(DISTINCT service_id) FILTER (freshness = 'stale') AS stale,
    count(DISTINCT service_id) FILTER (freshness = 'expired') AS expired,
    min(last_verified)::DATE AS oldest, max(last_verified)::DATE AS newest
FROM known LEFT JOIN vocabulary_level_of_care v ON v.code = level_of_care
GROUP BY ALL ORDER BY services DESC, level_of_care;
