SELECT service_id, organization_name, service_name, city, accepting, accepting_scope, accepting_verified, phone_display
FROM directory
WHERE level_of_care = 'iop' AND accepting = 'accepting' AND coalesce(state, provider_state) = :state
ORDER BY accepting_verified DESC, service_id, location_id LIMIT 50;
