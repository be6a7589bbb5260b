WITH here AS (
    SELECT service_id AS entity_id FROM directory WHERE state = :state
    UNION SELECT location_id FROM directory WHERE state = :state
    UNION SELECT organization_id FROM directory WHERE state = :state)
SELECT c.entity_id, changed_at, c.entity_type, field, kind, old_value, new_value, cause, source_id, l.redirect_to
FROM changes c JOIN here ON here.entity_id = c.entity_id
LEFT JOIN ledger l ON l.entity_id = c.entity_id
WHERE changed_at > :since
ORDER BY changed_at DESC, c.entity_id, field, old_value, new_value LIMIT 500;
