-- What is counted
-- A service is one level of care, or one track of it, at one operator; a place is a building or a part of one;
-- each is counted once, however many sources list it. A service at places in two states counts in both.
SELECT coalesce(state, 'virtual, or no place stated') AS state, count(DISTINCT service_id) AS services,
    count(DISTINCT location_id) AS places, count(DISTINCT organization_id) AS operators,
    count(DISTINCT county) AS counties, count(DISTINCT service_id) FILTER (level_of_care = 'iop') AS iop_services
FROM known
GROUP BY ALL ORDER BY ALL;
