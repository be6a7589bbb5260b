-- Programs that say they accept new patients, and when they said so.
-- Intake changes quickly: its facts count as fresh for 30 days only, so the date of that fact is shown, not the row's.
SET VARIABLE state = 'MA';

SELECT service_id, organization_name, service_name, city, accepting, accepting_scope, accepting_verified, phone_display
FROM directory
WHERE level_of_care = 'iop' AND accepting = 'accepting' AND coalesce(state, provider_state) = getvariable('state')
ORDER BY accepting_verified DESC, service_id, location_id LIMIT 50;
