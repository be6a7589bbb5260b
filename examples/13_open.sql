-- Programs with a session that runs now, or begins later today; day and time are local to the place.
-- Only printed sessions are known: a program that prints none is left out, which says nothing of it.
SET VARIABLE state = 'MA';
SET VARIABLE day = 'mo';
SET VARIABLE clock = '17:00';

SELECT service_id, location_id, organization_name, service_name, city, session_start, session_end,
    session_start <= getvariable('clock') AS runs_now, phone_display, alert
FROM open_at(getvariable('day'), getvariable('clock'), later := TRUE)
WHERE level_of_care = 'iop' AND state = getvariable('state') AND accepting IS DISTINCT FROM 'closed'
ORDER BY session_start, organization_name, service_id, location_id LIMIT 50;
