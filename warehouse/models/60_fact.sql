-- Many-valued facts of services. What was said of the place is inherited by its services, marked `location`,
-- where nothing was said of the service itself.

CREATE TABLE work.place_fact AS
SELECT entity_id AS location_id, field, value, qualifier, conflict, confidence, source_count, claim_id, last_verified,
    freshness
FROM claim SEMI JOIN (FROM policy.field WHERE inherit) USING (field)
WHERE entity_type = 'location' AND chosen;

CREATE TABLE work.own_fact AS
SELECT entity_id AS service_id, field, value, qualifier, conflict, confidence, source_count, claim_id, last_verified,
    freshness
FROM claim SEMI JOIN (FROM policy.field WHERE inherit) USING (field)
WHERE entity_type = 'service' AND chosen;

CREATE TABLE work.inherited_fact AS
SELECT s.service_id, p.* EXCLUDE (location_id), s.places
FROM (SELECT *, count(*) OVER (PARTITION BY service_id) AS places FROM service_at_location) s
JOIN work.place_fact p USING (location_id)
ANTI JOIN (SELECT DISTINCT service_id, field FROM work.own_fact) o ON o.service_id = s.service_id AND o.field = p.field
WHERE p.field <> 'accepting';

-- A service at several places inherits a fact once, from the place that is surest of it.
CREATE VIEW work.service_fact AS
SELECT *, 'service' AS scope FROM work.own_fact
UNION ALL BY NAME
SELECT * EXCLUDE (places), 'location' AS scope FROM work.inherited_fact WHERE places = 1
UNION ALL BY NAME
SELECT DISTINCT ON (service_id, field, value) * EXCLUDE (places), 'location' AS scope
FROM work.inherited_fact WHERE places > 1 ORDER BY confidence DESC, claim_id;

INSERT INTO service_condition BY NAME
SELECT * EXCLUDE (field, value, qualifier), value AS condition FROM work.service_fact WHERE field = 'condition'
ORDER BY service_id, condition;
INSERT INTO service_population BY NAME
SELECT * EXCLUDE (field, value, qualifier), value AS population FROM work.service_fact WHERE field = 'population'
ORDER BY service_id, population;
INSERT INTO service_modality BY NAME
SELECT * EXCLUDE (field, value, qualifier), value AS modality FROM work.service_fact WHERE field = 'modality'
ORDER BY service_id, modality;
INSERT INTO service_exclusion BY NAME
SELECT * EXCLUDE (field, value, qualifier), value AS exclusion FROM work.service_fact WHERE field = 'exclusion'
ORDER BY service_id, exclusion;
INSERT INTO service_language BY NAME
SELECT * EXCLUDE (field, value, qualifier), value AS language FROM work.service_fact WHERE field = 'language'
ORDER BY service_id, language;
INSERT INTO service_payer BY NAME
SELECT * EXCLUDE (field, value, qualifier), value AS payer, qualifier AS network FROM work.service_fact
WHERE field = 'payer' ORDER BY service_id, payer;
