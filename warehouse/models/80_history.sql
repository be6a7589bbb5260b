-- What changed since the previous release, and the directory by validity. Both are carried forward.

-- Entities whose past is not told: what is taken down, and what the last release knew from records taken down since.
CREATE TABLE work.withheld AS
SELECT entity_id FROM work.down_entity
UNION
SELECT entity_id FROM previous.crosswalk SEMI JOIN work.down_listing USING (listing_id)
UNION
SELECT entity_id FROM previous.crosswalk SEMI JOIN work.down_service USING (listing_id, service_key);

-- Chosen claims that were not there before, or are no more: all that has to be looked at.
CREATE TABLE work.claim_added AS
SELECT claim_id, entity_type, entity_id, field, value, source_id, observation_id
FROM (FROM claim WHERE chosen) c
ANTI JOIN (SELECT claim_id FROM previous.claim WHERE chosen) p USING (claim_id)
WHERE getvariable('previous_release') IS NOT NULL;

CREATE TABLE work.claim_removed AS
SELECT claim_id, entity_type, entity_id, field, value, source_id, observation_id
FROM (FROM previous.claim WHERE chosen) p
ANTI JOIN (SELECT claim_id FROM claim WHERE chosen) c USING (claim_id)
WHERE p.entity_id NOT IN (FROM work.withheld);

-- The documents that they were read from, and whether the other release had read these too: a changed source is told
-- from a changed reading of the same words.
CREATE TABLE work.before AS
SELECT g.*, o.document_sha256, f.single
FROM work.claim_removed g
JOIN (SELECT observation_id, document_sha256 FROM previous.observation) o USING (observation_id)
JOIN (SELECT field, cardinality = 'one' OR only_one_of IS NOT NULL AS single FROM policy.field) f USING (field);

CREATE TABLE work.after AS
SELECT c.*, o.document_sha256, f.single
FROM work.claim_added c
JOIN (SELECT observation_id, document_sha256 FROM observation) o USING (observation_id)
JOIN (SELECT field, cardinality = 'one' OR only_one_of IS NOT NULL AS single FROM policy.field) f USING (field);

CREATE TABLE work.paper_before AS
SELECT DISTINCT document_sha256 FROM previous.observation SEMI JOIN work.after USING (document_sha256);
CREATE TABLE work.paper_after AS
SELECT DISTINCT document_sha256 FROM observation SEMI JOIN work.before USING (document_sha256);

CREATE TABLE work.entity_before AS SELECT DISTINCT entity_type, entity_id FROM previous.crosswalk
    WHERE entity_id NOT IN (FROM work.withheld);
CREATE TABLE work.entity_after AS SELECT DISTINCT entity_type, entity_id FROM crosswalk;

-- Programs of which rows of the past go for it: none of their rows stays, so that what is told of them is whole, or nothing.
CREATE TABLE work.retold AS
SELECT DISTINCT service_id FROM previous.directory_history
WHERE service_id IN (FROM work.withheld) OR location_id IN (FROM work.withheld) OR organization_id IN (FROM work.withheld);

-- Which sources spoke of an entity, to tell a lost source from a changed one.
CREATE TABLE work.voice_before AS
SELECT DISTINCT c.entity_id, l.source_id FROM previous.crosswalk c JOIN previous.listing l USING (listing_id);
CREATE TABLE work.voice_after AS
SELECT DISTINCT c.entity_id, l.source_id FROM crosswalk c JOIN listing l USING (listing_id)
UNION SELECT DISTINCT entity_id, source_id FROM observation WHERE source_id = 'override';

INSERT INTO changes BY NAME
SELECT c.* FROM previous.changes c WHERE c.entity_id NOT IN (FROM work.withheld);

INSERT INTO changes BY NAME
WITH pair AS (
    -- One-valued fields change; of many-valued ones a value comes or goes.
    SELECT coalesce(a.entity_type, b.entity_type) AS entity_type, coalesce(a.entity_id, b.entity_id) AS entity_id,
        coalesce(a.field, b.field) AS field, b.value AS old_value, a.value AS new_value,
        b.source_id AS old_source, a.source_id AS new_source,
        b.document_sha256 AS old_document, a.document_sha256 AS new_document
    FROM (FROM work.before WHERE single) b
    FULL JOIN (FROM work.after WHERE single) a ON a.entity_id = b.entity_id AND a.field = b.field
    UNION ALL
    SELECT coalesce(a.entity_type, b.entity_type), coalesce(a.entity_id, b.entity_id), coalesce(a.field, b.field),
        b.value, a.value, b.source_id, a.source_id, b.document_sha256, a.document_sha256
    FROM (FROM work.before WHERE NOT single) b
    FULL JOIN (FROM work.after WHERE NOT single) a ON a.claim_id = b.claim_id),
facts AS (
    -- Facts of an entity that came or went as a whole are not changes of their own.
    SELECT p.*, CASE
        WHEN 'override' IN (old_source, new_source) THEN 'correction'
        WHEN old_value IS NULL AND vb.source_id IS NULL THEN 'source_added'
        WHEN new_value IS NULL AND va.source_id IS NULL THEN 'source_lost'
        WHEN old_source <> new_source AND va.source_id IS NULL THEN 'source_lost'
        WHEN old_source <> new_source AND vb.source_id IS NULL THEN 'source_added'
        WHEN old_source <> new_source THEN 'choice_changed'
        WHEN CASE WHEN new_value IS NULL THEN pa.document_sha256 ELSE pb.document_sha256 END IS NOT NULL
            THEN 'reading_changed'
        ELSE 'source_changed' END AS cause
    FROM pair p
    SEMI JOIN work.entity_before eb ON eb.entity_id = p.entity_id
    SEMI JOIN work.entity_after ea ON ea.entity_id = p.entity_id
    LEFT JOIN work.voice_before vb ON vb.entity_id = p.entity_id AND vb.source_id = p.new_source
    LEFT JOIN work.voice_after va ON va.entity_id = p.entity_id AND va.source_id = p.old_source
    LEFT JOIN work.paper_before pb ON pb.document_sha256 = p.new_document
    LEFT JOIN work.paper_after pa ON pa.document_sha256 = p.old_document),
entities AS (
    SELECT entity_type, entity_id, 'entity' AS field, NULL AS old_value, entity_id AS new_value, NULL AS source_id,
        'appeared' AS cause
    FROM work.entity_after ANTI JOIN work.entity_before USING (entity_id) ANTI JOIN work.withheld USING (entity_id)
    UNION ALL
    SELECT b.entity_type, b.entity_id, 'entity', b.entity_id, l.redirect_to, NULL,
        CASE l.status WHEN 'redirected' THEN 'merged' WHEN 'retired' THEN 'retired' ELSE 'disappeared' END
    FROM work.entity_before b ANTI JOIN work.entity_after USING (entity_id)
    LEFT JOIN stage.ledger l ON l.entity_id = b.entity_id)
SELECT getvariable('release') AS release, getvariable('now') AS changed_at, entity_type, entity_id, field, old_value,
    new_value, coalesce(new_source, old_source) AS source_id, cause,
    CASE WHEN old_value IS NULL THEN 'added' WHEN new_value IS NULL THEN 'removed' ELSE 'changed' END AS kind
FROM facts
UNION ALL BY NAME
SELECT getvariable('release') AS release, getvariable('now') AS changed_at, *,
    CASE WHEN old_value IS NULL THEN 'added' WHEN new_value IS NULL THEN 'removed' ELSE 'changed' END AS kind
FROM entities
WHERE getvariable('previous_release') IS NOT NULL
ORDER BY entity_id, field, old_value, new_value;

-- A row's hash is of what it says; that it was verified again, or where an edition prints it, is no change.
CREATE TABLE work.hashed_row AS
SELECT service_id || '@' || coalesce(location_id, '') AS site, (md5_number_lower(to_json(said)::VARCHAR) >> 1)::VARCHAR AS row_hash
FROM (
    SELECT service_id, location_id, d AS said
    FROM (SELECT * EXCLUDE (evidence_count, confidence, stale_facts, last_verified, verify_due, accepting_verified,
            freshness, alert, source_edition, source_locator)
        FROM directory) d);

-- Rows of the last release that go on unchanged.
CREATE TABLE work.unchanged AS
SELECT h.service_id || '@' || coalesce(h.location_id, '') AS site, row_hash
FROM (SELECT service_id, location_id, row_hash FROM previous.directory_history WHERE valid_to IS NULL) h
ANTI JOIN work.retold r ON r.service_id = h.service_id
SEMI JOIN work.hashed_row s ON s.site = h.service_id || '@' || coalesce(h.location_id, '') AND s.row_hash = h.row_hash;

INSERT INTO directory_history BY NAME
SELECT h.* REPLACE (
    CASE WHEN valid_to IS NULL AND u.site IS NULL THEN getvariable('now') ELSE valid_to END AS valid_to,
    CASE WHEN valid_to IS NULL AND u.site IS NULL THEN getvariable('release') ELSE to_release END AS to_release)
FROM previous.directory_history h
LEFT JOIN work.unchanged u ON u.site = h.service_id || '@' || coalesce(h.location_id, '')
    AND u.row_hash = h.row_hash
ANTI JOIN work.retold r ON r.service_id = h.service_id;

INSERT INTO directory_history BY NAME
SELECT d.*, s.row_hash, getvariable('now') AS valid_from, getvariable('release') AS from_release
FROM directory d
JOIN work.hashed_row s ON s.site = d.service_id || '@' || coalesce(d.location_id, '')
ANTI JOIN work.unchanged u ON u.site = s.site;
