-- The one wide table: every service at every place where it is offered, and every virtual service.

-- Lists are put together once per place and once per service, and only then joined: no list is exploded.
CREATE MACRO work.open_payer(network) AS coalesce(network, '') NOT IN ('not_accepted', 'out_of_network');

CREATE TABLE work.place_list AS
SELECT location_id, field, list_sort(list(value)) AS values,
    list_sort(list(value) FILTER (field = 'payer' AND work.open_payer(qualifier))) AS open_payers,
    list_sort(list(value) FILTER (field = 'payer' AND qualifier = 'in_network')) AS in_network
FROM work.place_fact GROUP BY ALL;

CREATE TABLE work.own_list AS
SELECT service_id, field, list_sort(list(value)) AS values,
    list_sort(list(value) FILTER (field = 'payer' AND work.open_payer(qualifier))) AS open_payers,
    list_sort(list(value) FILTER (field = 'payer' AND qualifier = 'in_network')) AS in_network
FROM work.own_fact GROUP BY ALL;

CREATE TABLE work.site AS
SELECT service_id, location_id FROM service LEFT JOIN service_at_location USING (service_id);

CREATE TABLE work.list AS
SELECT service_id, location_id, field,
    coalesce(o.values, p.values) AS values,
    CASE WHEN o.values IS NULL THEN p.open_payers ELSE o.open_payers END AS open_payers,
    CASE WHEN o.values IS NULL THEN p.in_network ELSE o.in_network END AS in_network,
    CASE WHEN o.values IS NULL THEN 'location' ELSE 'service' END AS scope
FROM work.site
CROSS JOIN (SELECT field FROM policy.field WHERE inherit) f
LEFT JOIN work.own_list o USING (service_id, field)
LEFT JOIN work.place_list p USING (location_id, field)
WHERE o.values IS NOT NULL OR p.values IS NOT NULL;

CREATE TABLE work.lists AS
SELECT service_id, location_id,
    any_value(values) FILTER (field = 'condition') AS conditions,
    any_value(scope) FILTER (field = 'condition') AS conditions_scope,
    any_value(values) FILTER (field = 'exclusion') AS exclusions,
    any_value(scope) FILTER (field = 'exclusion') AS exclusions_scope,
    any_value(values) FILTER (field = 'population') AS populations,
    any_value(scope) FILTER (field = 'population') AS populations_scope,
    any_value(values) FILTER (field = 'modality') AS modalities,
    any_value(scope) FILTER (field = 'modality') AS modalities_scope,
    any_value(open_payers) FILTER (field = 'payer') AS payers,
    any_value(in_network) FILTER (field = 'payer') AS payers_in_network,
    any_value(scope) FILTER (field = 'payer') AS payers_scope,
    any_value(values) FILTER (field = 'language') AS languages,
    any_value(values[1]) FILTER (field = 'accepting') AS accepting
FROM work.list GROUP BY ALL;

-- Each distinct list of conditions with everything above them, so that `trauma` finds PTSD.
CREATE TABLE work.lineage AS
SELECT conditions, list_sort(list(DISTINCT a.ancestor)) AS conditions_all
FROM (SELECT DISTINCT conditions, unnest(conditions) AS code FROM work.lists WHERE conditions IS NOT NULL)
JOIN condition_ancestor a USING (code)
GROUP BY conditions;

CREATE TABLE work.sessions AS
SELECT service_id, list({days: days, start: start, "end": "end"} ORDER BY session) AS schedule,
    string_agg(concat_ws(' ',
        array_to_string(list_transform(days, lambda d: upper(d[1]) || d[2:]), ' '),
        nullif(concat_ws('–', start, "end"), '')), '; ' ORDER BY session) AS schedule_text
FROM schedule GROUP BY service_id;

-- The number to call: the service's own before the place's before the operator's; no fax and no crisis line.
CREATE TABLE work.call AS
SELECT coalesce(service_id, location_id, organization_id) AS id,
    arg_min({number: number, extension: extension, display: display}, rank) AS phone
FROM phone WHERE coalesce(kind, 'main') NOT IN ('fax', 'crisis') GROUP BY 1;

CREATE TABLE work.sources AS
SELECT service_id, list_sort(list(DISTINCT source_id)) AS sources FROM work.offered GROUP BY service_id;

CREATE TABLE work.bodies AS
SELECT location_id, list_sort(list(body)) AS accreditations FROM accreditation GROUP BY location_id;

INSERT INTO directory BY NAME
SELECT d.location_id, s.* EXCLUDE (name, url, presence_rule, last_seen, observation_count)
        REPLACE (coalesce(s.accepting, f.accepting) AS accepting),
    s.name AS service_name, s.url AS source_url, s.observation_count AS evidence_count,
    o.name AS organization_name, l.name AS location_name,
    a.street, a.city, a.county, a.state, a.zip, l.latitude, l.longitude, l.geo_precision,
    p.number AS phone, p.extension AS phone_extension, p.display AS phone_display,
    coalesce(t.website, l.website, o.website) AS website,
    f.* EXCLUDE (service_id, location_id, accepting), c.conditions_all, b.accreditations,
    w.schedule, w.schedule_text, r.sources, coalesce(x.has_conflict, FALSE) AS has_conflict,
    coalesce(x.stale_facts, 0) AS stale_facts,
    CASE s.freshness
        WHEN 'stale' THEN 'Last verified on ' || s.last_verified::DATE || '. Ask the provider before relying on it.'
        WHEN 'expired' THEN 'Last verified on ' || s.last_verified::DATE
            || ', more than a year ago. It may no longer be offered.' END AS alert
FROM work.site d
JOIN service s USING (service_id)
LEFT JOIN location l ON l.location_id = d.location_id
LEFT JOIN organization o ON o.organization_id = s.organization_id
LEFT JOIN address a ON a.location_id = d.location_id
LEFT JOIN work.lists f ON f.service_id = d.service_id AND f.location_id IS NOT DISTINCT FROM d.location_id
LEFT JOIN work.lineage c ON c.conditions = f.conditions
LEFT JOIN work.sessions w ON w.service_id = d.service_id
LEFT JOIN work.call ps ON ps.id = d.service_id
LEFT JOIN work.call pl ON pl.id = d.location_id
LEFT JOIN work.call po ON po.id = s.organization_id
CROSS JOIN LATERAL (SELECT coalesce(ps.phone, pl.phone, po.phone) AS chosen) n
CROSS JOIN LATERAL (SELECT n.chosen.number AS number, n.chosen.extension AS extension, n.chosen.display AS display) p
LEFT JOIN work.stated t ON t.service_id = d.service_id
LEFT JOIN work.listed x ON x.service_id = d.service_id
LEFT JOIN work.sources r ON r.service_id = d.service_id
LEFT JOIN work.bodies b ON b.location_id = d.location_id
ORDER BY s.level_of_care, a.state, a.county, a.zip, o.name, d.service_id, d.location_id;
