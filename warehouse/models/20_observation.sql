-- Every stated value with the entity that it speaks of, and the claim that it supports.
-- Said of one service: that service. Said of the place: its location. Names of operators: the organization.

CREATE MACRO work.spoken_of(field_of_organization, field_of_location, organization, location, service) AS
    CASE WHEN field_of_organization THEN {kind: 'organization', id: organization}
        WHEN service IS NOT NULL AND NOT field_of_location THEN {kind: 'service', id: service}
        WHEN location IS NOT NULL THEN {kind: 'location', id: location}
        ELSE {kind: 'organization', id: organization} END;

INSERT INTO observation BY NAME
SELECT * EXCLUDE (entity, value_kind) REPLACE (
        CASE WHEN field IN ('organization', 'site_name', 'program_name') THEN coalesce(work.public_name(value), '')
            WHEN field = 'address' THEN work.public_address(value)
            WHEN value_kind = 'text' THEN work.without_mail(value) ELSE value END AS value,
        CASE WHEN field IN ('address', 'organization', 'site_name') THEN work.public_name(quote) ELSE work.public_words(quote) END AS quote,
        work.public_words(section) AS section, work.web(url) AS url),
    CASE WHEN entity.id IS NOT NULL THEN entity.kind END AS entity_type,
    entity.id AS entity_id,
    CASE WHEN assertion = 'affirmed' THEN work.claim_key(entity.id, field, value_kind, value) END AS claim_id
FROM (
    SELECT c.* EXCLUDE (organization_id, location_id, service_id, of_organization, of_location, problem),
        work.spoken_of(of_organization, of_location, organization_id, location_id, service_id) AS entity
    FROM work.checked c
    ANTI JOIN work.down_listing USING (listing_id)
    ANTI JOIN work.down_service d ON d.listing_id = c.listing_id AND d.service_key = c.service_key
    WHERE problem IS NULL)
ORDER BY entity_id;  -- what is asked of one program touches few row groups

-- What a listing's own columns say where none of its observations does.
CREATE TABLE work.from_columns AS
WITH said AS (
    SELECT listing_id, NULL AS service_key, 'organization' AS field, organization_name AS value FROM listing
    UNION ALL SELECT listing_id, NULL, 'site_name', site_name FROM listing
    UNION ALL SELECT listing_id, NULL, 'website', website FROM listing
    UNION ALL SELECT listing_id, NULL, 'phone', phone FROM listing
    UNION ALL SELECT listing_id, NULL, 'address', to_json({street: nullif(concat_ws(', ', street1, street2), ''),
        city: city, state: state, zip: zip})::VARCHAR FROM listing WHERE street1 IS NOT NULL OR zip IS NOT NULL
    UNION ALL SELECT listing_id, service_key, 'level_of_care', level_of_care FROM work.track
    UNION ALL SELECT listing_id, service_key, 'program_name', name FROM work.track
    UNION ALL SELECT listing_id, service_key, 'virtual', 'true' FROM work.track
        SEMI JOIN (FROM listing WHERE is_virtual) USING (listing_id))
SELECT s.* FROM said s
ANTI JOIN (SELECT DISTINCT listing_id, service_key, field FROM observation WHERE assertion = 'affirmed'
    AND field IN ('organization', 'site_name', 'website', 'phone', 'address', 'level_of_care', 'program_name',
        'virtual')) o
    ON o.listing_id = s.listing_id AND o.field = s.field AND o.service_key IS NOT DISTINCT FROM s.service_key
WHERE s.value IS NOT NULL;

INSERT INTO observation BY NAME
SELECT * EXCLUDE (entity, value_kind), CASE WHEN entity.id IS NOT NULL THEN entity.kind END AS entity_type,
    entity.id AS entity_id, work.claim_key(entity.id, field, value_kind, value) AS claim_id
FROM (
    SELECT concat_ws('#', c.listing_id, c.service_key, c.field) AS observation_id, c.*, l.source_id,
        'affirmed' AS assertion, 'listing' AS method, getvariable('listing_confidence') AS confidence, l.url,
        l.document_sha256, l.locator, l.observed_at, f.written AS value_kind,
        work.spoken_of(f.of_organization, f.of_location, p.organization_id, p.location_id, t.service_id) AS entity
    FROM work.from_columns c
    JOIN listing l USING (listing_id)
    JOIN work.place p USING (listing_id)
    JOIN policy.field f ON f.field = c.field
    LEFT JOIN work.track t ON t.listing_id = c.listing_id AND t.service_key = c.service_key)
ORDER BY entity_id;

-- Corrections by people: statements like any other, of a source that the policy puts before all.
INSERT INTO source BY NAME
SELECT 'override' AS source_id, 'override' AS kind, 'Corrections' AS title
WHERE EXISTS (FROM override.correction);

-- The id is an entity's, or a source record's, which stands for the entity that the field is about.
INSERT INTO observation BY NAME
WITH named AS (
    SELECT c.*, {kind: e.entity_type, id: e.entity_id} AS entity
    FROM override.correction c JOIN (SELECT DISTINCT entity_type, entity_id FROM crosswalk) e ON e.entity_id = c.id
    UNION ALL
    SELECT c.*, work.spoken_of(f.of_organization, f.of_location, p.organization_id, p.location_id, t.service_id)
    FROM override.correction c
    JOIN work.place p ON p.listing_id = split_part(c.id, '#', 1)
    JOIN policy.field f USING (field)
    LEFT JOIN work.track t ON t.listing_id || '#' || t.service_key = c.id)
SELECT concat_ws('#', 'override', n.id, field, n.value) AS observation_id, 'override' AS source_id, field, n.value,
    work.public_words(why) AS quote, 'affirmed' AS assertion, 'correction' AS method, 1.0 AS confidence,
    corrected_at AS observed_at, entity.kind AS entity_type, entity.id AS entity_id,
    work.claim_key(entity.id, field, f.written, n.value) AS claim_id
FROM named n JOIN policy.field f USING (field) WHERE entity.id IS NOT NULL;
