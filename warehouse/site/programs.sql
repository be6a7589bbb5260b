-- What a site shows of a release. `home` is where a program is listed: the state of its place, else of its provider, else the
-- first that it says it serves, else `online`. Variable `states`: the states wanted, null for all.
CREATE SCHEMA memory.site;

CREATE TABLE memory.site.program AS
WITH homed AS (
    SELECT service_id, location_id, level_of_care,
        coalesce(state, provider_state, virtual_states[1], 'online') AS home,
        list_distinct(list_concat([coalesce(state, 'online')], coalesce(virtual_states, []),
            CASE WHEN state IS NULL AND virtual_states IS NULL AND provider_state IS NOT NULL THEN [provider_state] ELSE [] END)) AS searched_in
    FROM directory)
SELECT service_id, location_id, home, searched_in,
    row_number() OVER (PARTITION BY service_id ORDER BY home = 'online', home, location_id) AS place
FROM homed
WHERE getvariable('states') IS NULL OR list_has_any(searched_in, getvariable('states')) OR list_contains(getvariable('states'), home);

-- Every fact of the programs whose pages a home has (that of their first place), with whose words it is, and each source's best statement of it.
CREATE MACRO memory.site.fact_of(wanted) AS TABLE
WITH mine AS (
    SELECT service_id, location_id FROM memory.site.program
    WHERE service_id IN (SELECT service_id FROM memory.site.program WHERE place = 1 AND home = wanted)),
service_of AS (SELECT DISTINCT service_id FROM mine),
stated AS (
    SELECT service_id, 'condition' AS field, condition AS value, NULL AS qualifier, scope, claim_id, confidence, conflict, freshness, last_verified FROM iop.main.service_condition SEMI JOIN service_of USING (service_id)
    UNION ALL BY NAME SELECT service_id, 'population' AS field, population AS value, scope, claim_id, confidence, conflict, freshness, last_verified FROM iop.main.service_population SEMI JOIN service_of USING (service_id)
    UNION ALL BY NAME SELECT service_id, 'modality' AS field, modality AS value, scope, claim_id, confidence, conflict, freshness, last_verified FROM iop.main.service_modality SEMI JOIN service_of USING (service_id)
    UNION ALL BY NAME SELECT service_id, 'exclusion' AS field, exclusion AS value, scope, claim_id, confidence, conflict, freshness, last_verified FROM iop.main.service_exclusion SEMI JOIN service_of USING (service_id)
    UNION ALL BY NAME SELECT service_id, 'language' AS field, language AS value, scope, claim_id, confidence, conflict, freshness, last_verified FROM iop.main.service_language SEMI JOIN service_of USING (service_id)
    UNION ALL BY NAME SELECT service_id, 'payer' AS field, payer AS value, network AS qualifier, scope, claim_id, confidence, conflict, freshness, last_verified FROM iop.main.service_payer SEMI JOIN service_of USING (service_id)),
-- What is said of the program itself in fields of one value, of its place, and of its operator.
single AS (
    SELECT m.service_id, c.field, c.value, c.qualifier, 'service' AS scope, c.claim_id, c.confidence, c.conflict, c.freshness, c.last_verified
    FROM iop.main.claim c JOIN service_of m ON c.entity_id = m.service_id
    WHERE c.entity_type = 'service' AND c.chosen
        AND c.field NOT IN ('condition', 'population', 'modality', 'exclusion', 'language', 'payer')
    UNION ALL
    SELECT m.service_id, c.field, c.value, c.qualifier, 'place', c.claim_id, c.confidence, c.conflict, c.freshness, c.last_verified
    FROM iop.main.claim c JOIN mine m ON c.entity_id = m.location_id
    WHERE c.entity_type = 'location' AND c.chosen AND c.field IN ('address', 'phone', 'website', 'accreditation', 'site_name')
    UNION ALL
    SELECT m.service_id, c.field, c.value, c.qualifier, 'listing', c.claim_id, c.confidence, c.conflict, c.freshness, c.last_verified
    FROM iop.main.claim c JOIN mine m ON c.entity_id = m.location_id JOIN iop.main.service s ON s.service_id = m.service_id
    WHERE c.entity_type = 'location' AND c.field = 'accepting' AND c.value = s.accepting
    UNION ALL
    SELECT s.service_id, c.field, c.value, c.qualifier, 'operator', c.claim_id, c.confidence, c.conflict, c.freshness, c.last_verified
    FROM iop.main.claim c JOIN iop.main.service s ON c.entity_id = s.organization_id SEMI JOIN service_of m ON m.service_id = s.service_id
    WHERE c.entity_type = 'organization' AND c.chosen),
fact AS (FROM stated UNION ALL BY NAME FROM single),
listed AS (SELECT DISTINCT entity_id AS service_id, listing_id FROM iop.main.crosswalk SEMI JOIN service_of ON service_id = entity_id WHERE entity_type = 'service'),
words AS (
    SELECT f.service_id, f.claim_id, o.source_id,
        arg_max({quote: o.quote, section: o.section, url: o.url, locator: o.locator, source_id: o.source_id, observed_at: o.observed_at},
            {confidence: o.confidence, observed_at: o.observed_at, id: o.observation_id}) AS best
    FROM (SELECT DISTINCT service_id, claim_id, scope FROM fact) f
    JOIN iop.main.observation o ON o.claim_id = f.claim_id AND o.assertion = 'affirmed'
    -- what a row says of all that it lists is told in the words of the rows that list this program
    LEFT JOIN listed l ON l.service_id = f.service_id AND l.listing_id = o.listing_id
    WHERE f.scope <> 'listing' OR l.listing_id IS NOT NULL OR o.listing_id IS NULL
    GROUP BY ALL),
said AS (SELECT service_id, claim_id, list(best ORDER BY best.observed_at DESC, source_id) AS words FROM words GROUP BY ALL)
SELECT f.*, coalesce(s.words, []) AS words
FROM (SELECT DISTINCT * FROM fact) f LEFT JOIN said s USING (service_id, claim_id)
ORDER BY service_id, field, scope DESC, confidence DESC, value, claim_id;
