-- Claims: one per entity, field and value. Which value is chosen is the policy's business (docs/claims.md):
-- corrections first, then what is not expired, own site over directory, newer over older, more sources, surer readers.

-- When a content was first found: what it says has been known since then, also where no release is left to tell.
CREATE TABLE work.found AS
SELECT source_id, sha256 AS document_sha256, min(fetched_at) AS found_at
FROM document WHERE sha256 IS NOT NULL GROUP BY ALL;

SET VARIABLE newest = (SELECT coalesce(max(observed_at), getvariable('now')) FROM observation);

-- What each listing says, for each claim that it supports. A statement is no newer than the edition that prints it.
CREATE TABLE work.said AS
SELECT o.claim_id::UBIGINT AS claim, o.listing_id, o.service_key, any_value(o.source_id) AS source_id, any_value(o.field) AS field,
    any_value(k.priority) AS priority, any_value(coalesce(k.voice, o.source_id)) AS voice, any_value(k.weight) AS weight, any_value(r.reliability) AS reliability,
    any_value(r.yearly) AS yearly,
    max(o.confidence) AS confidence, count(*) AS statements, min(least(o.observed_at, d.found_at)) AS first_seen,
    max(o.observed_at) AS last_seen, least(max(o.observed_at), coalesce(any_value(s.published), max(o.observed_at))) AS last_verified,
    bool_or(o.qualifier = 'not_accepted') AS refused,
    bool_or(o.qualifier IS DISTINCT FROM 'not_accepted') AS granted,
    arg_max({row: o.rowid, id: o.observation_id}, {confidence: o.confidence, id: o.observation_id}) AS best,
    arg_max(o.qualifier, {confidence: o.confidence, id: o.observation_id}) FILTER (o.qualifier IS NOT NULL) AS qualifier
FROM observation o
JOIN source s USING (source_id)
JOIN policy.kind k USING (kind)
LEFT JOIN listing l ON l.listing_id = o.listing_id
LEFT JOIN policy.reliability r ON r.questionnaire = l.questionnaire AND r.field = o.field
LEFT JOIN work.found d ON d.source_id = o.source_id AND d.document_sha256 = o.document_sha256
WHERE o.claim_id IS NOT NULL
GROUP BY claim, o.listing_id, o.service_key;

CREATE TABLE work.support AS
SELECT claim, source_id, priority, voice,
    max(work.strength(confidence, weight, reliability, yearly, work.age_days(last_verified))) AS strength,
    max(work.strength(confidence, weight, reliability, yearly, work.age_then(last_verified))) AS strength_then,
    sum(statements) AS statements, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
    max(last_verified) AS last_verified, bool_or(refused) AS refused, bool_or(granted) AS granted,
    arg_max(best.row, {confidence: confidence, id: best.id}) AS best
FROM work.said GROUP BY claim, source_id, priority, voice;

-- Of a name that is written in several ways: the usual wording.
CREATE TABLE work.name AS
SELECT claim, sum(listings) AS listings,
    arg_max(best, {usual: work.usual(listings, last_verified, value), value: value}) AS best
FROM (
    SELECT s.claim, o.value, count(DISTINCT s.listing_id) AS listings, max(s.last_verified) AS last_verified,
        arg_min(s.best.row, s.best.id) AS best
    FROM work.said s SEMI JOIN (FROM policy.field WHERE is_name) f ON f.field = s.field JOIN observation o ON o.rowid = s.best.row
    GROUP BY ALL)
GROUP BY claim;

-- Denials: what a source says is not so. They mark the same value as contradicted, or outweigh it.
CREATE TABLE work.denial AS
SELECT work.claim_number(o.entity_id, o.field, f.written, o.value) AS claim, min(k.priority) AS priority
FROM observation o
JOIN policy.field f USING (field)
JOIN source s USING (source_id)
JOIN policy.kind k USING (kind)
WHERE o.assertion = 'negated' AND o.entity_id IS NOT NULL
GROUP BY ALL;

CREATE VIEW work.weighed AS
SELECT w.* REPLACE (coalesce(n.best, w.best) AS best), v.strength, v.strength_then, n.listings
FROM (
    SELECT claim, min(priority) AS priority, count(*) AS source_count, sum(statements) AS statements,
        min(first_seen) AS first_seen, max(last_seen) AS last_seen, max(last_verified) AS last_verified,
        bool_or(refused) AND bool_or(granted) AS torn,
        arg_max(best, {priority: -priority, verified: last_verified, strength: strength_then, id: source_id}) AS best
    FROM work.support GROUP BY claim) w
JOIN (
    SELECT claim, 1 - exp(sum(work.doubt(strength))) AS strength, 1 - exp(sum(work.doubt(strength_then))) AS strength_then
    FROM (SELECT claim, voice, max(strength) AS strength, max(strength_then) AS strength_then FROM work.support GROUP BY ALL)
    GROUP BY claim) v
    USING (claim)
LEFT JOIN work.name n USING (claim);

CREATE VIEW work.value AS
SELECT w.* EXCLUDE (priority), least(w.priority, 99) AS priority,
    o.entity_type, o.entity_id, o.field, o.value, o.qualifier, o.observation_id, o.source_id,
    CASE WHEN k.is_page THEN o.url END AS url,
    f.cardinality = 'one' OR coalesce(f.only_one_of = o.entity_type, FALSE) AS single, f.wording, f.is_name, f.one_source, f.verify_days,
    d.priority AS denied_by,
    work.freshness_of(w.last_verified, f.verify_days) AS freshness
FROM work.weighed w
JOIN observation o ON o.rowid = w.best
JOIN policy.field f ON f.field = o.field
JOIN source s ON s.source_id = o.source_id
JOIN policy.kind k ON k.kind = s.kind
LEFT JOIN work.denial d ON d.claim = w.claim;

-- Since when it has been known under ids that were merged into this one.
CREATE TABLE work.inherited AS
SELECT work.claim_number(l.redirect_to, c.field, f.written, c.value) AS claim, min(c.first_seen) AS first_seen
FROM previous.claim c
JOIN (FROM stage.ledger WHERE redirect_to IS NOT NULL) l USING (entity_id)
JOIN policy.field f USING (field)
GROUP BY 1;

INSERT INTO claim BY NAME
WITH ranked AS (
    SELECT t.*,
        row_number() OVER best AS rank,
        first_value(source_id) OVER best AS best_source,
        count(*) OVER (PARTITION BY entity_id, field) AS values,
        denied_by IS NOT NULL OR torn AS contradicted
    FROM work.value t
    WINDOW best AS (PARTITION BY entity_id, field ORDER BY
        priority = 0 DESC,
        CASE WHEN is_name THEN work.usual(listings, last_verified, value) END DESC,
        freshness = 'expired',
        denied_by < priority,
        CASE field WHEN 'phone' THEN list_position(getvariable('phone_kinds'), coalesce(qualifier, 'main')) END,
        priority,
        work.age_then(last_verified) // getvariable('newer_days'),
        source_count DESC,
        strength_then DESC,
        value))
SELECT * EXCLUDE (conflicting), conflicting AS conflict FROM (
    SELECT r.claim::VARCHAR AS claim_id, entity_type, entity_id, field, value, qualifier, rank, source_count,
        statements AS observation_count, observation_id, source_id, url, last_seen, last_verified, freshness,
        (rank = 1 OR NOT single) AND coalesce(denied_by >= priority, TRUE)
            AND (NOT one_source OR source_id = best_source) AS chosen,
        coalesce(contradicted, FALSE) OR (single AND values > 1 AND NOT wording) AS conflicting,
        round(least(strength, getvariable('confidence_ceiling'))
            * CASE WHEN conflicting THEN getvariable('conflict_discount') ELSE 1 END, 4) AS confidence,
        least(r.first_seen, p.first_seen, k.first_seen) AS first_seen,
        last_verified + to_days(verify_days) AS verify_due
    FROM ranked r
    LEFT JOIN (SELECT claim_id, first_seen FROM previous.claim) p ON p.claim_id = r.claim::VARCHAR
    LEFT JOIN work.inherited k ON k.claim = r.claim)
ORDER BY entity_id, field, rank;  -- what is asked of one program touches few row groups
