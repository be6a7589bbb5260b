-- Which intensive outpatient programs are near me, and which can I attend from home?
-- Programs within `km` kilometres of a point, nearest first; then virtual ones that serve the state, or are of it.
-- Rows with `geo_precision = 'zip'` or `'city'` are placed at the centre of their ZIP code or city.
SET VARIABLE lat = 42.3736;
SET VARIABLE lon = -71.1097;
SET VARIABLE km = 15;
SET VARIABLE state = 'MA';

(SELECT 'near' AS found, round(distance_km, 1) AS km, service_id, location_id, organization_name, service_name, delivery,
    street, city, phone_display, website, schedule_text, alert
FROM near(getvariable('lat'), getvariable('lon'), getvariable('km'))
WHERE level_of_care = 'iop' AND accepting IS DISTINCT FROM 'closed'
ORDER BY distance_km, service_id LIMIT 25)
UNION ALL
(SELECT 'virtual', NULL, service_id, location_id, organization_name, service_name, delivery,
    street, city, phone_display, website, schedule_text, alert
FROM directory
WHERE level_of_care = 'iop' AND virtual AND accepting IS DISTINCT FROM 'closed'
    AND (list_contains(virtual_states, getvariable('state'))
        OR (virtual_states IS NULL AND state = getvariable('state')))
ORDER BY organization_name, service_id LIMIT 25);
