-- Claims: one per entity, field and value. Which value is chosen is the policy's business (docs/claims.md):
-- corrections first, then what is not expired, own site over directory, newer over older, more sources, surer readers.

-- When a content was first found: what it says has been known since then, also where no release is left to tell.
CREATE TABLE work.found AS
SELECT source_id, sha256 AS document_sha256, min(fetched_at) AS found_at
FROM document WHERE sha256 IS NOT NULL GROUP BY ALL;

-- A statement is no newer than the edition that prints it.
CREATE TABLE work.support AS
SELECT o.claim_id, o.source_id, k.priority, s.published,
    max(o.confidence) * any_value(k.weight) AS strength,
    count(*) AS statements,
    min(least(o.observed_at, d.found_at)) AS first_seen,
    max(o.observed_at) AS last_seen,
    least(max(o.observed_at), coalesce(s.published, max(o.observed_at))) AS last_verified,
    bool_or(o.qualifier = 'not_accepted') AS refused,
    bool_or(o.qualifier IS DISTINCT FROM 'not_accepted') AS granted,
    arg_max(o.rowid, {confidence: o.confidence, id: o.observation_id}) AS best
FROM observation o
JOIN source s USING (source_id)
JOIN policy.kind k USING (kind)
LEFT JOIN work.found d ON d.source_id = o.source_id AND d.document_sha256 = o.document_sha256
WHERE o.claim_id IS NOT NULL
GROUP BY o.claim_id, o.source_id, k.priority, s.published;

-- Denials: what a source says is not so. They mark the same value as contradicted, or outweigh it.
CREATE TABLE work.denial AS
SELECT work.claim_key(o.entity_id, o.field, f.written, o.value) AS claim_id, min(k.priority) AS priority
FROM observation o
JOIN policy.field f USING (field)
JOIN source s USING (source_id)
JOIN policy.kind k USING (kind)
WHERE o.assertion = 'negated' AND o.entity_id IS NOT NULL
GROUP BY ALL;

CREATE TABLE work.weighed AS
SELECT claim_id,
    min(priority) AS priority,
    1 - exp(sum(ln(1 - least(strength, getvariable('confidence_ceiling'))))) AS strength,
    count(*) AS source_count,
    sum(statements) AS statements,
    min(first_seen) AS first_seen,
    max(last_seen) AS last_seen,
    max(last_verified) AS last_verified,
    bool_or(refused) AND bool_or(granted) AS torn,
    arg_max(best, {priority: -priority, verified: last_verified, strength: strength, id: source_id}) AS best
FROM work.support
GROUP BY claim_id;

CREATE TABLE work.value AS
SELECT w.* EXCLUDE (priority), least(w.priority, 99) AS priority,
    o.entity_type, o.entity_id, o.field, o.value, o.qualifier, o.observation_id, o.source_id, o.url,
    f.cardinality = 'one' OR coalesce(f.only_one_of = o.entity_type, FALSE) AS single, f.wording, f.one_source, f.verify_days,
    d.priority AS denied_by,
    work.freshness_of(w.last_verified, f.verify_days) AS freshness
FROM work.weighed w
JOIN observation o ON o.rowid = w.best
JOIN policy.field f ON f.field = o.field
LEFT JOIN work.denial d ON d.claim_id = w.claim_id;

-- Since when it has been known under ids that were merged into this one.
CREATE TABLE work.inherited AS
SELECT work.claim_key(l.redirect_to, c.field, f.written, c.value) AS claim_id, min(c.first_seen) AS first_seen
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
        freshness = 'expired',
        denied_by < priority,
        CASE field WHEN 'phone' THEN list_position(getvariable('phone_kinds'), coalesce(qualifier, 'main')) END,
        priority,
        work.age_days(last_verified) // getvariable('newer_days'),
        source_count DESC,
        strength DESC,
        value))
SELECT * EXCLUDE (conflicting), conflicting AS conflict FROM (
    SELECT r.claim_id, entity_type, entity_id, field, value, qualifier, rank, source_count,
        statements AS observation_count, observation_id, source_id, url, last_seen, last_verified, freshness,
        (rank = 1 OR NOT single) AND coalesce(denied_by >= priority, TRUE)
            AND (NOT one_source OR source_id = best_source) AS chosen,
        coalesce(contradicted, FALSE) OR (single AND values > 1 AND NOT wording) AS conflicting,
        round(least(strength, getvariable('confidence_ceiling'))
            * CASE WHEN conflicting THEN getvariable('conflict_discount') ELSE 1 END, 4) AS confidence,
        least(r.first_seen, p.first_seen, k.first_seen) AS first_seen,
        last_verified + to_days(verify_days) AS verify_due
    FROM ranked r
    LEFT JOIN (SELECT claim_id, first_seen FROM previous.claim) p ON p.claim_id = r.claim_id
    LEFT JOIN work.inherited k ON k.claim_id = r.claim_id)
ORDER BY field, entity_id, rank;  -- the filters of apps: few row groups are touched
