WITH here AS (
    SELECT service_id AS entity_id FROM directory WHERE state = :state
    UNION SELECT location_id FROM directory WHERE state = :state
    UNION SELECT organization_id FROM directory WHERE state = :state),
recent AS (
    SELECT changed_at, entity_type, c.entity_id, field, kind, old_value, new_value, cause, source_id
    FROM changes c JOIN here ON here.entity_id = c.entity_id WHERE changed_at > :since
    UNION ALL
    SELECT first_seen, 'service', service_id, 'entity', 'added', NULL, service_id, 'first_seen', NULL
    FROM service JOIN here ON here.entity_id = service_id
    WHERE first_seen > :since
        AND NOT EXISTS (SELECT 1 FROM changes c WHERE c.entity_id = service_id AND cause = 'appeared'))
SELECT recent.*, l.redirect_to
FROM recent LEFT JOIN ledger l ON l.entity_id = recent.entity_id
ORDER BY changed_at DESC, recent.entity_id, field, old_value, new_value LIMIT 500;
