-- A matched panel of the previous release and this one: which place that offers a level of care is which that offered it.

-- What either release lists, under the ids of today.
CREATE TABLE work.succeeds AS SELECT entity_id, coalesce(redirect_to, entity_id) AS now_id FROM ledger;

CREATE TABLE work.panel_offer AS
WITH offer AS (
    SELECT 'before' AS side, service_id, location_id, organization_id, organization_name, location_name, level_of_care, focus,
        state, street, city
    FROM previous.directory
    WHERE service_id NOT IN (FROM work.withheld) AND coalesce(location_id NOT IN (FROM work.withheld), TRUE)
        AND coalesce(organization_id NOT IN (FROM work.withheld), TRUE)
    UNION ALL
    SELECT 'now', service_id, location_id, organization_id, organization_name, location_name, level_of_care, focus, state,
        street, city
    FROM directory)
SELECT o.* EXCLUDE (organization_id), coalesce(p.now_id, location_id, service_id) AS place_id,
    coalesce(g.now_id, organization_id) AS organization_id
FROM offer o
LEFT JOIN work.succeeds p ON p.entity_id = coalesce(location_id, service_id)
LEFT JOIN work.succeeds g ON g.entity_id = organization_id
WHERE level_of_care IS NOT NULL AND getvariable('previous_release') IS NOT NULL;

CREATE TABLE work.panel_listing AS
SELECT 'before' AS side, listing_id, source_id, url, state, questionnaire, year(observed_at) AS edition, phone, street1, city, zip
FROM previous.listing
UNION ALL
SELECT 'now', listing_id, source_id, url, state, questionnaire, year(observed_at), phone, street1, city, zip FROM listing;

CREATE TABLE work.panel_link AS
SELECT 'before' AS side, entity_type, coalesce(now_id, entity_id) AS entity_id, entity_id AS printed_id, listing_id
FROM previous.crosswalk LEFT JOIN work.succeeds USING (entity_id)
UNION ALL
SELECT 'now', entity_type, entity_id, entity_id, listing_id FROM crosswalk;

-- Places by what their listings print: two spellings of an address meet in house number, first letter of the street and ZIP
-- code, or in street and city.
CREATE MACRO work.house(street) AS nullif(regexp_replace(regexp_extract(lower(street),
    '[0-9]+[0-9a-z/-]*\s+(?:(?:n|s|e|w|north|south|east|west)\.?\s+)?[a-z]'), '^([0-9]+).*(.)$', '\1\2'), '');

CREATE TABLE work.panel_place AS
SELECT side, entity_id AS place_id,
    list_distinct(flatten(list([work.house(street1) || '|' || zip, work.plain(street1) || '|' || work.plain(city)])
        FILTER (street1 IS NOT NULL))) AS addresses,
    list(DISTINCT split_part(phone, ';', 1)) FILTER (phone IS NOT NULL) AS phones
FROM work.panel_link JOIN work.panel_listing USING (side, listing_id)
WHERE entity_type = 'location' GROUP BY ALL;

CREATE TABLE work.panel_voice AS
SELECT DISTINCT o.side, o.place_id, o.level_of_care, o.focus, l.source_id, l.url, o.state
FROM work.panel_offer o
JOIN work.panel_link k ON k.side = o.side AND k.entity_type = 'service' AND k.printed_id = o.service_id
JOIN work.panel_listing l ON l.side = k.side AND l.listing_id = k.listing_id;

CREATE TABLE work.panel_site AS
SELECT row_number() OVER (ORDER BY side, place_id, level_of_care, focus) AS site, *
FROM (
    SELECT side, place_id, level_of_care, focus, min(state) AS state, min(street) AS street, min(city) AS city,
        min(organization_name) AS organization_name, min(organization_id) AS organization_id,
        min(work.plain(location_name)) AS name
    FROM work.panel_offer GROUP BY ALL)
LEFT JOIN work.panel_place USING (side, place_id);

-- The same place, level and focus; then of what is left over the likeliest other half.
CREATE TABLE work.panel_same AS
SELECT b.site AS before, n.site AS now FROM work.panel_site b
JOIN work.panel_site n ON n.place_id = b.place_id AND n.level_of_care = b.level_of_care AND n.focus IS NOT DISTINCT FROM b.focus
WHERE b.side = 'before' AND n.side = 'now';

CREATE TABLE work.panel_lone AS
SELECT s.*, p.place_id IS NOT NULL AS is_elsewhere_too
FROM work.panel_site s
LEFT JOIN work.panel_place p ON p.place_id = s.place_id AND p.side <> s.side
WHERE site NOT IN (SELECT unnest([before, now]) FROM work.panel_same);

-- Telephones and names of sites that stay tell nothing of those that go: an intake line has many.
CREATE TABLE work.panel_common AS
SELECT level_of_care, unnest(phones) AS mark FROM work.panel_site WHERE site IN (SELECT now FROM work.panel_same)
UNION
SELECT level_of_care, organization_id || '|' || name FROM work.panel_site WHERE site IN (SELECT now FROM work.panel_same);

CREATE TABLE work.panel_candidate AS
WITH lone AS (FROM work.panel_lone),
mark AS (
    SELECT site, side, level_of_care, 'place' AS kind, place_id AS mark FROM lone
    UNION ALL SELECT site, side, level_of_care, 'address', unnest(addresses) FROM lone
    UNION ALL SELECT site, side, level_of_care, 'phone', unnest(phones) FROM lone
    UNION ALL SELECT site, side, level_of_care, 'name', organization_id || '|' || name FROM lone
    UNION ALL SELECT site, side, level_of_care, 'operator', organization_id FROM lone),
shared AS (
    SELECT b.site AS before, n.site AS now, b.kind, c.mark IS NOT NULL AS common
    FROM mark b JOIN mark n ON n.kind = b.kind AND n.mark = b.mark AND n.level_of_care = b.level_of_care
    LEFT JOIN work.panel_common c ON c.level_of_care = b.level_of_care AND c.mark = b.mark
    WHERE b.side = 'before' AND n.side = 'now'),
told AS (
    SELECT before, now, bool_or(kind = 'place') AS place, bool_or(kind = 'address') AS address,
        bool_or(kind IN ('phone', 'operator')) AS same_program,
        bool_or(kind = 'phone' AND NOT common) AS phone, bool_or(kind = 'name' AND NOT common) AS name
    FROM shared GROUP BY ALL)
SELECT t.before, t.now, CASE
        WHEN t.place THEN 0 WHEN t.address AND same_program THEN 1
        WHEN b.is_elsewhere_too OR n.is_elsewhere_too THEN NULL  -- who is still there has not moved
        WHEN t.phone THEN 2 WHEN t.name THEN 3 WHEN t.address THEN 4 END AS evidence
FROM told t JOIN lone b ON b.site = t.before JOIN lone n ON n.site = t.now
WHERE evidence IS NOT NULL AND (b.focus = n.focus OR b.focus IS NULL OR n.focus IS NULL);

-- One to one: of several on both sides the first with the first.
CREATE TABLE work.panel_pair AS
WITH ranked AS (
    SELECT *, row_number() OVER (PARTITION BY before ORDER BY evidence, now) AS of_before,
        row_number() OVER (PARTITION BY now ORDER BY evidence, before) AS of_now FROM work.panel_candidate),
once AS (FROM ranked WHERE of_before = of_now QUALIFY row_number() OVER (PARTITION BY before ORDER BY of_now) = 1)
SELECT before, now, evidence FROM once QUALIFY row_number() OVER (PARTITION BY now ORDER BY of_before) = 1
UNION ALL SELECT before, now, NULL FROM work.panel_same;

-- What stands at the same address in the other release.
CREATE TABLE work.panel_beside AS
WITH address AS (SELECT side, place_id, unnest(addresses) AS address FROM work.panel_place)
SELECT DISTINCT s.site, o.side, o.place_id
FROM work.panel_lone s JOIN address a USING (side, place_id) JOIN address o ON o.side <> s.side AND o.address = a.address;

-- Places that are listed in the other release, whatever for: by their id, or by address and telephone.
CREATE TABLE work.panel_still AS
SELECT site FROM work.panel_lone WHERE is_elsewhere_too
UNION
SELECT s.site FROM work.panel_lone s JOIN work.panel_beside o USING (site)
JOIN work.panel_place p ON p.side = o.side AND p.place_id = o.place_id AND list_has_any(p.phones, s.phones);

-- Rows of one operator at one address, of which one goes on: the list has them together, or apart, and no place came or went.
CREATE TABLE work.panel_row AS
SELECT DISTINCT s.site FROM work.panel_lone s JOIN work.panel_beside b USING (site)
JOIN work.panel_site o ON o.side = b.side AND o.place_id = b.place_id AND o.level_of_care = s.level_of_care
    AND (o.organization_id = s.organization_id OR list_has_any(o.phones, s.phones))
    AND (o.focus = s.focus OR o.focus IS NULL OR s.focus IS NULL)
WHERE o.site IN (SELECT unnest([before, now]) FROM work.panel_pair);
