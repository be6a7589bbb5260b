-- Programs that can be attended from home in a state: first those that say they serve it, then those that name no state and
-- are of a provider there: ask these.
SET VARIABLE state = 'MA';

SELECT service_id, location_id, organization_name, service_name, delivery, list_contains(virtual_states, getvariable('state')) AS says_so,
    coalesce(state, provider_state) AS home, phone_display, website, schedule_text, alert
FROM directory
WHERE level_of_care = 'iop' AND virtual AND accepting IS DISTINCT FROM 'closed'
    AND (list_contains(virtual_states, getvariable('state'))
        OR (virtual_states IS NULL AND coalesce(state, provider_state) = getvariable('state')))
ORDER BY says_so DESC NULLS LAST, organization_name, service_id, location_id LIMIT 50;
