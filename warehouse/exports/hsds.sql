-- The tables of HSDS 3.0 as views of a release (`iop`), by the names of the specification. What it requires and
-- nobody states is said to be not stated; what it has no column for is an attribute with a taxonomy term.

CREATE SCHEMA memory.hsds;
USE memory.hsds;

-- Ids are UUIDs (RFC 9562, version 5) of the release's ids in the namespace of `urn:x-iop`: the same in every release.
CREATE MACRO uuid_of(h) AS h[1:8] || '-' || h[9:12] || '-5' || h[14:16] || '-'
    || translate(h[17], '0123456789abcdef', '89ab89ab89ab89ab') || h[18:20] || '-' || h[21:32];
CREATE MACRO key(name) AS uuid_of(sha1(unhex('740ac5d0fa0d5e508eb7fad7c74a6cf5') || encode(name)));
CREATE MACRO uri(address) AS CASE
    WHEN regexp_full_match(address, '[hH][tT][tT][pP][sS]?://\S+') THEN address
    WHEN regexp_full_match(address, '[A-Za-z0-9.-]+\.[A-Za-z]{2,}(/\S*)?') THEN 'http://' || address END;
CREATE MACRO words(items) AS nullif(array_to_string(items, '; '), '');
CREATE MACRO stated(value) AS coalesce(nullif(value, ''), 'Not stated');
CREATE MACRO range_of(low, high, unit) AS CASE
    WHEN low = high THEN format('{:g} {}', low, unit)
    WHEN low IS NOT NULL AND high IS NOT NULL THEN format('{:g} to {:g} {}', low, high, unit)
    WHEN low IS NOT NULL THEN format('{:g} or more {}', low, unit)
    WHEN high IS NOT NULL THEN format('up to {:g} {}', high, unit) END;

-- Services and virtual services without a place of their own, each with the location that HSDS asks for.
CREATE VIEW offered AS
SELECT service_id, location_id, location_id AS place FROM iop.service_at_location
UNION ALL
SELECT service_id, service_id || '/virtual', NULL FROM iop.service
WHERE virtual AND service_id NOT IN (SELECT service_id FROM iop.service_at_location);

CREATE VIEW operated AS SELECT *, coalesce(organization_id, 'organization/none') AS operator FROM iop.service;

CREATE VIEW organization AS
SELECT key(organization_id) AS id, stated(name) AS name, words(alternate_names) AS alternate_name,
    format('Runs {} places and {} services that this directory knows.', location_count, service_count) AS description,
    uri(website) AS website
FROM iop.organization
UNION ALL BY NAME
SELECT key('organization/none') AS id, 'Not stated' AS name,
    'Stands for the operator of services whose sources name none.' AS description
WHERE EXISTS (FROM iop.service WHERE organization_id IS NULL);

CREATE VIEW named AS
SELECT service_id,
    words(list(p.label ORDER BY p.label) FILTER (kind = 'population')) AS populations,
    words(list(e.label ORDER BY e.label) FILTER (kind = 'exclusion')) AS exclusions,
    words(list(y.label ORDER BY y.label) FILTER (kind = 'payer' AND class <> 'way')) AS payers,
    words(list(y.label ORDER BY y.label) FILTER (kind = 'payer' AND class = 'way')) AS ways
FROM (
    SELECT service_id, 'population' AS kind, population AS code FROM iop.service_population
    UNION ALL SELECT service_id, 'exclusion', exclusion FROM iop.service_exclusion
    UNION ALL SELECT service_id, 'payer', payer FROM iop.service_payer
        WHERE coalesce(network, '') NOT IN ('not_accepted', 'out_of_network')) f
LEFT JOIN iop.vocabulary_population p ON f.kind = 'population' AND p.code = f.code
LEFT JOIN iop.vocabulary_exclusion e ON f.kind = 'exclusion' AND e.code = f.code
LEFT JOIN iop.vocabulary_payer y ON f.kind = 'payer' AND y.code = f.code
GROUP BY service_id;

CREATE VIEW shown AS
SELECT service_id, any_value(schedule_text) AS schedule_text, any_value(alert) AS alert,
    words(list_sort(list_distinct(flatten(list(accreditations) FILTER (accreditations IS NOT NULL))))) AS bodies
FROM iop.directory GROUP BY service_id;

CREATE VIEW service AS
SELECT key(s.service_id) AS id, key(operator) AS organization_id, coalesce(s.name, v.label, 'Not stated') AS name,
    concat_ws('. ', v.label, 'Sessions: ' || d.schedule_text,
        range_of(days_per_week_min, days_per_week_max, 'days a week'),
        range_of(hours_per_week_min, hours_per_week_max, 'hours a week'),
        range_of(duration_weeks_min, duration_weeks_max, 'weeks')) AS description,
    uri(url) AS url,
    CASE accepting WHEN 'closed' THEN 'defunct' WHEN 'suspended' THEN 'temporarily closed' ELSE 'active' END AS status,
    nullif(concat_ws('. ', 'Payers named: ' || n.payers, 'Ways of paying: ' || n.ways), '') AS fees_description, d.bodies AS accreditations,
    nullif(concat_ws('. ', 'For: ' || n.populations, 'Not for: ' || n.exclusions), '') AS eligibility_description,
    min_age AS minimum_age, max_age AS maximum_age, last_verified::DATE AS assured_date, d.alert
FROM operated s
LEFT JOIN iop.vocabulary_level_of_care v ON v.code = s.level_of_care
LEFT JOIN named n USING (service_id)
LEFT JOIN shown d USING (service_id);

CREATE VIEW service_at_location AS
SELECT key(service_id || '@' || location_id) AS id, key(service_id) AS service_id, key(location_id) AS location_id
FROM offered;

CREATE VIEW location AS
SELECT key(location_id) AS id, location_type, coalesce(uri(website), CASE WHEN location_type = 'virtual' THEN page END) AS url,
    key(organization_id) AS organization_id, name, words(alternate_names) AS alternate_name, latitude, longitude,
    location_id AS external_identifier, 'iop' AS external_identifier_type
FROM iop.location
LEFT JOIN (SELECT location_id, min(uri(url)) AS page FROM iop.service_at_location JOIN iop.service USING (service_id)
    GROUP BY location_id) USING (location_id)
UNION ALL BY NAME
SELECT key(o.location_id) AS id, 'virtual' AS location_type, uri(s.url) AS url, key(operator) AS organization_id
FROM offered o JOIN operated s USING (service_id) WHERE o.place IS NULL;

CREATE VIEW address AS
SELECT key(location_id || '/address') AS id, key(location_id) AS location_id, stated(street) AS address_1,
    stated(city) AS city, county AS region, stated(state) AS state_province, stated(zip) AS postal_code, 'US' AS country,
    'physical' AS address_type
FROM iop.address;

CREATE VIEW phone AS
SELECT key(phone_id) AS id, key(location_id) AS location_id, key(service_id) AS service_id,
    key(organization_id) AS organization_id, number, extension,
    CASE WHEN kind = 'fax' THEN 'fax' ELSE 'voice' END AS type, kind AS description
FROM iop.phone;

-- Local times with the offset of their place at the time of the release; `valid_to` is the last day of that offset.
CREATE VIEW schedule AS
SELECT key(s.service_id || '@' || coalesce(o.location_id, '') || '/session/' || s.session) AS id,
    CASE WHEN o.location_id IS NULL THEN key(s.service_id) END AS service_id,
    key(s.service_id || '@' || o.location_id) AS service_at_location_id,
    z.until AS valid_to, z.hours AS timezone,
    CASE WHEN days IS NOT NULL THEN 'WEEKLY' END AS freq, CASE WHEN days IS NOT NULL THEN 1 END AS interval,
    upper(array_to_string(days, ',')) AS byday,
    concat_ws(' ', array_to_string(list_transform(days, lambda d: upper(d[1]) || d[2:]), ' '),
        concat_ws('–', start, "end"), z.zone) AS description,
    start || ':00' || coalesce(z.mark, '') AS opens_at, "end" || ':00' || coalesce(z.mark, '') AS closes_at,
    v.delivery AS attending_type
FROM iop.schedule s
JOIN iop.service v USING (service_id)
LEFT JOIN offered o USING (service_id)
LEFT JOIN memory.main.zone z ON z.location_id = o.place;

CREATE VIEW service_area AS
SELECT key(service_id || '/area/' || state) AS id, key(service_id) AS service_id, state AS name,
    'Residents of the state' AS description, 'text' AS extent_type
FROM (SELECT service_id, unnest(virtual_states) AS state FROM iop.service);

CREATE VIEW language AS
SELECT key(service_id || '/language/' || language) AS id, key(service_id) AS service_id,
    coalesce(label, language) AS name, language AS code,
    CASE scope WHEN 'listing' THEN 'Said by its listing of all that it lists' END AS note
FROM iop.service_language LEFT JOIN iop.vocabulary_language v ON v.code = language;

CREATE VIEW organization_identifier AS
SELECT DISTINCT key(organization_id || '/' || scheme || '/' || identifier) AS id, key(organization_id) AS organization_id,
    scheme AS identifier_scheme, scheme AS identifier_type, identifier
FROM iop.organization_identifier
UNION ALL
SELECT key(organization_id || '/iop'), key(organization_id), 'iop', 'iop', organization_id FROM iop.organization;

-- What HSDS has no column for, one row a fact that is stated; our own id first.
CREATE VIEW property AS
UNPIVOT (
    SELECT service_id AS service, service_id, computed_level, level_conflict::VARCHAR AS level_conflict, delivery,
        presence_rule, days_per_week_min::VARCHAR AS days_per_week_min, days_per_week_max::VARCHAR AS days_per_week_max,
        hours_per_day_min::VARCHAR AS hours_per_day_min, hours_per_day_max::VARCHAR AS hours_per_day_max,
        hours_per_week_min::VARCHAR AS hours_per_week_min, hours_per_week_max::VARCHAR AS hours_per_week_max,
        duration_weeks_min::VARCHAR AS duration_weeks_min, duration_weeks_max::VARCHAR AS duration_weeks_max,
        has_evening::VARCHAR AS has_evening, has_weekend::VARCHAR AS has_weekend, has_morning::VARCHAR AS has_morning,
        accepting, focus, provider_state, array_to_string(shown_by_sessions, '; ') AS shown_by_sessions, source_title,
        source_edition::VARCHAR AS source_edition, source_locator, freshness,
        verify_due::DATE::VARCHAR AS verify_due, confidence::VARCHAR AS confidence
    FROM iop.service WHERE iop.in_batch(service_id)) ON COLUMNS(* EXCLUDE (service)) INTO NAME name VALUE value;

-- Codes are unique over the whole package, so each has the prefix of its taxonomy.
CREATE VIEW term AS
SELECT 'level_of_care' AS taxonomy, code, label,
    concat_ws('. ', label, 'ASAM ' || asam, 'SAMHSA ' || words(samhsa)) AS description, NULL AS parent
FROM iop.vocabulary_level_of_care
UNION ALL SELECT 'condition', code, label, concat_ws('. ', label, 'ICD-10-CM ' || words(icd10cm)), parent
FROM iop.vocabulary_condition
UNION ALL SELECT 'population', code, label, label, NULL FROM iop.vocabulary_population
UNION ALL SELECT 'modality', code, label, label, NULL FROM iop.vocabulary_modality
UNION ALL SELECT 'exclusion', code, label, label, NULL FROM iop.vocabulary_exclusion
UNION ALL SELECT 'payer', code, label, label || ' (' || if(class = 'way', 'way of paying', class) || ')', kind_of
FROM iop.vocabulary_payer
UNION ALL SELECT DISTINCT 'accreditation', body, body, 'Body named by a place', NULL FROM iop.accreditation
UNION ALL SELECT 'property', 'timezone', 'timezone', 'IANA time zone of a place with sessions', NULL
UNION ALL SELECT 'property', column_name, column_name, meaning, NULL FROM iop.contract_column
WHERE table_name = 'service' AND column_name IN (SELECT DISTINCT name FROM property);

CREATE VIEW taxonomy_term AS
SELECT key('term/' || taxonomy || ':' || code) AS id, taxonomy || ':' || code AS code, label AS name, description,
    key('term/' || taxonomy || ':' || parent) AS parent_id, taxonomy, 'en' AS language,
    key('taxonomy/' || taxonomy) AS taxonomy_id
FROM term;

CREATE VIEW taxonomy AS
SELECT DISTINCT key('taxonomy/' || taxonomy) AS id, taxonomy AS name, CASE taxonomy
    WHEN 'property' THEN 'Facts that HSDS has no column for; the value stands in the attribute'
    ELSE 'Vocabulary of the directory: ' || taxonomy END AS description
FROM term;

CREATE VIEW fact AS
SELECT service_id, 'level_of_care' AS taxonomy, level_of_care AS code, NULL AS how, NULL AS scope
FROM iop.service WHERE level_of_care IS NOT NULL
UNION ALL SELECT service_id, 'condition', condition, NULL, scope FROM iop.service_condition
UNION ALL SELECT service_id, 'population', population, NULL, scope FROM iop.service_population
UNION ALL SELECT service_id, 'modality', modality, NULL, scope FROM iop.service_modality
UNION ALL SELECT service_id, 'exclusion', exclusion, NULL, scope FROM iop.service_exclusion
UNION ALL SELECT service_id, 'payer', payer, network, scope FROM iop.service_payer;

-- By far the longest table: of services it is written a batch at a time, the rest of it after them.
CREATE VIEW attribute_of_service AS
SELECT key(service_id || '/' || taxonomy || '/' || code) AS id, key(service_id) AS link_id,
    key('term/' || taxonomy || ':' || code) AS taxonomy_term_id, taxonomy AS link_type, 'service' AS link_entity,
    nullif(concat_ws('; ', how, CASE scope WHEN 'listing' THEN 'said by its listing of all that it lists' END), '') AS value
FROM fact WHERE iop.in_batch(service_id)
UNION ALL
SELECT key(service || '/property/' || name), key(service), key('term/property:' || name), 'property', 'service', value
FROM property;

CREATE VIEW attribute AS
SELECT key(location_id || '/accreditation/' || body) AS id, key(location_id) AS link_id,
    key('term/accreditation:' || body) AS taxonomy_term_id, 'accreditation' AS link_type, 'location' AS link_entity,
    NULL AS value
FROM iop.accreditation
UNION ALL
SELECT key(location_id || '/property/timezone'), key(location_id), key('term/property:timezone'), 'property', 'location',
    zone
FROM memory.main.zone;

CREATE VIEW metadata AS
SELECT key(concat_ws('/', 'change', release, entity_id, field, kind, old_value, new_value, row_number() OVER (
        PARTITION BY release, entity_id, field, kind, old_value, new_value))) AS id,
    key(entity_id) AS resource_id, entity_type AS resource_type,
    strftime(changed_at, '%Y-%m-%dT%H:%M:%SZ') AS last_action_date,
    CASE kind WHEN 'added' THEN 'create' WHEN 'removed' THEN 'delete' ELSE 'update' END AS last_action_type,
    field AS field_name, stated(old_value) AS previous_value, stated(new_value) AS replacement_value,
    coalesce(source_id, 'iop') AS updated_by
FROM iop.changes;
