-- Many-valued facts of services, and whose words they are. `service`: said of the program itself. `listing`: said by the
-- row or page that lists it, of all that it lists, where it says nothing of the program itself. What other listings of the
-- place say is no fact of the service: `directory` shows it in columns of its own (70_directory.sql).

CREATE TABLE work.fact_field AS FROM policy.field WHERE inherit;

-- What a listing says of the service itself, which goes before what it says of the place.
CREATE TABLE work.own AS
SELECT DISTINCT service_id, listing_id, field
FROM work.said JOIN work.track USING (listing_id, service_key) SEMI JOIN work.fact_field USING (field);

-- Services that the same listings list, and say as little of: facts of the place are put together once for all of them.
CREATE TABLE work.alike AS
SELECT service_id, dense_rank() OVER (ORDER BY listings) AS alike
FROM (
    SELECT service_id, list_sort(list(DISTINCT {id: listing_id, own: own})) AS listings
    FROM work.offered LEFT JOIN (
        SELECT service_id, listing_id, list(field ORDER BY field) AS own FROM work.own GROUP BY ALL) USING (service_id, listing_id)
    GROUP BY service_id);

-- What each listing of a service says of its place. A correction of a place is said by all that list it.
CREATE TABLE work.listed_claim AS
WITH one AS (SELECT alike, min(service_id) AS service_id FROM work.alike GROUP BY alike)
SELECT o.alike, s.claim, s.source_id, s.voice, s.qualifier, s.best, s.last_verified,
    work.strength(s.confidence, s.weight, s.reliability, s.yearly, work.age_days(s.last_verified)) AS strength,
    work.strength(s.confidence, s.weight, s.reliability, s.yearly, work.age_then(s.last_verified)) AS strength_then
FROM (SELECT DISTINCT alike, service_id, listing_id FROM work.offered JOIN one USING (service_id)) o
JOIN work.said s ON s.listing_id = o.listing_id AND s.service_key IS NULL
SEMI JOIN work.fact_field f ON f.field = s.field
ANTI JOIN work.own ON own.service_id = o.service_id AND own.listing_id = o.listing_id AND own.field = s.field
UNION ALL
SELECT DISTINCT one.alike, s.claim, s.source_id, s.voice, s.qualifier, s.best, s.last_verified, s.confidence AS strength,
    s.confidence AS strength_then
FROM work.said s
JOIN claim c ON c.claim_id = s.claim::VARCHAR
JOIN work.offered o ON o.location_id = c.entity_id
JOIN one USING (service_id)
SEMI JOIN work.fact_field f ON f.field = s.field
WHERE s.listing_id IS NULL AND c.entity_type = 'location';

CREATE TABLE work.listing_fact AS
SELECT alike, claim, 1 - exp(sum(work.doubt(strength))) AS strength, sum(sources) AS source_count,
    max(last_verified) AS last_verified,
    arg_max(qualifier, {strength: strength_then, voice: voice}) FILTER (qualifier IS NOT NULL) AS qualifier
FROM (
    SELECT alike, claim, voice, max(strength) AS strength, max(strength_then) AS strength_then, count(DISTINCT source_id) AS sources,
        max(last_verified) AS last_verified,
        arg_max(qualifier, {strength: strength_then, id: best.id}) FILTER (qualifier IS NOT NULL) AS qualifier
    FROM work.listed_claim GROUP BY ALL)
GROUP BY alike, claim;

-- Of one-valued fields the best value that is stated: of the service itself, else by a listing of it, whatever others say of the place.
CREATE TABLE work.offer_fact AS
WITH of_service AS (
    SELECT entity_id AS service_id, field, value, qualifier, conflict, confidence, source_count, claim_id, last_verified,
        freshness, 'service' AS scope, CASE WHEN cardinality = 'many' THEN value END AS one_of
    FROM claim JOIN work.fact_field USING (field)
    WHERE entity_type = 'service' AND chosen
    QUALIFY row_number() OVER (PARTITION BY service_id, field, one_of ORDER BY rank) = 1),
of_listing AS (
    SELECT h.alike, c.field, c.value, h.qualifier, c.conflict,
        round(least(h.strength, getvariable('confidence_ceiling'))
            * CASE WHEN c.conflict THEN getvariable('conflict_discount') ELSE 1 END, 4) AS confidence,
        h.source_count, c.claim_id, h.last_verified,
        work.freshness_of(h.last_verified, f.verify_days) AS freshness, 'listing' AS scope,
        CASE WHEN f.cardinality = 'many' THEN c.value END AS one_of
    FROM work.listing_fact h
    JOIN claim c ON c.claim_id::UBIGINT = h.claim
    JOIN work.fact_field f ON f.field = c.field
    WHERE c.chosen OR f.cardinality = 'one'
    QUALIFY row_number() OVER (PARTITION BY h.alike, c.field, one_of ORDER BY c.rank) = 1)
SELECT * EXCLUDE (one_of) FROM of_service
UNION ALL BY NAME
SELECT * EXCLUDE (alike, one_of)
FROM of_listing l JOIN work.alike a USING (alike)
ANTI JOIN of_service s ON s.service_id = a.service_id AND s.field = l.field AND s.one_of IS NOT DISTINCT FROM l.one_of;

INSERT INTO service_condition BY NAME
SELECT * EXCLUDE (field, value, qualifier), value AS condition FROM work.offer_fact WHERE field = 'condition'
ORDER BY service_id, condition;
INSERT INTO service_population BY NAME
SELECT * EXCLUDE (field, value, qualifier), value AS population FROM work.offer_fact WHERE field = 'population'
ORDER BY service_id, population;
INSERT INTO service_modality BY NAME
SELECT * EXCLUDE (field, value, qualifier), value AS modality FROM work.offer_fact WHERE field = 'modality'
ORDER BY service_id, modality;
INSERT INTO service_exclusion BY NAME
SELECT * EXCLUDE (field, value, qualifier), value AS exclusion FROM work.offer_fact WHERE field = 'exclusion'
ORDER BY service_id, exclusion;
INSERT INTO service_language BY NAME
SELECT * EXCLUDE (field, value, qualifier), value AS language FROM work.offer_fact WHERE field = 'language'
ORDER BY service_id, language;
INSERT INTO service_payer BY NAME
SELECT * EXCLUDE (field, value, qualifier), value AS payer, qualifier AS network FROM work.offer_fact
WHERE field = 'payer' ORDER BY service_id, payer;

UPDATE service SET accepting = f.value FROM work.offer_fact f
WHERE f.service_id = service.service_id AND f.field = 'accepting';

-- Whether a program is about substance use, mental health or both: as its lists are, else as its conditions say.
UPDATE service SET focus = told.focus
FROM (
    SELECT service_id, CASE WHEN count(DISTINCT root) > 1 THEN 'both' ELSE any_value(root) END AS focus
    FROM (
        SELECT service_id, ancestor AS root FROM service_condition JOIN condition_ancestor ON code = condition
        WHERE ancestor IN ('substance_use', 'mental_health')
        UNION ALL
        SELECT service_id, unnest(['substance_use', 'mental_health']) FROM service_condition WHERE condition = 'co_occurring')
    GROUP BY service_id) told
WHERE told.service_id = service.service_id AND service.focus IS NULL;
