SELECT d.service_id, organization_name, service_name, city, accepting, c.last_verified, c.freshness, phone_display
FROM directory d LEFT JOIN claim c ON c.entity_id = d.service_id AND c.field = 'accepting' AND c.chosen
WHERE level_of_care = 'iop' AND state = :state AND accepting = 'accepting'
ORDER BY c.last_verified DESC, d.service_id, d.location_id LIMIT 50;
