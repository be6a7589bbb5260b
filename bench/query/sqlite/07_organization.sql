SELECT organization_id, operator_name, organization_name, location_id, location_name, service_id, service_name, level_of_care,
    delivery, city, state, phone_display, alert
FROM directory
WHERE organization_id = coalesce((SELECT redirect_to FROM ledger WHERE entity_id = :organization), :organization)
ORDER BY state, city, location_id, level_of_care, service_id LIMIT 500;
