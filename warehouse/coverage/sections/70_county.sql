-- By county
-- Counties where any treatment is known. A county that is not here has none that is known; `0` under IOP is none known
-- where other levels of care are. Virtual services without a place are in no county. `—`: no
-- source states it of any program there.
SELECT state, coalesce(county, 'not known') AS county, count(DISTINCT service_id) AS services,
    count(DISTINCT location_id) AS places,
    count(DISTINCT service_id) FILTER (level_of_care = 'iop') AS iop,
    count(DISTINCT service_id) FILTER (level_of_care = 'iop' AND focus IN ('substance_use', 'both')) AS iop_substance_use,
    CASE WHEN bool_or(level_of_care = 'iop' AND mental_health_told)
        THEN count(DISTINCT service_id) FILTER (level_of_care = 'iop' AND focus IN ('mental_health', 'both')) END
        AS iop_mental_health,
    count(DISTINCT location_id) FILTER (level_of_care = 'iop') AS iop_places,
    CASE WHEN bool_or(level_of_care = 'iop' AND virtual IS NOT NULL)
        THEN count(DISTINCT service_id) FILTER (level_of_care = 'iop' AND virtual) END AS iop_virtual,
    CASE WHEN bool_or(level_of_care = 'iop' AND has_evening IS NOT NULL)
        THEN count(DISTINCT service_id) FILTER (level_of_care = 'iop' AND has_evening) END AS iop_evening,
    count(DISTINCT service_id) FILTER (level_of_care = 'iop' AND freshness IN ('fresh', 'due')) AS iop_verified
FROM known
WHERE state IS NOT NULL
GROUP BY ALL ORDER BY ALL;
