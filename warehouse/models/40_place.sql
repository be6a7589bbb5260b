-- Organizations and locations: what the listings joined by matching say of operators and places.

-- Chosen values of one-valued fields, and the other wordings.
CREATE TABLE work.best AS
SELECT entity_id, field, value, url, claim_id, last_verified, freshness FROM claim WHERE rank = 1 AND chosen;

CREATE TABLE work.alternative AS
SELECT entity_id, field, list_sort(list(value)) AS values FROM claim
WHERE rank > 1 AND field IN ('organization', 'site_name') GROUP BY ALL;

CREATE TABLE work.link AS
SELECT p.*, l.source_id, l.observed_at, l.organization_name, l.state, l.questionnaire, l.focus, least(l.observed_at, d.found_at) AS found_at, l.is_virtual, l.latitude, l.longitude, l.geo_precision, l.county, l.zip,
    k.priority
FROM work.place p JOIN listing l USING (listing_id) JOIN source s USING (source_id) JOIN policy.kind k USING (kind)
LEFT JOIN work.found d ON d.source_id = l.source_id AND d.document_sha256 = l.document_sha256;

-- The operator of a place is the one that most of its records name.
CREATE TABLE work.operated AS
SELECT location_id, arg_max(organization_id, {n: n, id: organization_id}) AS organization_id
FROM (SELECT location_id, organization_id, count(*) AS n FROM work.link
    WHERE location_id IS NOT NULL AND organization_id IS NOT NULL GROUP BY ALL)
GROUP BY location_id;

-- Every point that is known of a place: what a source prints, what a geocoder answered of a printed address, else the point of
-- its ZIP code or city.
CREATE TABLE work.point AS
SELECT location_id, listing_id, NULL AS geocode_key, latitude, longitude, geo_precision,
    CASE geo_precision WHEN 'address' THEN 'source' ELSE 'zip' END AS geo_source, priority, observed_at
FROM work.link WHERE location_id IS NOT NULL AND latitude IS NOT NULL AND longitude IS NOT NULL
UNION ALL
SELECT location_id, listing_id, address_key, g.latitude, g.longitude, 'address', 'geocoder', priority, observed_at
FROM work.link JOIN (SELECT *, unnest(listing_ids) AS listing_id FROM geocode WHERE latitude IS NOT NULL) g USING (listing_id)
WHERE location_id IS NOT NULL AND NOT is_virtual;

CREATE TABLE work.pointed AS
SELECT location_id, arg_min({latitude: latitude, longitude: longitude, geo_precision: geo_precision, geo_source: geo_source,
        listing_id: listing_id, geocode_key: geocode_key},
    {coarse: list_position(['address', 'zip', 'city'], geo_precision), told: list_position(['source', 'geocoder', 'zip'], geo_source),
        priority: priority, age: work.age_then(observed_at), id: listing_id}) AS point
FROM work.point GROUP BY location_id;

CREATE TABLE work.located AS
SELECT location_id,
    bool_and(is_virtual) AS is_virtual,
    count(DISTINCT source_id) AS source_count,
    min(found_at) AS first_seen,
    max(observed_at) AS last_seen,
    any_value(point) AS point
FROM work.link LEFT JOIN work.pointed USING (location_id) WHERE location_id IS NOT NULL GROUP BY location_id;

-- First sight of an entity is kept, also under ids that were merged into it.
CREATE TABLE work.sighted AS
SELECT entity_id, min(first_seen) AS first_seen FROM (
    SELECT organization_id AS entity_id, first_seen FROM previous.organization
    UNION ALL SELECT location_id, first_seen FROM previous.location
    UNION ALL SELECT service_id, first_seen FROM previous.service
    UNION ALL SELECT redirect_to, minted_at FROM stage.ledger WHERE redirect_to IS NOT NULL)
GROUP BY entity_id;

INSERT INTO organization BY NAME
WITH runs AS (
    SELECT organization_id, count(DISTINCT source_id) AS source_count, min(found_at) AS first_seen,
        max(observed_at) AS last_seen
    FROM work.link WHERE organization_id IS NOT NULL GROUP BY organization_id),
sites AS (SELECT organization_id, count(*) AS location_count FROM work.operated GROUP BY organization_id),
web AS (
    SELECT organization_id, mode(value ORDER BY value) AS website
    FROM work.operated JOIN work.best ON entity_id = location_id AND field = 'website' GROUP BY organization_id)
SELECT r.organization_id, n.value AS name, a.values AS alternate_names, coalesce(o.value, w.website) AS website,
    coalesce(s.location_count, 0) AS location_count, 0 AS service_count, r.source_count,
    least(r.first_seen, p.first_seen) AS first_seen, r.last_seen
FROM runs r
LEFT JOIN sites s USING (organization_id)
LEFT JOIN web w USING (organization_id)
LEFT JOIN work.best n ON n.entity_id = r.organization_id AND n.field = 'organization'
LEFT JOIN work.best o ON o.entity_id = r.organization_id AND o.field = 'website'
LEFT JOIN work.alternative a ON a.entity_id = r.organization_id AND a.field = 'organization'
LEFT JOIN work.sighted p ON p.entity_id = r.organization_id
ORDER BY r.organization_id;

UPDATE ledger SET label = organization.name FROM organization
WHERE entity_id = organization_id AND organization.name IS NOT NULL;

INSERT INTO location BY NAME
SELECT g.location_id, o.organization_id, CASE WHEN g.is_virtual THEN 'virtual' ELSE 'physical' END AS location_type,
    n.value AS name, a.values AS alternate_names, w.value AS website,
    g.point.latitude, g.point.longitude,
    -- the ZIP code that another listing of the place prints is not the address's own
    CASE WHEN g.point.geo_precision = 'zip' AND (d.value ->> '$.zip') IS NULL THEN 'city'
        ELSE g.point.geo_precision END AS geo_precision,
    g.point.geo_source, g.point.listing_id AS geo_listing_id, g.point.geocode_key, g.source_count,
    least(g.first_seen, p.first_seen) AS first_seen, g.last_seen
FROM work.located g
LEFT JOIN work.operated o USING (location_id)
LEFT JOIN work.best n ON n.entity_id = g.location_id AND n.field = 'site_name'
LEFT JOIN work.best w ON w.entity_id = g.location_id AND w.field = 'website'
LEFT JOIN work.best d ON d.entity_id = g.location_id AND d.field = 'address'
LEFT JOIN work.alternative a ON a.entity_id = g.location_id AND a.field = 'site_name'
LEFT JOIN work.sighted p ON p.entity_id = g.location_id
ORDER BY g.location_id;

INSERT INTO address BY NAME
WITH county AS (
    SELECT location_id, zip, arg_min(county, {priority: priority, id: listing_id}) AS county
    FROM work.link WHERE county IS NOT NULL AND location_id IS NOT NULL GROUP BY ALL)
SELECT b.entity_id AS location_id, b.value ->> '$.street' AS street, b.value ->> '$.city' AS city, c.county,
    b.value ->> '$.state' AS state, left(b.value ->> '$.zip', 5) AS zip, b.claim_id, b.last_verified, b.freshness
FROM work.best b
JOIN work.located g ON g.location_id = b.entity_id AND NOT g.is_virtual
LEFT JOIN county c ON c.location_id = b.entity_id AND c.zip = left(b.value ->> '$.zip', 5)
WHERE b.field = 'address'
ORDER BY state, county, zip, location_id;

INSERT INTO organization_identifier BY NAME
SELECT DISTINCT organization_id, location_id, x.scheme, x.identifier, source_id, listing_id
FROM (SELECT listing_id, source_id, unnest(external_ids) AS x FROM listing)
JOIN work.place USING (listing_id)
WHERE organization_id IS NOT NULL AND x.scheme IS NOT NULL AND x.identifier IS NOT NULL
ORDER BY ALL;

INSERT INTO accreditation BY NAME
SELECT entity_id AS location_id, value AS body, confidence, claim_id, last_verified, freshness
FROM claim WHERE field = 'accreditation' AND entity_type = 'location' AND chosen ORDER BY ALL;
