-- Towns, by distance to the nearest known program
-- The farthest first. Where block groups reach over a town's line, its inner point stands for all of its people.
SELECT a.name AS town, c.name AS county, r.people::BIGINT AS people, r.sites, r.median_km, r.inner_point_km,
    m.median_km AS medicaid_km, t.median_km AS adolescents_km
FROM reach r
JOIN here a ON a.area_kind = 'town' AND a.area_id = r.area_id
LEFT JOIN here c ON c.area_kind = 'county' AND c.area_id = a.county_fips
LEFT JOIN reach m ON m.area_kind = 'town' AND m.area_id = r.area_id AND m.target = 'medicaid'
LEFT JOIN reach t ON t.area_kind = 'town' AND t.area_id = r.area_id AND t.target = 'adolescents'
WHERE r.area_kind = 'town' AND r.target = 'any'
ORDER BY r.median_km DESC NULLS LAST, a.name;
