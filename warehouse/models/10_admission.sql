-- What enters the release: everything but takedowns, and what cannot be used, which goes to quarantine. What breaks a rule of
-- a contract is set aside before, by the contracts themselves (`admission.py`); here stands what takes knowledge of the fields.

-- Ids that were asked to be taken down, what stands for them now, and what these stand for.
CREATE TABLE work.down AS
WITH RECURSIVE asked AS (
    SELECT id FROM override.takedown
    UNION
    SELECT CASE WHEN entity_id = id THEN redirect_to ELSE entity_id END
    FROM stage.ledger JOIN asked ON id IN (entity_id, redirect_to) WHERE redirect_to IS NOT NULL)
SELECT id FROM asked;

CREATE TABLE work.taken_listing AS
    SELECT listing_id FROM stage.listing WHERE listing_id IN (FROM work.down)
    UNION
    SELECT listing_id FROM stage.crosswalk
    WHERE entity_id IN (FROM work.down) AND entity_type IN ('organization', 'location');

-- Sources that speak of nothing else go, with their log; of the others the pages that speak of nothing else, and its rows.
CREATE TABLE work.taken_source AS
    SELECT source_id FROM stage.listing GROUP BY source_id HAVING bool_and(listing_id IN (FROM work.taken_listing));

CREATE TABLE work.taken_page AS
WITH told AS (
    SELECT listing_id, source_id, url FROM stage.listing UNION ALL SELECT listing_id, source_id, url FROM stage.observation)
SELECT source_id, url FROM told WHERE url IS NOT NULL GROUP BY ALL HAVING bool_and(listing_id IN (FROM work.taken_listing));

CREATE TABLE work.taken_locator AS
    SELECT source_id, unnest([locator, listing_id]) AS locator FROM stage.listing SEMI JOIN work.taken_listing USING (listing_id)
    UNION
    FROM work.taken_page;

-- Names of people among the names of listings. What is only called like a person is one unless its own page says so, it is where
-- its name says (`Prince Frederick`), many places bear the name, or people found it to be none (`not_a_person.csv`); whom they
-- found to be a person (`person.csv`) is one, whatever the name.
CREATE TABLE work.called AS
WITH printed AS (
    SELECT listing_id, unnest([organization_name, site_name]) AS name FROM stage.listing
    UNION
    SELECT listing_id, name FROM stage.listing_service
    UNION
    SELECT listing_id, value FROM stage.observation WHERE field IN ('organization', 'site_name', 'program_name')),
found AS (
    SELECT id AS listing_id FROM override.person
    UNION
    SELECT listing_id FROM stage.crosswalk JOIN override.person ON id = entity_id),
told AS (
    SELECT listing_id, name, CASE WHEN name = organization_name AND listing_id IN (FROM found) THEN 'person'
        ELSE work.person_kind(name) END AS kind
    FROM printed JOIN stage.listing USING (listing_id) WHERE name IS NOT NULL),
spread AS (
    SELECT organization_name AS name FROM stage.listing GROUP BY ALL
    HAVING count(DISTINCT coalesce(zip, city)) >= getvariable('institution_places')),
cleared AS (
    SELECT id AS listing_id FROM override.not_a_person
    UNION
    SELECT listing_id FROM stage.crosswalk JOIN override.not_a_person ON id = entity_id
    UNION
    SELECT listing_id FROM stage.listing JOIN stage.source USING (source_id) JOIN policy.kind USING (kind) WHERE is_page)
SELECT listing_id, name, kind FROM told JOIN stage.listing USING (listing_id)
WHERE kind = 'person'
    OR kind = 'maybe_person' AND listing_id NOT IN (FROM cleared) AND name NOT IN (FROM spread)
        AND lower(name) IS DISTINCT FROM lower(city);

-- People in practice by themselves are not listed, though a directory may print them; a person's clinic is, by its name.
CREATE TABLE work.individual AS
    SELECT listing_id, source_id, locator, observed_at, kind FROM stage.listing
    JOIN work.called USING (listing_id) WHERE name = organization_name AND NOT work.is_clinic(site_name);

CREATE TABLE work.down_listing AS SELECT listing_id FROM work.individual UNION FROM work.taken_listing;

CREATE TABLE work.down_service AS
    SELECT listing_id, service_key FROM stage.crosswalk
    WHERE entity_type = 'service' AND (entity_id IN (FROM work.down) OR listing_id || '#' || service_key IN (FROM work.down));

-- Entities that go with what is taken down: all of whose records are.
CREATE TABLE work.down_entity AS
    SELECT id AS entity_id FROM work.down
    UNION
    SELECT entity_id FROM stage.crosswalk GROUP BY entity_id
    HAVING bool_and(listing_id IN (FROM work.down_listing)
        OR (entity_type = 'service' AND listing_id || '#' || service_key IN (
            SELECT listing_id || '#' || service_key FROM work.down_service)));

-- The place and operator of every listing that is published.
CREATE TABLE work.place AS
SELECT listing_id,
    arg_max(c.entity_id, c.probability) FILTER (WHERE c.entity_type = 'organization') AS organization_id,
    arg_max(c.entity_id, c.probability) FILTER (WHERE c.entity_type = 'location') AS location_id
FROM stage.listing l LEFT JOIN stage.crosswalk c USING (listing_id)
WHERE l.listing_id NOT IN (FROM work.down_listing)
GROUP BY listing_id;

-- The service of every published service of a listing.
CREATE TABLE work.track AS
SELECT s.listing_id, s.service_key, any_value(s.level_of_care) AS level_of_care, any_value(s.name) AS name,
    arg_max(c.entity_id, c.probability) AS service_id
FROM stage.listing_service s
SEMI JOIN work.place USING (listing_id)
LEFT JOIN stage.crosswalk c
    ON c.entity_type = 'service' AND c.listing_id = s.listing_id AND c.service_key = s.service_key
ANTI JOIN work.down_service d ON d.listing_id = s.listing_id AND d.service_key = s.service_key
GROUP BY s.listing_id, s.service_key;

-- What is wrong with an observation, if anything. One bad value never stops the others.
CREATE VIEW work.checked AS
SELECT o.*, f.written AS value_kind, p.organization_id, p.location_id, t.service_id,
    f.of_organization, f.of_location, CASE
        WHEN o.value = '' THEN 'no_value'
        WHEN f.vocabulary IS NOT NULL AND k.code IS NULL THEN 'unknown_code'
        WHEN f.written = 'boolean' AND o.value NOT IN ('true', 'false') THEN 'bad_boolean'
        WHEN f.written = 'range'
            AND CASE WHEN json_valid(o.value) THEN json_array_length(o.value) END IS DISTINCT FROM 2 THEN 'bad_range'
        WHEN f.written IN ('session', 'address') AND NOT json_valid(o.value) THEN 'bad_json'
        WHEN n.kind = 'person' THEN 'personal_name'
        WHEN n.kind = 'maybe_person' THEN 'maybe_person'
        WHEN o.field = 'website' AND contains(o.value, '@') OR f.written <> 'text' AND work.has_mail(o.value)
            THEN 'personal_contact'
        WHEN f.written = 'phone' AND regexp_matches(lower(o.quote), getvariable('personal_phone'))
            THEN 'personal_contact'
    END AS problem
FROM stage.observation o
LEFT JOIN policy.field f ON f.field = o.field
LEFT JOIN policy.code k ON k.vocabulary = f.vocabulary AND k.code = o.value
LEFT JOIN work.called n  -- a condition on the left alone would keep DuckDB from hashing
    ON n.listing_id = o.listing_id AND n.name = CASE WHEN o.field IN ('organization', 'site_name', 'program_name') THEN o.value END
LEFT JOIN work.place p ON p.listing_id = o.listing_id
LEFT JOIN work.track t ON t.listing_id = o.listing_id AND t.service_key = o.service_key;

INSERT INTO quarantine BY NAME
SELECT source_id, locator, reason, work.public_words(detail) AS detail,
    CASE WHEN NOT regexp_matches(lower(raw), getvariable('personal_phone')) AND i.source_id IS NULL
    THEN work.public_words(raw) END AS raw, observed_at
FROM (FROM stage.quarantine
    UNION ALL BY NAME
    SELECT * REPLACE (work.without_mail(locator) AS locator) FROM work.refused SEMI JOIN stage.source USING (source_id)) q
LEFT JOIN (SELECT DISTINCT source_id, locator FROM work.individual) i USING (source_id, locator)
ANTI JOIN work.taken_locator USING (source_id, locator)
ANTI JOIN work.taken_source USING (source_id)
UNION ALL BY NAME
SELECT source_id, coalesce(url, locator, listing_id) AS locator, problem AS reason, field AS detail,
    CASE WHEN problem NOT IN ('personal_contact', 'personal_name', 'maybe_person') THEN work.public_words(left(value, 200)) END AS raw, observed_at
FROM work.checked WHERE problem IS NOT NULL AND listing_id NOT IN (FROM work.down_listing)
UNION ALL BY NAME
SELECT source_id, coalesce(locator, listing_id) AS locator,
    CASE kind WHEN 'person' THEN 'individual' ELSE kind END AS reason,
    CASE kind WHEN 'person' THEN 'a clinician in practice alone is not listed' ELSE
        'called like a person: not listed unless people find that it is a place, and put '
        || listing_id || ' in not_a_person.csv (iop review --names)' END AS detail, observed_at
FROM work.individual ANTI JOIN work.taken_listing USING (listing_id);

INSERT INTO source BY NAME FROM stage.source ANTI JOIN work.taken_source USING (source_id);
INSERT INTO document BY NAME SELECT * REPLACE (work.without_mail(detail) AS detail) FROM stage.document d
ANTI JOIN work.taken_source USING (source_id)
ANTI JOIN work.taken_page p ON p.source_id = d.source_id AND p.url IN (d.url, d.final_url);
INSERT INTO unmapped BY NAME SELECT source_id, category, work.public_words(text) AS text, sum(rows) AS rows
FROM stage.unmapped ANTI JOIN work.taken_source USING (source_id) GROUP BY ALL;
INSERT INTO listing BY NAME
SELECT l.* REPLACE (work.public_name(CASE WHEN o.name IS NULL THEN organization_name ELSE nullif(site_name, s.name) END)
        AS organization_name,
    CASE WHEN s.name IS NULL THEN work.public_name(site_name) END AS site_name,
    work.public_name(street1) AS street1, work.public_name(street2) AS street2,
    CASE WHEN NOT contains(website, '@') THEN website END AS website, work.web(url) AS url)
FROM stage.listing l SEMI JOIN work.place USING (listing_id)
LEFT JOIN work.called o ON o.listing_id = l.listing_id AND o.name = organization_name
LEFT JOIN work.called s ON s.listing_id = l.listing_id AND s.name = site_name;
-- Of geocoded addresses only those that a published listing prints, and that are nobody's in care of whom a letter goes.
INSERT INTO geocode BY NAME
SELECT g.* EXCLUDE (listing_ids), p.listing_ids
FROM stage.geocode g JOIN (
    SELECT address_key, list(listing_id ORDER BY listing_id) AS listing_ids
    FROM (SELECT address_key, unnest(listing_ids) AS listing_id FROM stage.geocode) SEMI JOIN listing USING (listing_id)
    GROUP BY address_key) p USING (address_key)
WHERE work.public_name(street) IS NOT DISTINCT FROM street
ORDER BY address_key;
INSERT INTO listing_service BY NAME SELECT listing_id, service_key, level_of_care,
    CASE WHEN (listing_id, name) NOT IN (SELECT (listing_id, name) FROM work.called) THEN work.public_name(name) END AS name
FROM work.track;
INSERT INTO crosswalk BY NAME
SELECT * REPLACE (work.public_words(reasons) AS reasons) FROM stage.crosswalk c
SEMI JOIN work.place USING (listing_id)
WHERE entity_id NOT IN (FROM work.down_entity)
    AND (entity_type <> 'service' OR listing_id || '#' || service_key IN (
        SELECT listing_id || '#' || service_key FROM work.track));
-- A taken-down id stays in the ledger, since ids are never reused, but says nothing: of its records, by which the next run finds
-- the id again, their hashes (`takedown.py`).
CREATE MACRO work.member(id) AS CASE WHEN split_part(id, '#', 1) IN (FROM work.taken_listing) THEN getvariable('taken_mark')
    || left(sha256(id), 16) ELSE id END;
INSERT INTO ledger BY NAME
WITH member AS (
    SELECT entity_id, list(work.member(member) ORDER BY member) AS members
    FROM (SELECT entity_id, unnest(members) AS member FROM stage.ledger) GROUP BY entity_id)
SELECT l.* REPLACE (CASE WHEN entity_id NOT IN (FROM work.down_entity)
    AND coalesce(label NOT IN (SELECT name FROM work.called), TRUE)
    THEN work.public_name(label) END AS label, coalesce(m.members, l.members) AS members)
FROM stage.ledger l LEFT JOIN member m USING (entity_id);
INSERT INTO match_pair BY NAME
SELECT * REPLACE (work.public_words(reasons) AS reasons) FROM stage.match_pair
WHERE split_part(left_id, '#', 1) NOT IN (FROM work.down_listing)
    AND split_part(right_id, '#', 1) NOT IN (FROM work.down_listing);
