-- Programs around a place that someone names: a ZIP code, or a town with its state, also mistyped.
-- The likeliest place is taken; offer the others that `find_place()` finds. Rows whose `geo_precision` is not `address` are
-- placed at the centre of their ZIP code or city.
SET VARIABLE place = 'cambrige, ma';
SET VARIABLE km = 15;

WITH p AS MATERIALIZED (FROM find_place(getvariable('place'), n := 1))
SELECT (SELECT display_name FROM p) AS place, round(n.distance_km, 1) AS km, n.service_id, n.location_id, n.organization_name, n.service_name,
    n.delivery, n.street, n.city, n.phone_display, n.schedule_text, n.alert
FROM near((SELECT latitude FROM p), (SELECT longitude FROM p), getvariable('km')) n  -- of one point; a join with `p` takes much longer
WHERE n.level_of_care = 'iop' AND n.accepting IS DISTINCT FROM 'closed'
ORDER BY n.distance_km, n.service_id, n.location_id LIMIT 50;
