-- Programs that say they accept new patients, and when they said so.
-- Intake changes quickly: its facts count as fresh for 30 days only, so the date of that fact is shown, not the row's.
SET VARIABLE state = 'MA';

WITH open AS MATERIALIZED (
    SELECT service_id, location_id, organization_name, service_name, city, accepting, phone_display
    FROM directory
    WHERE level_of_care = 'iop' AND state = getvariable('state') AND accepting = 'accepting'),
said AS (
    SELECT DISTINCT c.entity_id, c.last_verified, c.freshness
    FROM claim c JOIN open ON c.entity_id = open.service_id WHERE c.field = 'accepting' AND c.chosen)
SELECT service_id, organization_name, service_name, city, accepting, said.last_verified AS accepting_verified,
    said.freshness AS accepting_freshness, phone_display
FROM open LEFT JOIN said ON said.entity_id = open.service_id
ORDER BY accepting_verified DESC NULLS LAST, service_id, location_id LIMIT 50;
