-- Programs that say they accept new patients, and when they said so.
-- Intake changes quickly: its facts count as fresh for 30 days only, so the date of that fact is shown, not the row's.
SET VARIABLE state = 'MA';

SELECT d.service_id, organization_name, service_name, city, accepting, c.last_verified AS accepting_verified,
    c.freshness AS accepting_freshness, phone_display
FROM directory d
LEFT JOIN claim c ON c.entity_id = d.service_id AND c.field = 'accepting' AND c.chosen
WHERE level_of_care = 'iop' AND state = getvariable('state') AND accepting = 'accepting'
ORDER BY c.last_verified DESC NULLS LAST, d.service_id, d.location_id LIMIT 50;
