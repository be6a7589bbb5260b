-- What changed in a state this week, counted from the release's day, or since any moment: what an app shows as news.
-- `entity` rows tell of services and places that came or went; `redirect_to` is the id that stands for a merged one.
-- Programs of the first release are new by the day on which they were first seen: there was nothing to compare with.
SET VARIABLE since = (SELECT built_at - INTERVAL 7 DAYS FROM release_info);
SET VARIABLE state = 'MA';

WITH here AS (
    SELECT unnest([service_id, location_id, organization_id]) AS entity_id
    FROM directory_history WHERE state = getvariable('state')),
changed AS (
    SELECT changed_at, entity_type, entity_id, field, kind, old_value, new_value, cause, source_id
    FROM changes SEMI JOIN here USING (entity_id) WHERE changed_at > getvariable('since')),
recent AS MATERIALIZED (
    FROM changed
    UNION ALL BY NAME
    SELECT first_seen AS changed_at, 'service' AS entity_type, service_id AS entity_id, 'entity' AS field, 'added' AS kind,
        service_id AS new_value, 'first_seen' AS cause
    FROM service SEMI JOIN here ON entity_id = service_id
    WHERE first_seen > getvariable('since') AND service_id NOT IN (SELECT entity_id FROM changes WHERE cause = 'appeared')
    ORDER BY changed_at DESC, entity_id, field, old_value, new_value LIMIT 500)
SELECT recent.*, l.redirect_to
FROM recent LEFT JOIN ledger l USING (entity_type, entity_id)
ORDER BY changed_at DESC, recent.entity_id, field, old_value, new_value;
