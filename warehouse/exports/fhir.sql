-- The FHIR resources as JSON, one row each, of services a batch at a time (`in_batch`): lists of all facts of a country would
-- fill the memory. What has no value is left out, since FHIR knows no null, no empty list and no empty text.

CREATE SCHEMA memory.fhir;
USE memory.fhir;

CREATE TABLE code AS FROM read_csv(getvariable('fhir_codes'), header = true, all_varchar = true);

CREATE MACRO guide(path) AS 'http://hl7.org/fhir/us/davinci-pdex-plan-net/' || path;
CREATE MACRO term(system) AS 'http://terminology.hl7.org/CodeSystem/' || system;
CREATE MACRO ours(system) AS 'urn:x-iop' || coalesce(':' || system, ''); -- code systems and identifiers of this directory

-- An object without its nulls (a merge patch removes them), and lists that are not empty.
CREATE MACRO kept(object) AS json_merge_patch('{}', to_json(object));
CREATE MACRO filled(items) AS nullif(items, []);
-- A long list goes in as text: to parse what is whole already costs most of the time, and twenty times its size.
CREATE MACRO with_list(object, name, items) AS CASE WHEN len(items) = 0 THEN object::VARCHAR
    ELSE object[:-2] || ',"' || name || '":[' || array_to_string(items, ',') || ']}' END;
-- Of structs with the `json` last. An aggregate with an order of its own takes 50 kB for each group.
CREATE MACRO in_order(items) AS list_transform(list_sort(items), lambda item: item.json);
CREATE MACRO text_of(value) AS nullif(value, '');

-- Letters, digits, `-` and `.`, at most 64, is what FHIR allows in ids; the identifier holds the id as it is.
CREATE MACRO fhir_id(id) AS replace(id, '_', '-')[1:64];
CREATE MACRO reference_to(kind, id) AS CASE WHEN id IS NOT NULL THEN to_json({reference: kind || '/' || fhir_id(id)}) END;
CREATE MACRO concept(code_system, its_code, words := NULL, in_text := NULL) AS
    kept({coding: [kept({system: code_system, code: its_code, display: words})], text: in_text});
CREATE MACRO extension_of(name, part, value) AS
    to_json({url: guide('StructureDefinition/' || name), extension: [{url: part, valueCodeableConcept: value}]});
CREATE MACRO meta(kind) AS
    {profile: [guide('StructureDefinition/plannet-' || kind)], lastUpdated: getvariable('moment')};

-- The check digit of an NPI: Luhn over 80840, whose share is 24, and the ten digits. US Core lets only these be called NPIs.
CREATE MACRO is_npi(text) AS regexp_full_match(text, '[0-9]{10}') AND (24 + list_sum(list_transform(
    string_split(text, ''), lambda digit, n: CASE WHEN n % 2 = 0 THEN digit::INTEGER
    ELSE 2 * digit::INTEGER // 10 + 2 * digit::INTEGER % 10 END))) % 10 = 0;

CREATE MACRO postal(street, city, county, state, zip) AS kept({type: 'physical',
    line: CASE WHEN street <> '' THEN [street] END, city: text_of(city), district: text_of(county), state: text_of(state),
    postalCode: text_of(zip), country: 'US'});
CREATE MACRO telecom(phones, website) AS filled(coalesce(phones, []::JSON[])
    || CASE WHEN website <> '' THEN [to_json({system: 'url', value: website})] ELSE []::JSON[] END);
CREATE MACRO ages(low, high) AS CASE WHEN coalesce(low, high) IS NOT NULL THEN [{code: {text: 'Age in years'},
    comment: CASE WHEN high IS NULL THEN format('{:g} and older', low) WHEN low IS NULL THEN format('up to {:g}', high)
        ELSE format('{:g} to {:g}', low, high) END}] END;
-- What only a list says has no page to link to.
CREATE MACRO listed_in(title, edition, locator) AS
    'Listed in ' || concat_ws(', ', text_of(title), 'edition of ' || edition, text_of(locator));

-- Closed programs are not exported: Plan-Net fixes `active` to true.
CREATE VIEW open_service AS FROM iop.service WHERE accepting IS DISTINCT FROM 'closed';

CREATE VIEW trait AS
SELECT service_id, 'condition' AS kind, condition AS code, scope, NULL AS how FROM iop.service_condition
UNION ALL SELECT service_id, 'population', population, scope, NULL FROM iop.service_population
UNION ALL SELECT service_id, 'modality', modality, scope, NULL FROM iop.service_modality
UNION ALL SELECT service_id, 'exclusion', exclusion, scope, NULL FROM iop.service_exclusion
UNION ALL SELECT service_id, CASE class WHEN 'way' THEN 'payment_option' ELSE 'payer' END, payer, scope, network
FROM iop.service_payer LEFT JOIN iop.vocabulary_payer ON code = payer;

-- What FHIR has no element for, once for all services. What a listing says of all that it lists says so.
CREATE TABLE characteristic AS
WITH label AS (
    SELECT 'condition' AS kind, code, label FROM iop.vocabulary_condition
    UNION ALL SELECT 'population', code, label FROM iop.vocabulary_population
    UNION ALL SELECT 'modality', code, label FROM iop.vocabulary_modality
    UNION ALL SELECT 'exclusion', code, label FROM iop.vocabulary_exclusion
    UNION ALL SELECT CASE class WHEN 'way' THEN 'payment_option' ELSE 'payer' END, code, label FROM iop.vocabulary_payer),
noted AS (
    SELECT DISTINCT kind, code, scope, how, coalesce(text_of(label), code) AS called, text_of(concat_ws(', ',
        CASE how WHEN 'in_network' THEN 'in network' WHEN 'accepts' THEN 'accepted'
            WHEN 'out_of_network' THEN 'out of network' WHEN 'not_accepted' THEN 'not accepted' END,
        CASE scope WHEN 'listing' THEN 'said by its listing of all that it lists' END)) AS notes
    FROM (SELECT DISTINCT kind, code, scope, how FROM trait) LEFT JOIN label USING (kind, code))
SELECT kind, code, scope, how, concept(ours(kind), code, called, called || ' (' || notes || ')') AS json FROM noted;

CREATE VIEW traits AS
SELECT service_id, in_order(list({kind: t.kind, code: t.code, json: json})) AS traits
FROM trait t JOIN characteristic c ON c.kind = t.kind AND c.code = t.code
    AND c.scope IS NOT DISTINCT FROM t.scope AND c.how IS NOT DISTINCT FROM t.how
WHERE iop.in_batch(service_id) GROUP BY service_id;

-- A service is for substance use, for mental health, or for both.
CREATE VIEW coded AS
SELECT service_id,
    list_sort(list(DISTINCT type) FILTER (type IS NOT NULL)) AS types,
    list_sort(list(DISTINCT specialty) FILTER (specialty IS NOT NULL)) AS specialties
FROM (SELECT service_id, level_of_care,
        unnest(CASE focus WHEN 'both' THEN ['substance_use', 'mental_health'] ELSE [focus] END) AS domain
    FROM iop.service WHERE focus IS NOT NULL AND iop.in_batch(service_id)) s
JOIN code USING (level_of_care, domain)
GROUP BY service_id;

-- Numbers to call first; `;ext=` as in RFC 3966.
CREATE VIEW dialled AS
SELECT service_id, location_id, organization_id, rank, number, kept({
    system: CASE kind WHEN 'fax' THEN 'fax' ELSE 'phone' END,
    value: number || coalesce(';ext=' || text_of(extension), ''), rank: rank}) AS json
FROM iop.phone;

CREATE VIEW sessions AS
SELECT service_id, in_order(list({session: session, json: kept({
    daysOfWeek: filled(list_transform(days, lambda day: MAP {'mo': 'mon', 'tu': 'tue', 'we': 'wed', 'th': 'thu', 'fr': 'fri', 'sa': 'sat', 'su': 'sun'}[day])),
    availableStartTime: start || ':00', availableEndTime: "end" || ':00'})})) AS sessions
FROM iop.schedule WHERE iop.in_batch(service_id) GROUP BY ALL;

-- `availableTime` are the program's sessions in local time, never the hours of its premises.
CREATE VIEW healthcare_service AS
SELECT s.service_id AS id, with_list(kept({
    resourceType: 'HealthcareService', id: fhir_id(s.service_id), meta: meta('HealthcareService'),
    identifier: [{system: ours(NULL), value: s.service_id}],
    extension: filled(list_transform(
            CASE delivery WHEN 'in_person' THEN ['physical'] WHEN 'virtual' THEN ['virtual']
                WHEN 'hybrid' THEN ['physical', 'virtual'] ELSE [] END,
            lambda way: extension_of('delivery-method', 'type', concept(guide('CodeSystem/DeliveryMethodCS'), way)))
        || list_transform( -- a waiting list is neither
            CASE accepting WHEN 'accepting' THEN ['newpt'] WHEN 'suspended' THEN ['nopt'] ELSE [] END,
            lambda answer: extension_of('newpatients', 'acceptingPatients', concept(guide('CodeSystem/AcceptingPatientsCS'), answer)))),
    active: true,
    providedBy: reference_to('Organization', organization_id),
    category: [concept(guide('CodeSystem/HealthcareServiceCategoryCS'), 'behav', 'Behavioral Health')],
    type: list_transform(c.types, lambda one: concept(term('service-type'), one)),
    specialty: list_transform(c.specialties, lambda one: concept('http://nucc.org/provider-taxonomy', one)),
    location: n.places,
    name: coalesce(text_of(s.name), v.label),
    comment: text_of(concat_ws('. ',
        CASE WHEN text_of(url) IS NULL THEN listed_in(source_title, source_edition, source_locator) END, text_of(d.alert))),
    telecom: telecom(p.phones, url),
    coverageArea: filled(list_transform(virtual_states, lambda state: reference_to('Location', 'state_' || state))),
    eligibility: ages(min_age, max_age),
    communication: g.languages,
    availableTime: x.sessions}), 'characteristic',
        CASE WHEN level_of_care IS NULL THEN []::JSON[] ELSE [concept(ours('level_of_care'), level_of_care, v.label)] END
        || CASE accepting WHEN 'waitlist' THEN [to_json({text: 'Waiting list'})] ELSE []::JSON[] END
        || coalesce(t.traits, []::JSON[])) AS json
FROM open_service s
LEFT JOIN iop.vocabulary_level_of_care v ON v.code = s.level_of_care
LEFT JOIN coded c USING (service_id)
LEFT JOIN traits t USING (service_id)
LEFT JOIN (SELECT service_id, in_order(list({rank: rank, number: number, json: json})) AS phones
    FROM dialled WHERE iop.in_batch(service_id) GROUP BY ALL) p USING (service_id)
LEFT JOIN (SELECT service_id, any_value(alert) AS alert FROM iop.directory WHERE iop.in_batch(service_id) GROUP BY ALL) d
    USING (service_id)
LEFT JOIN sessions x USING (service_id)
LEFT JOIN (SELECT service_id, in_order(list({place: location_id, json: reference_to('Location', location_id)})) AS places
    FROM iop.service_at_location WHERE iop.in_batch(service_id) GROUP BY ALL) n USING (service_id)
LEFT JOIN (SELECT service_id, in_order(list({code: language, json: concept('urn:ietf:bcp:47', language, label)})) AS languages
    FROM iop.service_language LEFT JOIN iop.vocabulary_language v ON v.code = language
    WHERE iop.in_batch(service_id) GROUP BY ALL) g USING (service_id)
WHERE iop.in_batch(s.service_id);

-- A place. The hours of its premises are not in the warehouse, so `hoursOfOperation` is not given.
CREATE VIEW location AS
SELECT location_id AS id, kept({
    resourceType: 'Location', id: fhir_id(location_id), meta: meta('Location'),
    identifier: [{system: ours(NULL), value: location_id}],
    status: 'active',
    name: coalesce(text_of(l.name), text_of(o.name), 'Not stated'),
    alias: filled(l.alternate_names),
    description: CASE geo_precision WHEN 'zip' THEN 'The position is that of the ZIP code.'
        WHEN 'city' THEN 'The position is that of the city.' END,
    telecom: telecom(p.phones, l.website),
    address: CASE location_type WHEN 'physical' THEN postal(street, city, county, state, zip) END,
    position: CASE WHEN latitude IS NOT NULL THEN {longitude: longitude, latitude: latitude} END,
    managingOrganization: reference_to('Organization', l.organization_id)}) AS json
FROM iop.location l
LEFT JOIN iop.organization o USING (organization_id)
LEFT JOIN iop.address a USING (location_id)
LEFT JOIN (SELECT location_id, in_order(list({rank: rank, number: number, json: json})) AS phones FROM dialled GROUP BY ALL) p USING (location_id);

-- States that virtual services serve are locations too: Plan-Net's coverageArea refers to them.
CREATE VIEW area AS
SELECT 'state_' || state AS id, kept({
    resourceType: 'Location', id: fhir_id('state_' || state), meta: meta('Location'),
    identifier: [{system: ours(NULL), value: 'state_' || state}],
    status: 'active', name: state, physicalType: concept(term('location-physical-type'), 'jdn', 'Jurisdiction'),
    address: {state: state, country: 'US'}}) AS json
FROM (SELECT DISTINCT unnest(virtual_states) AS state FROM open_service);

CREATE VIEW identified AS
SELECT organization_id, in_order(list({scheme: scheme, value: identifier, json: kept(CASE WHEN scheme = 'npi' AND is_npi(identifier)
    THEN {type: concept(term('v2-0203'), 'NPI'), system: 'http://hl7.org/fhir/sid/us-npi', value: identifier}
    ELSE {type: to_json({text: scheme}), system: ours(replace(scheme, ' ', '_')), value: identifier} END)})) AS identifiers
FROM (SELECT DISTINCT organization_id, scheme, identifier FROM iop.organization_identifier) GROUP BY ALL;

-- An operator, with the addresses of its places, since Plan-Net asks for one: of what nobody states, it is said that it is unknown.
CREATE VIEW organization AS
SELECT organization_id AS id, kept({
    resourceType: 'Organization', id: fhir_id(organization_id), meta: meta('Organization'),
    identifier: [to_json({system: ours(NULL), value: organization_id})] || coalesce(identifiers, []::JSON[]),
    active: true,
    type: [concept(guide('CodeSystem/OrgTypeCS'), 'prvgrp', 'Provider Group')],
    name: coalesce(text_of(name), 'Not stated'),
    alias: filled(alternate_names),
    telecom: telecom(p.phones, website),
    address: coalesce(addresses, [to_json({extension: [
        {url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown'}]})])}) AS json
FROM iop.organization
LEFT JOIN identified USING (organization_id)
LEFT JOIN (SELECT organization_id, in_order(list({rank: rank, number: number, json: json})) AS phones FROM dialled GROUP BY ALL) p
    USING (organization_id)
LEFT JOIN (
    SELECT organization_id, in_order(list({place: location_id, json: postal(street, city, county, state, zip)})) AS addresses
    FROM iop.location JOIN iop.address USING (location_id) GROUP BY ALL) a USING (organization_id);
