-- Which intensive outpatient programs are near me, and which can I attend from home?
-- Programs within `km` kilometres of a point, nearest first; then virtual ones that serve the state, and those that name
-- no state, by the state of their provider: ask these whether they serve yours. Rows whose `geo_precision` is not
-- `address` are placed at the centre of their ZIP code or city.
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
(SELECT CASE WHEN virtual_states IS NULL THEN 'virtual, of the state' ELSE 'virtual' END AS found, NULL, service_id,
    location_id, organization_name, service_name, delivery, street, city, phone_display, website, schedule_text, alert
FROM directory
WHERE level_of_care = 'iop' AND virtual AND accepting IS DISTINCT FROM 'closed'
    AND (list_contains(virtual_states, getvariable('state'))
        OR (virtual_states IS NULL AND coalesce(state, provider_state) = getvariable('state')))
ORDER BY found, organization_name, service_id LIMIT 25);
