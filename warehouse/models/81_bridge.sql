-- For those who keep a copy of the directory: which releases this one goes on from, what became of ids, whose the changes are.

INSERT INTO release_history BY NAME
SELECT release, min(built_at) AS built_at
FROM (
    FROM previous.release_history
    UNION ALL SELECT release, built_at FROM previous.release_info
    UNION ALL SELECT release, built_at FROM release_info
    UNION ALL SELECT from_release, valid_from FROM previous.directory_history  -- of a contract without it
    UNION ALL SELECT to_release, valid_to FROM previous.directory_history WHERE to_release IS NOT NULL)
GROUP BY release ORDER BY release;

-- Ids that the ledger says were joined or ended. One of which the last release told, though not here (its contract had no
-- bridge), is told as of the release that said so.
CREATE TABLE work.ended AS
WITH told AS (
    SELECT entity_id, new_value, max(release) AS release, max(changed_at) AS changed_at
    FROM changes WHERE cause IN ('merged', 'retired') GROUP BY ALL)
SELECT l.entity_type, l.entity_id AS old_id, l.redirect_to AS new_id,
    CASE l.status WHEN 'redirected' THEN 'merged' ELSE 'retired' END AS why,
    CASE WHEN p.entity_id IS NOT NULL THEN t.release END AS release,
    CASE WHEN p.entity_id IS NOT NULL THEN t.changed_at END AS changed_at
FROM ledger l
LEFT JOIN previous.ledger p
    ON p.entity_id = l.entity_id AND p.status = l.status AND p.redirect_to IS NOT DISTINCT FROM l.redirect_to
LEFT JOIN told t ON t.entity_id = l.entity_id AND t.new_value IS NOT DISTINCT FROM l.redirect_to
WHERE l.status IN ('redirected', 'retired') AND l.entity_id NOT IN (FROM work.down_entity)
    AND (p.entity_id IS NULL OR NOT EXISTS (
        FROM previous.id_bridge b WHERE b.old_id = l.entity_id AND b.new_id IS NOT DISTINCT FROM l.redirect_to));

-- What the last release spoke of and this one may not. Of it nothing is told but that.
CREATE TABLE work.withdrawn AS
SELECT entity_type, old_id, NULL AS new_id, 'withdrawn' AS why, NULL AS release, NULL AS changed_at
FROM (
    SELECT DISTINCT entity_type, entity_id AS old_id FROM previous.crosswalk SEMI JOIN work.withheld USING (entity_id)
    UNION
    SELECT 'service', service_id FROM work.retold)
WHERE old_id NOT IN (SELECT entity_id FROM work.entity_after) AND old_id NOT IN (SELECT old_id FROM work.ended);

-- Records of an entity that goes on which are now one that is new.
CREATE TABLE work.split AS
SELECT DISTINCT a.entity_type, b.entity_id AS old_id, a.entity_id AS new_id, 'split' AS why, NULL AS release, NULL AS changed_at
FROM previous.crosswalk b
JOIN crosswalk a ON a.entity_type = b.entity_type AND a.listing_id = b.listing_id
    AND a.service_key IS NOT DISTINCT FROM b.service_key AND a.entity_id <> b.entity_id
WHERE b.entity_id IN (SELECT entity_id FROM work.entity_before) AND b.entity_id IN (SELECT entity_id FROM work.entity_after)
    AND a.entity_id NOT IN (SELECT entity_id FROM work.entity_before) AND a.entity_id NOT IN (FROM work.withheld);

INSERT INTO id_bridge BY NAME
WITH event AS (
    SELECT entity_type, old_id, new_id, why, release, changed_at FROM previous.id_bridge
    UNION ALL BY NAME
    SELECT * REPLACE (coalesce(release, getvariable('release')) AS release, coalesce(changed_at, getvariable('now')) AS changed_at)
    FROM (FROM work.ended UNION ALL BY NAME FROM work.withdrawn UNION ALL BY NAME FROM work.split)),
place_taken AS (
    SELECT entity_id AS old_id, coalesce(redirect_to, entity_id) AS stands FROM ledger WHERE status <> 'retired')
SELECT e.*, n.entity_id AS current_id
FROM event e
LEFT JOIN place_taken p ON p.old_id = e.old_id
LEFT JOIN work.entity_after n ON n.entity_id = coalesce(p.stands, e.old_id)
ORDER BY e.release, e.old_id, e.new_id;

-- Whose changes they are: by the newest row of the directory that has the entity, so that no older name outlives a takedown.
CREATE TABLE work.known AS
WITH row_of AS (
    SELECT unnest([
        {id: service_id, name: concat_ws(', ', organization_name, coalesce(service_name, label('levels_of_care', level_of_care)))},
        {id: location_id, name: coalesce(location_name, organization_name)},
        {id: organization_id, name: operator_name}], recursive := true),
        CASE WHEN state IS NULL THEN virtual_states ELSE [state] END AS states, coalesce(valid_to, 'infinity'::TIMESTAMP) AS until
    FROM directory_history)
SELECT id, min(nullif(name, '')) AS name, nullif(list_sort(list_distinct(flatten(list(states)))), []) AS states
FROM (FROM row_of SEMI JOIN (SELECT entity_id AS id FROM changes) USING (id)
    QUALIFY until = max(until) OVER (PARTITION BY id))
GROUP BY id;

UPDATE changes SET name = NULL, states = NULL;
UPDATE changes SET name = known.name, states = known.states FROM work.known known WHERE known.id = changes.entity_id;
