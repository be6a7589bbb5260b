-- How far people live, by county
-- For the kinds of program that are most often looked for. “People” of programs for adolescents are those under 18.
SELECT a.name AS county, r.label AS looked_for, CASE r.people_kind WHEN 'population' THEN a.population ELSE r.people::INTEGER END AS people,
    r.sites, (r.people - r.within_25_km)::BIGINT AS people_beyond_25_km, r.median_km, r.p90_km,
    r.within_10_km / nullif(r.people, 0) AS share_10_km, r.within_25_km / nullif(r.people, 0) AS share_25_km,
    r.accessibility
FROM reach r JOIN here a ON a.area_kind = 'county' AND a.area_id = r.area_id
WHERE r.area_kind = 'county' AND r.target IN ('any', 'adolescents', 'medicaid', 'evening', 'spanish')
ORDER BY a.name, r.place;
