-- What the FHIR resources are made of: one row a resource, with lists for what repeats.

CREATE SCHEMA memory.fhir;
USE memory.fhir;

CREATE TABLE code AS FROM read_csv(getvariable('fhir_codes'), header = true, all_varchar = true);

-- Closed programs are not exported: Plan-Net fixes `active` to true.
CREATE VIEW open_service AS FROM iop.service WHERE accepting IS DISTINCT FROM 'closed';

CREATE VIEW trait AS
SELECT service_id, 'condition' AS kind, condition AS code, v.label, scope, NULL AS how
FROM iop.service_condition LEFT JOIN iop.vocabulary_condition v ON v.code = condition
UNION ALL SELECT service_id, 'population', population, v.label, scope, NULL
FROM iop.service_population LEFT JOIN iop.vocabulary_population v ON v.code = population
UNION ALL SELECT service_id, 'modality', modality, v.label, scope, NULL
FROM iop.service_modality LEFT JOIN iop.vocabulary_modality v ON v.code = modality
UNION ALL SELECT service_id, 'exclusion', exclusion, v.label, scope, NULL
FROM iop.service_exclusion LEFT JOIN iop.vocabulary_exclusion v ON v.code = exclusion
UNION ALL SELECT service_id, CASE v.class WHEN 'way' THEN 'payment_option' ELSE 'payer' END, payer, v.label, scope, network
FROM iop.service_payer LEFT JOIN iop.vocabulary_payer v ON v.code = payer;

CREATE VIEW traits AS
SELECT service_id, list({kind: kind, code: code, label: label, scope: scope, how: how} ORDER BY kind, code) AS traits
FROM trait GROUP BY service_id;

-- A service is for substance use, for mental health, or for both.
CREATE VIEW domain AS
SELECT service_id, unnest(CASE focus WHEN 'both' THEN ['substance_use', 'mental_health'] ELSE [focus] END) AS domain
FROM iop.service WHERE focus IS NOT NULL;

CREATE VIEW coded AS
SELECT service_id, list(DISTINCT type ORDER BY type) FILTER (type IS NOT NULL) AS types,
    list(DISTINCT specialty ORDER BY specialty) FILTER (specialty IS NOT NULL) AS specialties
FROM iop.service JOIN domain USING (service_id) JOIN code ON code.level_of_care = service.level_of_care
    AND code.domain = domain.domain
GROUP BY service_id;

CREATE VIEW phones AS
SELECT coalesce(service_id, location_id, organization_id) AS entity_id,
    list({kind: kind, number: number, extension: extension, rank: rank} ORDER BY rank, number) AS phones
FROM iop.phone GROUP BY ALL;

CREATE VIEW healthcare_service AS
SELECT s.*, v.label AS level_label, c.types, c.specialties, t.traits, p.phones, d.alert, x.sessions, n.places, g.languages
FROM open_service s
LEFT JOIN iop.vocabulary_level_of_care v ON v.code = s.level_of_care
LEFT JOIN coded c USING (service_id)
LEFT JOIN traits t USING (service_id)
LEFT JOIN phones p ON p.entity_id = s.service_id
LEFT JOIN (SELECT service_id, any_value(alert) AS alert FROM iop.directory GROUP BY ALL) d USING (service_id)
LEFT JOIN (SELECT service_id, list({days: days, start: start, "end": "end"} ORDER BY session) AS sessions
    FROM iop.schedule GROUP BY ALL) x USING (service_id)
LEFT JOIN (SELECT service_id, list(location_id ORDER BY location_id) AS places
    FROM iop.service_at_location GROUP BY ALL) n USING (service_id)
LEFT JOIN (SELECT service_id, list({code: language, label: label} ORDER BY language) AS languages
    FROM iop.service_language LEFT JOIN iop.vocabulary_language v ON v.code = language GROUP BY ALL) g USING (service_id)
ORDER BY s.service_id;

CREATE VIEW location AS
SELECT l.*, coalesce(l.name, o.name) AS called, a.street, a.city, a.county, a.state, a.zip, p.phones
FROM iop.location l
LEFT JOIN iop.organization o USING (organization_id)
LEFT JOIN iop.address a USING (location_id)
LEFT JOIN phones p ON p.entity_id = l.location_id
ORDER BY l.location_id;

-- States that virtual services serve are locations too: Plan-Net's coverageArea refers to them.
CREATE VIEW area AS
SELECT DISTINCT unnest(virtual_states) AS state FROM open_service ORDER BY state;

CREATE VIEW organization AS
SELECT o.*, p.phones, i.identifiers, a.addresses
FROM iop.organization o
LEFT JOIN phones p ON p.entity_id = o.organization_id
LEFT JOIN (
    SELECT organization_id, list(DISTINCT {scheme: scheme, identifier: identifier}
        ORDER BY {scheme: scheme, identifier: identifier}) AS identifiers
    FROM iop.organization_identifier GROUP BY ALL) i USING (organization_id)
LEFT JOIN (
    SELECT organization_id, list({street: street, city: city, county: county, state: state, zip: zip}
        ORDER BY location_id) AS addresses
    FROM iop.location JOIN iop.address USING (location_id) GROUP BY ALL) a USING (organization_id)
ORDER BY o.organization_id;
