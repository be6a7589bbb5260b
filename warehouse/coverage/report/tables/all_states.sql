-- All states
-- Each name leads to the report of that state. A state that is not here is not in this release, which says nothing of it.
SELECT a.area_id AS state_fips, a.name AS state, a.state || '/index.html' AS page, a.population AS people, s.services AS programs, s.sites, s.rate, s.rate_low, s.rate_high, NOT s.is_reliable AS is_unreliable,
    p.services AS php_substance_use, q.services AS php_mental_health, r.median_km, r.within_25_km / nullif(r.people, 0) AS share_25_km
FROM iop.area a
LEFT JOIN iop.coverage_supply s ON s.area_kind = 'state' AND s.area_id = a.area_id AND s.dimension = 'all' AND s.level_of_care = 'iop' AND s.focus = 'substance_use'
LEFT JOIN iop.coverage_supply p ON p.area_kind = 'state' AND p.area_id = a.area_id AND p.dimension = 'all' AND p.level_of_care = 'php' AND p.focus = 'substance_use'
LEFT JOIN iop.coverage_supply q ON q.area_kind = 'state' AND q.area_id = a.area_id AND q.dimension = 'all' AND q.level_of_care = 'php' AND q.focus = 'mental_health'
LEFT JOIN iop.coverage_reach r ON r.area_kind = 'state' AND r.area_id = a.area_id AND r.target = 'any'
WHERE a.area_kind = 'state' AND a.state IN (SELECT state FROM iop.coverage_supply)
ORDER BY a.name;
