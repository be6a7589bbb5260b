-- Programs by county
-- “Programs” and “places” are IOPs for substance use; one place can have several programs. Rates are places per 100,000
-- residents, with the interval in which chance alone would leave them. Programs for mental health come from other lists, and
-- must not be added: “not known” is where no list asks for them and no page of one was read.
SELECT a.area_id AS county_fips, a.name AS county, a.population AS people, s.services AS programs, s.sites, s.operators,
    s.rate, s.rate_low, s.rate_high, NOT s.is_reliable AS is_unreliable, m.services AS programs_mental_health,
    p.services AS php_substance_use, q.services AS php_mental_health, (r.people - r.within_25_km)::BIGINT AS people_beyond_25_km,
    r.within_25_km / nullif(r.people, 0) AS share_25_km
FROM here a
LEFT JOIN supply s ON s.area_kind = 'county' AND s.area_id = a.area_id AND s.dimension = 'all' AND s.level_of_care = 'iop' AND s.focus = 'substance_use'
LEFT JOIN supply m ON m.area_kind = 'county' AND m.area_id = a.area_id AND m.dimension = 'all' AND m.level_of_care = 'iop' AND m.focus = 'mental_health'
LEFT JOIN supply p ON p.area_kind = 'county' AND p.area_id = a.area_id AND p.dimension = 'all' AND p.level_of_care = 'php' AND p.focus = 'substance_use'
LEFT JOIN supply q ON q.area_kind = 'county' AND q.area_id = a.area_id AND q.dimension = 'all' AND q.level_of_care = 'php' AND q.focus = 'mental_health'
LEFT JOIN reach r ON r.area_kind = 'county' AND r.area_id = a.area_id AND r.target = 'any'
WHERE a.area_kind = 'county'
ORDER BY a.name;
