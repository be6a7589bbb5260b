-- Gaps, by people
-- Areas whose people live more than 25 km in a straight line from every known program of the kind, the most people first, ten
-- for each kind. The last columns name the nearest place within 25 km that may be one: nobody asked it, or its page does not
-- say. To ask it is the cheapest way to close the gap, if it can be closed.
SELECT t.label AS looked_for, coalesce(a.name, g.area_id) AS area, g.people::BIGINT AS people,
    (SELECT any_value(coalesce(d.organization_name, d.operator_name) || coalesce(', ' || d.city, '')) FROM iop.directory d WHERE d.location_id = g.nearest_location_id) AS nearest, g.nearest_km,
    (SELECT any_value(coalesce(d.organization_name, d.operator_name) || coalesce(', ' || d.city, '')) FROM iop.directory d WHERE d.location_id = g.closing_location_id) AS may_be, g.closing_km,
    CASE g.closing_answer WHEN 'not_asked' THEN 'Nobody asked' WHEN 'not_stated' THEN 'Its page does not say' END AS why_not_known
FROM iop.coverage_gap g
JOIN target t USING (target)
LEFT JOIN here a ON a.area_kind = g.area_kind AND a.area_id = g.area_id
WHERE g.state = getvariable('state') AND g.rank <= 10 AND g.target IN ('any', 'adolescents', 'medicaid', 'spanish', 'evening')
ORDER BY t.place, g.rank;
