-- By county
-- Counties where any treatment is known. A county that is not here has none that is known; `0` under IOP is none known
-- where other levels of care are. Virtual services without a place are in no county.
SELECT state, coalesce(county, 'not known') AS county, count(DISTINCT service_id) AS services,
    count(DISTINCT location_id) AS places,
    count(DISTINCT service_id) FILTER (level_of_care = 'iop') AS iop,
    count(DISTINCT location_id) FILTER (level_of_care = 'iop') AS iop_places,
    count(DISTINCT service_id) FILTER (level_of_care = 'iop' AND virtual) AS iop_virtual,
    count(DISTINCT service_id) FILTER (level_of_care = 'iop' AND has_evening) AS iop_evening,
    count(DISTINCT service_id) FILTER (level_of_care = 'iop' AND freshness IN ('fresh', 'due')) AS iop_verified
FROM known
WHERE state IS NOT NULL
GROUP BY ALL ORDER BY ALL;
