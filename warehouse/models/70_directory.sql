-- The one wide table: every service at every place where it is offered, and every virtual service.

-- Lists are put together once per service and once per place, and only then joined: no list is exploded.
CREATE MACRO work.open_payer(network) AS coalesce(network, '') NOT IN ('not_accepted', 'out_of_network');

-- How a value is filed: ways of paying are no payers.
CREATE TABLE work.way AS SELECT code FROM vocabulary_payer WHERE class = 'way';

CREATE MACRO work.filed(field, value, network) AS CASE
    WHEN field <> 'payer' THEN field
    WHEN value IN (SELECT code FROM work.way) THEN CASE WHEN network = 'not_accepted' THEN NULL ELSE 'payment_option' END
    WHEN work.open_payer(network) THEN 'payer' END;

CREATE TABLE work.site AS
SELECT service_id, location_id FROM service LEFT JOIN service_at_location USING (service_id);

CREATE MACRO work.scope_of(scopes) AS CASE WHEN len(scopes) > 0
    THEN CASE WHEN list_contains(scopes, 'listing') THEN 'listing' ELSE 'service' END END;

CREATE TABLE work.lists AS
SELECT service_id,
    list_sort(list(value) FILTER (filed = 'condition')) AS conditions,
    work.scope_of(list(scope) FILTER (filed = 'condition')) AS conditions_scope,
    list_sort(list(value) FILTER (filed = 'exclusion')) AS exclusions,
    work.scope_of(list(scope) FILTER (filed = 'exclusion')) AS exclusions_scope,
    list_sort(list(value) FILTER (filed = 'population')) AS populations,
    work.scope_of(list(scope) FILTER (filed = 'population')) AS populations_scope,
    list_sort(list(value) FILTER (filed = 'modality')) AS modalities,
    work.scope_of(list(scope) FILTER (filed = 'modality')) AS modalities_scope,
    list_sort(list(value) FILTER (filed = 'payer')) AS payers,
    work.scope_of(list(scope) FILTER (filed = 'payer')) AS payers_scope,
    list_sort(list(value) FILTER (filed = 'payer' AND qualifier = 'in_network')) AS payers_in_network,
    list_sort(list(value) FILTER (filed = 'payment_option')) AS payment_options,
    work.scope_of(list(scope) FILTER (filed = 'payment_option')) AS payment_options_scope,
    list_sort(list(value) FILTER (filed = 'language')) AS languages,
    work.scope_of(list(scope) FILTER (filed = 'language')) AS languages_scope,
    any_value(scope) FILTER (filed = 'accepting') AS accepting_scope,
    any_value(last_verified) FILTER (filed = 'accepting') AS accepting_verified
FROM (SELECT *, work.filed(field, value, qualifier) AS filed FROM work.offer_fact)
GROUP BY service_id;

-- What any listing of the place says of it as a whole.
CREATE TABLE work.place_lists AS
SELECT location_id,
    list_sort(list(value) FILTER (filed = 'condition')) AS conditions,
    list_sort(list(value) FILTER (filed = 'exclusion')) AS exclusions,
    list_sort(list(value) FILTER (filed = 'population')) AS populations,
    list_sort(list(value) FILTER (filed = 'modality')) AS modalities,
    list_sort(list(value) FILTER (filed = 'payer')) AS payers,
    list_sort(list(value) FILTER (filed = 'payment_option')) AS payment_options,
    list_sort(list(value) FILTER (filed = 'language')) AS languages,
    any_value(value) FILTER (filed = 'accepting') AS accepting
FROM (SELECT entity_id AS location_id, value, work.filed(field, value, qualifier) AS filed
    FROM claim SEMI JOIN work.fact_field USING (field) WHERE entity_type = 'location' AND chosen)
GROUP BY location_id;

-- Boxes that the lists of a service could have ticked, by the questionnaires and editions that it stands in.
CREATE TABLE work.asked_of AS
SELECT service_id, list_sort(list(DISTINCT questionnaire || '|' || year(observed_at))) AS papers
FROM work.offered WHERE questionnaire IS NOT NULL GROUP BY service_id;

CREATE TABLE work.box AS
SELECT papers,
    list(DISTINCT value) FILTER (filed = 'condition') AS conditions,
    list(DISTINCT value) FILTER (filed = 'population') AS populations,
    list(DISTINCT value) FILTER (filed = 'modality') AS modalities,
    list(DISTINCT value) FILTER (filed = 'payer') AS payers,
    list(DISTINCT value) FILTER (filed = 'payment_option') AS payment_options,
    list(DISTINCT value) FILTER (filed = 'language') AS languages
FROM (SELECT DISTINCT papers, unnest(papers) AS paper FROM work.asked_of)
JOIN (SELECT *, work.filed(field, value, NULL) AS filed FROM asks) a
    ON a.questionnaire = split_part(paper, '|', 1)
    AND split_part(paper, '|', 2)::INTEGER BETWEEN a.since AND coalesce(a.until, 9999)
GROUP BY papers;

-- The first list without what is in the others; null where nothing is left.
CREATE MACRO work.beyond(items, stated) AS
    nullif(list_sort(list_filter(items, lambda item: NOT coalesce(list_contains(stated, item), FALSE))), []);

-- Each distinct list with everything above its codes, so that `trauma` finds PTSD, and `medicaid` MassHealth.
CREATE TABLE work.lineage AS
SELECT conditions, list_sort(list(DISTINCT a.ancestor)) AS conditions_all
FROM (SELECT DISTINCT conditions, unnest(conditions) AS code FROM work.lists WHERE conditions IS NOT NULL)
JOIN condition_ancestor a USING (code)
GROUP BY conditions;

CREATE TABLE work.payer_lineage AS
SELECT payers, list_sort(list(DISTINCT a.ancestor)) AS payers_all
FROM (SELECT DISTINCT payers, unnest(payers) AS code FROM work.lists WHERE payers IS NOT NULL)
JOIN payer_ancestor a USING (code)
GROUP BY payers;

-- The operator as the listings of the service usually print it.
CREATE TABLE work.printed AS
SELECT service_id, location_id, arg_max(name, {usual: work.usual(listings, newest, name), name: name}) AS name
FROM (
    SELECT service_id, location_id, organization_name AS name, count(DISTINCT listing_id) AS listings, max(observed_at) AS newest
    FROM work.offered WHERE organization_name IS NOT NULL GROUP BY ALL)
GROUP BY ALL;

-- The name that a person gave an operator stands above what is printed.
CREATE TABLE work.renamed AS
SELECT entity_id AS organization_id, value AS name FROM claim
WHERE field = 'organization' AND chosen AND source_id = 'override';

CREATE TABLE work.sessions AS
SELECT service_id, list({days: days, start: start, "end": "end"} ORDER BY session) AS schedule,
    string_agg(concat_ws(' ',
        array_to_string(list_transform(days, lambda d: upper(d[1]) || d[2:]), ' '),
        nullif(concat_ws('–', start, "end"), '')), '; ' ORDER BY session) AS schedule_text
FROM schedule GROUP BY service_id;

-- The number to call: the service's own before the place's before the operator's; no fax and no crisis line.
CREATE TABLE work.call AS
SELECT coalesce(service_id, location_id, organization_id) AS id,
    arg_min({phone: number, phone_extension: extension, phone_display: display}, rank) AS number
FROM phone WHERE coalesce(kind, 'main') NOT IN ('fax', 'crisis') GROUP BY 1;

CREATE TABLE work.sources AS
SELECT service_id, list_sort(list(DISTINCT source_id)) AS sources FROM work.offered GROUP BY service_id;

CREATE TABLE work.bodies AS
SELECT location_id, list_sort(list(body)) AS accreditations FROM accreditation GROUP BY location_id;

-- Made once for each date: a macro with a query in it is a join over all columns where it stands in a select.
CREATE TABLE work.alert AS
SELECT freshness, last_verified, alert_text(freshness, last_verified) AS alert FROM (SELECT DISTINCT freshness, last_verified FROM service);

INSERT INTO directory BY NAME
SELECT d.location_id, s.* EXCLUDE (name, url, presence_rule, last_seen, observation_count),
    s.name AS service_name, s.url AS source_url, s.observation_count AS evidence_count,
    coalesce(m.name, e.name) AS organization_name, o.name AS operator_name, o.alternate_names AS operator_alternate_names,
    l.name AS location_name,
    a.street, a.city, a.county, a.state, a.zip, l.latitude, l.longitude, l.geo_precision, l.geo_source, l.geo_error_km, l.county_fips, l.town_geoid, l.zcta,
    unnest(coalesce(ps.number, pl.number, po.number)),
    coalesce(t.website, l.website, o.website) AS website,
    f.* EXCLUDE (service_id), c.conditions_all, y.payers_all, b.accreditations,
    work.beyond(i.conditions, f.conditions) AS conditions_of_place,
    work.beyond(i.exclusions, f.exclusions) AS exclusions_of_place,
    work.beyond(i.populations, f.populations) AS populations_of_place,
    work.beyond(i.modalities, f.modalities) AS modalities_of_place,
    work.beyond(i.payers, f.payers) AS payers_of_place,
    work.beyond(i.payment_options, f.payment_options) AS payment_options_of_place,
    work.beyond(i.languages, f.languages) AS languages_of_place,
    CASE WHEN s.accepting IS NULL THEN i.accepting END AS accepting_of_place,
    work.beyond(q.conditions, f.conditions) AS conditions_not_ticked,
    work.beyond(q.populations, f.populations) AS populations_not_ticked,
    work.beyond(q.modalities, f.modalities) AS modalities_not_ticked,
    work.beyond(q.payers, f.payers) AS payers_not_ticked,
    work.beyond(q.payment_options, f.payment_options) AS payment_options_not_ticked,
    work.beyond(q.languages, f.languages) AS languages_not_ticked,
    w.schedule, w.schedule_text, r.sources, coalesce(x.has_conflict, FALSE) AS has_conflict,
    coalesce(x.stale_facts, 0) AS stale_facts,
    h.alert
FROM work.site d
JOIN service s USING (service_id)
LEFT JOIN location l ON l.location_id = d.location_id
LEFT JOIN organization o ON o.organization_id = s.organization_id
LEFT JOIN work.renamed m ON m.organization_id = s.organization_id
LEFT JOIN work.printed e ON e.service_id = d.service_id AND e.location_id IS NOT DISTINCT FROM d.location_id
LEFT JOIN address a ON a.location_id = d.location_id
LEFT JOIN work.lists f ON f.service_id = d.service_id
LEFT JOIN work.place_lists i ON i.location_id = d.location_id
LEFT JOIN work.lineage c ON c.conditions = f.conditions
LEFT JOIN work.payer_lineage y ON y.payers = f.payers
LEFT JOIN work.asked_of n ON n.service_id = d.service_id
LEFT JOIN work.box q ON q.papers = n.papers
LEFT JOIN work.sessions w ON w.service_id = d.service_id
LEFT JOIN work.call ps ON ps.id = d.service_id
LEFT JOIN work.call pl ON pl.id = d.location_id
LEFT JOIN work.call po ON po.id = s.organization_id
LEFT JOIN work.stated t ON t.service_id = d.service_id
LEFT JOIN work.listed x ON x.service_id = d.service_id
LEFT JOIN work.sources r ON r.service_id = d.service_id
LEFT JOIN work.alert h ON h.freshness = s.freshness AND h.last_verified = s.last_verified
LEFT JOIN work.bodies b ON b.location_id = d.location_id
ORDER BY s.level_of_care, a.state, a.county, a.zip, e.name, d.service_id, d.location_id;
