-- What changed in a state since a moment: what an app shows as news, or copies to its own store.
-- `entity` rows tell of services and places that came or went; their ids are resolved through `ledger`.
SET VARIABLE since = TIMESTAMP '2026-01-01';
SET VARIABLE state = 'MA';

WITH here AS (
    SELECT service_id AS entity_id FROM directory_history WHERE state = getvariable('state')
    UNION SELECT location_id FROM directory_history WHERE state = getvariable('state')
    UNION SELECT organization_id FROM directory_history WHERE state = getvariable('state'))
SELECT changed_at, entity_type, entity_id, field, kind, old_value, new_value, cause, source_id, l.redirect_to
FROM changes SEMI JOIN here USING (entity_id) LEFT JOIN ledger l USING (entity_type, entity_id)
WHERE changed_at > getvariable('since')
ORDER BY changed_at DESC, entity_id, field, old_value, new_value LIMIT 500;
