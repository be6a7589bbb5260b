SELECT * FROM (
    SELECT 'near', round(km, 1), service_id, location_id, organization_name, service_name, delivery, street, city,
        phone_display, website, schedule_text, alert FROM (
        SELECT *, 2 * 6371.0088 * asin(sqrt(min(1.0, pow(sin(radians(latitude - :lat) / 2), 2)
            + cos(radians(:lat)) * cos(radians(latitude)) * pow(sin(radians(longitude - :lon) / 2), 2)))) AS km
        FROM directory INDEXED BY by_point
        WHERE level_of_care = 'iop' AND latitude BETWEEN :lat - :km / 111.0 AND :lat + :km / 111.0
            AND longitude BETWEEN :lon - :km / (111.0 * cos(radians(:lat))) AND :lon + :km / (111.0 * cos(radians(:lat)))
            AND accepting IS NOT 'closed')
    WHERE km <= :km ORDER BY km, service_id LIMIT 25)
UNION ALL
SELECT * FROM (
    SELECT found, NULL, service_id, location_id, organization_name, service_name, delivery, street, city,
        phone_display, website, schedule_text, alert FROM (
        SELECT 'virtual' AS found, d.* FROM item i JOIN directory d ON d.service_id = i.service_id
        WHERE i.field = 'virtual_states' AND i.code = :state AND level_of_care = 'iop' AND virtual
        UNION ALL
        SELECT 'virtual, of the state', * FROM directory
        WHERE level_of_care = 'iop' AND virtual AND coalesce(state, provider_state) = :state AND virtual_states IS NULL)
    WHERE accepting IS NOT 'closed'
    ORDER BY found, organization_name, service_id LIMIT 25);
