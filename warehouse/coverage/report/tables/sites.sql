-- The known places
-- Every place with a known intensive outpatient program in the state, and when it was last listed or read. “May be off” says
-- how far its point on the map may be from the door: that of a ZIP code stands for its whole area.
SELECT d.location_id, any_value(coalesce(d.organization_name, d.operator_name, d.location_name)) AS operator, any_value(d.city) AS city,
    any_value(c.name) AS county, any_value(f.about) AS about, count(DISTINCT d.service_id) AS programs,
    CASE WHEN bool_or(list_contains(d.populations, 'adolescents')) THEN 'yes' WHEN bool_or(list_contains(d.populations_not_ticked, 'adolescents')) THEN 'left blank' END AS for_adolescents,
    CASE WHEN bool_or(list_contains(d.payers_all, 'medicaid')) THEN 'yes' WHEN bool_or(list_contains(d.payers_not_ticked, 'medicaid')) THEN 'left blank' END AS takes_medicaid,
    max(d.last_verified)::DATE AS verified, any_value(d.latitude) AS latitude, any_value(d.longitude) AS longitude, any_value(d.geo_error_km) AS geo_error_km
FROM program d
LEFT JOIN here c ON c.area_kind = 'county' AND c.area_id = d.county_fips
LEFT JOIN focus_label f ON f.focus = coalesce(d.focus, 'not_stated')
WHERE d.location_id IS NOT NULL AND d.latitude IS NOT NULL
GROUP BY d.location_id ORDER BY operator, city, d.location_id;
