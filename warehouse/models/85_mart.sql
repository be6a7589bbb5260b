-- Marts for engineers and analysts.

CREATE TABLE work.placed AS
SELECT entity_id, any_value(state) AS state FROM (
    SELECT location_id AS entity_id, state FROM address
    UNION ALL SELECT service_id, state FROM service_at_location JOIN address USING (location_id)
    UNION ALL SELECT organization_id, state FROM location JOIN address USING (location_id))
GROUP BY entity_id;

INSERT INTO freshness BY NAME
SELECT c.field, c.source_id, p.state, count(*) AS facts,
    median(age) AS median_age_days, quantile_cont(age, 0.95) AS p95_age_days,
    round(count(*) FILTER (freshness = 'fresh') / count(*), 4) AS within_sla,
    count(*) FILTER (freshness = 'due') AS due,
    count(*) FILTER (freshness = 'stale') AS stale,
    count(*) FILTER (freshness = 'expired') AS expired
FROM (SELECT *, work.age_days(last_verified)::DOUBLE AS age FROM claim WHERE chosen) c
LEFT JOIN work.placed p USING (entity_id)
GROUP BY GROUPING SETS ((), (c.field), (c.source_id), (p.state), (c.field, c.source_id), (c.field, p.state))
-- a null state stands for all states, so facts without a place have no group of their own
HAVING NOT (grouping(p.state) = 0 AND p.state IS NULL)
ORDER BY ALL;

INSERT INTO extraction_rate BY NAME
SELECT o.source_id, o.field, any_value(l.listings) AS listings, count(DISTINCT o.listing_id) AS found,
    round(found / any_value(l.listings), 4) AS rate
FROM observation o JOIN (SELECT source_id, count(*) AS listings FROM listing GROUP BY source_id) l USING (source_id)
WHERE o.assertion = 'affirmed' AND o.quote IS NOT NULL  -- what listings say in columns alone is no reading
GROUP BY o.source_id, o.field ORDER BY ALL;

INSERT INTO source_health BY NAME
WITH good AS (SELECT *, outcome IN ('ok', 'unchanged') AS good FROM document),
fetched AS (
    SELECT source_id, max(fetched_at) AS last_attempt, max(fetched_at) FILTER (good) AS last_success,
        arg_max(outcome, fetched_at) AS last_outcome, count(*) AS attempts,
        round(count(*) FILTER (good) / count(*), 4) AS success_share
    FROM good GROUP BY source_id),
failed AS (
    SELECT d.source_id, count(*) AS failures FROM good d JOIN fetched f USING (source_id)
    WHERE NOT d.good AND d.fetched_at > coalesce(f.last_success, TIMESTAMP '1900-01-01') GROUP BY ALL),
listed AS (SELECT source_id, count(*) AS n FROM listing GROUP BY ALL),
served AS (SELECT source_id, count(*) AS n FROM listing JOIN listing_service USING (listing_id) GROUP BY ALL),
observed AS (SELECT source_id, count(*) AS n FROM observation GROUP BY ALL),
refused AS (SELECT source_id, count(*) AS n FROM quarantine GROUP BY ALL),
strange AS (SELECT source_id, sum(rows) AS n FROM unmapped GROUP BY ALL)
SELECT s.source_id, s.kind, k.is_page, s.state, f.last_attempt, f.last_success, f.last_outcome,
    coalesce(failed.failures, 0) AS failures_since_success, coalesce(f.attempts, 0) AS attempts, f.success_share,
    s.cadence_days, s.published,
    round(date_diff('minute', f.last_success, getvariable('now')) / 1440.0 - s.cadence_days, 2) AS overdue_days,
    coalesce(listed.n, 0) AS listings, coalesce(served.n, 0) AS services, coalesce(observed.n, 0) AS observations,
    coalesce(refused.n, 0) AS quarantined, coalesce(strange.n, 0) AS unmapped,
    CASE WHEN f.attempts IS NULL AND listings > 0 THEN 'local'
        WHEN f.attempts IS NULL THEN 'never_read'
        WHEN f.last_success IS NULL OR failed.failures >= getvariable('failing_attempts') THEN 'failing'
        WHEN overdue_days > 0 THEN 'late'
        WHEN listings = 0 THEN 'silent'
        ELSE 'healthy' END AS status
FROM source s
JOIN policy.kind k USING (kind)
LEFT JOIN fetched f USING (source_id)
LEFT JOIN failed USING (source_id)
LEFT JOIN listed USING (source_id)
LEFT JOIN served USING (source_id)
LEFT JOIN observed USING (source_id)
LEFT JOIN refused USING (source_id)
LEFT JOIN strange USING (source_id)
WHERE s.kind <> 'override'
ORDER BY s.source_id;

-- Of which levels of care the lists of a place ask: a place that only a list without the question shows says nothing of it.
CREATE TABLE work.place_asked AS
SELECT p.location_id, a.value AS level_of_care
FROM (SELECT DISTINCT location_id, questionnaire, year(observed_at) AS edition FROM work.link WHERE questionnaire IS NOT NULL) p
JOIN asks a ON a.questionnaire = p.questionnaire AND a.field = 'level_of_care'
    AND p.edition BETWEEN a.since AND coalesce(a.until, p.edition)
GROUP BY ALL;

CREATE TABLE work.asked_count AS
SELECT state, county, grouping(county) = 1 AS of_state, level_of_care, count(DISTINCT location_id) AS places_asked
FROM work.place_asked JOIN address USING (location_id)
GROUP BY GROUPING SETS ((state, county, level_of_care), (state, level_of_care));

CREATE TABLE work.listed_count AS
SELECT state, county, grouping(county) = 1 AS of_state, count(DISTINCT location_id) AS places_listed
FROM (SELECT DISTINCT location_id FROM work.link WHERE questionnaire IS NOT NULL) JOIN address USING (location_id)
GROUP BY GROUPING SETS ((state, county), (state));

-- Of programs of which focus some questionnaire asks whether a level of care is offered.
CREATE TABLE work.asked_level AS
SELECT value AS level_of_care, list(DISTINCT focus) AS focuses FROM asks WHERE field = 'level_of_care' GROUP BY ALL;

-- None counted where no list asks and no page is known is no count.
CREATE MACRO work.known_of(counted, asked_of, focus, has_page) AS CASE
    WHEN counted > 0 OR coalesce(list_contains(asked_of, focus), FALSE) OR has_page THEN counted END;

-- A count of what no service of the group states is null: nobody could have been counted.
CREATE TABLE work.supply AS
SELECT state, county, grouping(county) = 1 AS of_state, level_of_care,
    count(DISTINCT service_id) AS services, any_value(focuses) AS asked_of, bool_or(source_url IS NOT NULL) AS has_page,
    work.known_of(count(DISTINCT service_id) FILTER (focus = 'substance_use'), asked_of, 'substance_use', has_page) AS substance_use_services,
    work.known_of(count(DISTINCT service_id) FILTER (focus = 'mental_health'), asked_of, 'mental_health', has_page) AS mental_health_services,
    count(DISTINCT service_id) FILTER (focus = 'both') AS both_services,
    count(DISTINCT location_id) AS locations, count(DISTINCT organization_id) AS organizations,
    CASE WHEN bool_or(virtual IS NOT NULL) THEN count(DISTINCT service_id) FILTER (virtual) END AS virtual_services,
    CASE WHEN bool_or(has_evening IS NOT NULL) THEN count(DISTINCT service_id) FILTER (has_evening) END AS evening_services,
    count(DISTINCT service_id) FILTER (freshness IN ('fresh', 'due')) AS verified_services
FROM (SELECT d.*, a.focuses FROM directory d LEFT JOIN work.asked_level a USING (level_of_care))
GROUP BY GROUPING SETS ((state, county, level_of_care), (state, level_of_care));

CREATE TABLE work.coverage AS
SELECT s.* EXCLUDE (asked_of, has_page), a.places_asked, l.places_listed - coalesce(a.places_asked, 0) AS places_not_asked
FROM work.supply s
LEFT JOIN work.asked_count a ON a.of_state = s.of_state AND a.state = s.state AND a.county IS NOT DISTINCT FROM s.county
    AND a.level_of_care = s.level_of_care
LEFT JOIN work.listed_count l ON l.of_state = s.of_state AND l.state = s.state AND l.county IS NOT DISTINCT FROM s.county;

INSERT INTO coverage_county BY NAME SELECT * EXCLUDE (of_state) FROM work.coverage
WHERE NOT of_state ORDER BY state, county, level_of_care;
INSERT INTO coverage_state BY NAME SELECT * EXCLUDE (of_state, county) FROM work.coverage
WHERE of_state ORDER BY state, level_of_care;

-- Yes, asked and not ticked, not asked, not stated: of intensive outpatient and partial hospitalization programs.
INSERT INTO coverage_answer BY NAME
WITH program AS (
    SELECT DISTINCT ON (service_id) *, source_url IS NOT NULL AS has_page FROM directory
    WHERE level_of_care IN ('iop', 'php') ORDER BY service_id, location_id),
groups AS (
    SELECT state, level_of_care, focus, count(*) AS services, count(*) FILTER (has_page) AS pages FROM program GROUP BY ALL),
answer AS (
    SELECT state, level_of_care, focus, has_page, field, unnest(items) AS value, ticked
    FROM program, LATERAL (VALUES
        ('condition', conditions, TRUE), ('condition', conditions_not_ticked, FALSE),
        ('population', populations, TRUE), ('population', populations_not_ticked, FALSE),
        ('payer', payers, TRUE), ('payer', payers_not_ticked, FALSE),
        ('payment_option', payment_options, TRUE), ('payment_option', payment_options_not_ticked, FALSE),
        ('language', languages, TRUE), ('language', languages_not_ticked, FALSE)) AS told (field, items, ticked)),
counted AS (
    SELECT state, level_of_care, focus, field, value, count(*) FILTER (ticked) AS yes,
        count(*) FILTER (NOT ticked) AS not_ticked, count(*) FILTER (has_page) AS on_pages
    FROM answer GROUP BY ALL)
SELECT c.* EXCLUDE (on_pages), g.services, g.services - g.pages - (yes + not_ticked - on_pages) AS not_asked,
    g.pages - on_pages AS not_stated
FROM counted c
JOIN groups g ON g.state IS NOT DISTINCT FROM c.state AND g.level_of_care = c.level_of_care
    AND g.focus IS NOT DISTINCT FROM c.focus
ORDER BY ALL;
