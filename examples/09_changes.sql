-- What changed in a state since a moment: what an app shows as news, or copies to its own store.
-- `entity` rows tell of services and places that came or went; `redirect_to` is the id that stands for a merged one.
SET VARIABLE since = TIMESTAMP '2026-01-01';
SET VARIABLE state = 'MA';

WITH here AS (
    SELECT unnest([service_id, location_id, organization_id]) AS entity_id
    FROM directory_history WHERE state = getvariable('state')),
recent AS MATERIALIZED (
    SELECT changed_at, entity_type, entity_id, field, kind, old_value, new_value, cause, source_id
    FROM changes SEMI JOIN here USING (entity_id)
    WHERE changed_at > getvariable('since')
    ORDER BY changed_at DESC, entity_id, field, old_value, new_value LIMIT 500)
SELECT recent.*, l.redirect_to
FROM recent LEFT JOIN ledger l USING (entity_type, entity_id)
ORDER BY changed_at DESC, recent.entity_id, field, old_value, new_value;
