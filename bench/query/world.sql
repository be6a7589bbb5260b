-- A made-up directory of `getvariable('rows')` services for bench/query.py, in the tables of a release. Chances are
-- hashes of the row's number, so that the same size is the same world; hashed twice, as hashes of one number with two salts
-- have low bits that go together.
CREATE MACRO dice(n, salt, sides) AS (hash(hash(n, salt)) % sides)::INTEGER;
CREATE MACRO some_of(codes, n, salt, share) AS nullif(list_sort(list_filter(codes,
    lambda code: hash(hash(n, salt, code)) % 100 < share)), []);

CREATE TEMP TABLE codes AS
SELECT (SELECT list(code) FROM vocabulary_condition) AS conditions,
    (SELECT list(code) FROM vocabulary_payer WHERE class <> 'way') AS payers,
    (SELECT list(code) FROM vocabulary_payer WHERE class = 'way') AS ways,
    (SELECT list(code) FROM vocabulary_population) AS populations,
    (SELECT list(code) FROM vocabulary_modality) AS modalities,
    ['Recovery', 'Hope', 'Harbor', 'Summit', 'Riverside', 'Pathways', 'Beacon', 'Turning Point'] AS first,
    ['Center', 'Behavioral Health', 'Services', 'Clinic', 'Treatment', 'Counseling', 'Health', 'Care'] AS second,
    (SELECT count(*) FROM town) AS towns;

-- What a questionnaire asks of: half of the operators answer it.
CREATE TEMP TABLE box AS
SELECT some_of(conditions, 0, 'box', 30) AS conditions_asked, some_of(payers, 0, 'box', 30) AS payers_asked, ways AS ways_asked
FROM codes;
CREATE MACRO unticked(boxes, ticked, n) AS CASE WHEN n // 3 % 2 = 0
    THEN nullif(list_filter(boxes, lambda code: NOT coalesce(list_contains(ticked, code), FALSE)), []) END;

CREATE TEMP TABLE drawn AS
WITH numbered AS (SELECT n, (hash(n // 3, 'town') % towns)::BIGINT AS number, codes.* FROM range(getvariable('rows')) r(n), codes)
SELECT n, t.*, dice(n, 'level', 10) AS level, dice(n, 'delivery', 10) AS delivery, dice(n, 'age', 6) AS age,
    dice(n, 'evening', 5) AS evening, dice(n, 'accepting', 6) AS accepting, dice(n, 'fresh', 10) AS fresh,
    dice(n, 'focus', 4) AS focus, dice(n // 3, 'other name', 4) AS renamed, n % 10 = 0 AS new,
    first[1 + dice(n // 3, 'first', 8)] || ' ' || second[1 + dice(n // 3, 'second', 8)] || ' of ' || t.city AS name,
    some_of(conditions, n, 'condition', 12) AS said, some_of(payers, n, 'payer', 3) AS payers,
    some_of(ways, n, 'way', 30) AS ways,
    some_of(populations, n, 'population', 12) AS populations, some_of(modalities, n, 'modality', 15) AS modalities,
    some_of(['es', 'pt', 'ht', 'zh', 'ase'], n, 'language', 12) AS languages
FROM numbered JOIN town t USING (number);

CREATE TEMP TABLE lineage AS
SELECT said, list_sort(list(DISTINCT ancestor)) AS everything
FROM (SELECT DISTINCT said, unnest(said) AS code FROM drawn) JOIN condition_ancestor USING (code) GROUP BY said;

CREATE TEMP TABLE payer_lineage AS
SELECT payers, list_sort(list(DISTINCT ancestor)) AS payers_all
FROM (SELECT DISTINCT payers, unnest(payers) AS code FROM drawn) JOIN payer_ancestor USING (code) GROUP BY payers;

INSERT INTO directory BY NAME
SELECT format('svc_{:07}', n) AS service_id, CASE WHEN delivery <> 0 THEN format('loc_{:07}', n // 2) END AS location_id,
    format('org_{:07}', n // 3) AS organization_id,
    name || CASE WHEN n % 7 = 0 THEN ' LLC' ELSE '' END AS organization_name, name AS operator_name,
    CASE WHEN renamed = 0 THEN [name || ' LLC', 'Crossroads ' || city] END AS operator_alternate_names, city || ' site' AS location_name,
    CASE level WHEN 0 THEN 'Evening IOP' WHEN 1 THEN 'Adult IOP' END AS service_name,
    ['iop', 'iop', 'iop', 'op', 'op', 'op', 'php', 'residential', 'detox', 'inpatient'][level + 1] AS level_of_care,
    ['substance_use', 'mental_health', 'both', NULL][focus + 1] AS focus,
    CASE WHEN delivery = 0 THEN 'virtual' WHEN delivery < 3 THEN 'hybrid' WHEN delivery < 7 THEN 'in_person' END AS delivery,
    CASE WHEN delivery < 3 THEN TRUE WHEN delivery < 7 THEN FALSE END AS virtual,
    CASE WHEN delivery = 0 THEN FALSE WHEN delivery < 7 THEN TRUE END AS in_person,
    CASE WHEN delivery = 0 AND focus < 2 THEN [drawn.state] END AS virtual_states,
    CASE WHEN delivery = 0 THEN drawn.state END AS provider_state,
    CASE WHEN delivery <> 0 THEN format('{} Main St', n % 900) END AS street,
    CASE WHEN delivery <> 0 THEN city END AS city, CASE WHEN delivery <> 0 THEN county END AS county,
    CASE WHEN delivery <> 0 THEN drawn.state END AS state, CASE WHEN delivery <> 0 THEN zip END AS zip,
    CASE WHEN delivery <> 0 THEN latitude + dice(n, 'north', 1000) / 20000 END AS latitude,
    CASE WHEN delivery <> 0 THEN longitude + dice(n, 'east', 1000) / 20000 END AS longitude,
    CASE WHEN delivery <> 0 THEN 'address' END AS geo_precision, format('+1617555{:04}', n % 10000) AS phone,
    format('(617) 555-{:04}', n % 10000) AS phone_display, format('https://site{}.example', n // 3) AS website,
    drawn.said AS conditions, everything AS conditions_all, CASE WHEN drawn.said IS NOT NULL THEN 'service' END AS conditions_scope,
    unticked(conditions_asked, drawn.said, n) AS conditions_not_ticked, populations, modalities, languages,
    drawn.payers, payers_all, some_of(drawn.payers, n, 'network', 30) AS payers_in_network,
    CASE WHEN drawn.payers IS NOT NULL THEN 'listing' END AS payers_scope, unticked(payers_asked, drawn.payers, n) AS payers_not_ticked,
    ways AS payment_options, CASE WHEN ways IS NOT NULL THEN 'listing' END AS payment_options_scope,
    unticked(ways_asked, ways, n) AS payment_options_not_ticked,
    CASE age WHEN 0 THEN 18 WHEN 1 THEN 12 WHEN 2 THEN 13 END AS min_age, CASE age WHEN 1 THEN 17 WHEN 2 THEN 18 END AS max_age,
    CASE WHEN evening < 2 THEN [{days: ['mo', 'we', 'th'], start: '18:00', 'end': '21:00'}] END AS schedule,
    CASE WHEN evening < 2 THEN 'Mo We Th 18:00–21:00' END AS schedule_text, CASE WHEN evening < 3 THEN evening < 2 END AS has_evening,
    CASE WHEN evening < 2 THEN 9 END AS hours_per_week_min,
    CASE accepting WHEN 0 THEN 'accepting' WHEN 1 THEN 'waitlist' END AS accepting,
    CASE WHEN accepting < 2 THEN 'listing' END AS accepting_scope,
    CASE WHEN accepting < 2 THEN TIMESTAMP '2026-03-01' - INTERVAL 1 HOUR * dice(n, 'intake', 4000) END AS accepting_verified,
    1 AS source_count, ['made_up'] AS sources, format('https://site{}.example/iop', n // 3) AS source_url, 12 AS evidence_count,
    0.5 + dice(n, 'confidence', 50) / 100 AS confidence, n % 20 = 0 AS has_conflict, 0 AS stale_facts,
    TIMESTAMP '2026-01-01' + INTERVAL 1 DAY * CASE WHEN new THEN dice(n, 'new', 60) ELSE 0 END AS first_seen,
    TIMESTAMP '2026-03-01' - INTERVAL 1 HOUR * (dice(n, 'seen', 4000)) AS last_verified,
    TIMESTAMP '2026-05-30' - INTERVAL 1 HOUR * (dice(n, 'seen', 4000)) AS verify_due,
    ['fresh', 'fresh', 'fresh', 'fresh', 'fresh', 'due', 'due', 'stale', 'stale', 'expired'][fresh + 1] AS freshness,
    CASE WHEN fresh = 9 THEN 'More than a year ago. It may no longer be offered.' END AS alert
FROM drawn CROSS JOIN box LEFT JOIN lineage ON lineage.said = drawn.said
LEFT JOIN payer_lineage ON payer_lineage.payers = drawn.payers
ORDER BY level_of_care, state, county, zip, organization_name, service_id, location_id;

INSERT INTO service BY NAME
SELECT service_id, organization_id, service_name AS name, level_of_care, first_seen FROM directory ORDER BY service_id;

INSERT INTO directory_history BY NAME
SELECT *, TIMESTAMP '2026-01-01' AS valid_from, 1 AS from_release, 0 AS row_hash FROM directory;

INSERT INTO changes BY NAME
SELECT 1 + n % 30 AS release, TIMESTAMP '2026-01-01' + INTERVAL 1 DAY * (n % 60) AS changed_at, 'service' AS entity_type,
    format('svc_{:07}', (n * 7) % getvariable('rows')) AS entity_id, 'accepting' AS field, 'waitlist' AS old_value,
    'accepting' AS new_value, 'changed' AS kind, 'source_changed' AS cause, 'made_up' AS source_id
FROM range(getvariable('rows') // 5) r(n)
UNION ALL -- half of what is new came after a release that lacked it
SELECT 2, first_seen, 'service', service_id, 'entity', NULL, service_id, 'added', 'appeared', 'made_up'
FROM directory WHERE first_seen > TIMESTAMP '2026-01-01' AND hash(service_id) % 2 = 0
ORDER BY ALL;

INSERT INTO ledger BY NAME
SELECT 'organization' AS entity_type, format('org_{:07}', n) AS entity_id, 'active' AS status
FROM range(getvariable('rows') // 3 + 1) r(n)
UNION ALL BY NAME SELECT 'service' AS entity_type, format('svc_{:07}', n) AS entity_id, 'active' AS status
FROM range(getvariable('rows')) r(n);
