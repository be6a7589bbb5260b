-- Gaps, by people
-- Areas whose people live more than 25 km in a straight line from every known program of the kind, the most people first, ten
-- for each kind. “What might close it” names the nearest place within 25 km that may be one, and why that is not known. To ask
-- it is the cheapest way to close the gap, if it can be closed.
WITH named AS (
    SELECT location_id, any_value(coalesce(organization_name, operator_name, location_name, 'A place') || coalesce(', ' || city, '')) AS name
    FROM iop.directory GROUP BY location_id)
SELECT t.label AS looked_for, coalesce(a.name, g.area_id) AS area, c.name AS county, g.people::BIGINT AS people, n.name AS nearest, g.nearest_km,
    CASE g.closing_answer
        WHEN 'not_asked' THEN format('{} ({:.1f} km): nobody asked', m.name, g.closing_km)
        WHEN 'not_stated' THEN format('{} ({:.1f} km): its page does not say', m.name, g.closing_km)
        ELSE 'no listed place within 25 km of which it is open' END AS may_be,
    g.closing_location_id, g.closing_km, g.closing_answer
FROM iop.coverage_gap g
JOIN looked_for t USING (target)
LEFT JOIN here a ON a.area_kind = g.area_kind AND a.area_id = g.area_id
LEFT JOIN here c ON c.area_kind = 'county' AND c.area_id = coalesce(a.county_fips, g.area_id)
LEFT JOIN named n ON n.location_id = g.nearest_location_id
LEFT JOIN named m ON m.location_id = g.closing_location_id
WHERE g.state = getvariable('state') AND g.rank <= 10 AND g.target IN ('any', 'adolescents', 'medicaid', 'spanish', 'evening')
ORDER BY t.place, g.rank;
