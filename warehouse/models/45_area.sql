-- Where places are among counties, towns and ZCTAs; and what of the country's geography a release carries.

-- The states that the release speaks of: others have no row of a place, which says nothing of them.
CREATE TABLE work.scope AS SELECT DISTINCT state FROM address WHERE state IS NOT NULL;

INSERT INTO geography SELECT * FROM stage.geography ORDER BY ALL;
INSERT INTO area SELECT a.* FROM stage.area a WHERE area_kind = 'state' OR state IN (FROM work.scope)
ORDER BY state, area_kind, area_id;
INSERT INTO population_point SELECT p.* FROM stage.population_point p WHERE state IN (FROM work.scope) ORDER BY state, point_id;
-- outlines of all states: a map shows its neighbours
INSERT INTO boundary SELECT b.* FROM stage.boundary b WHERE area_kind = 'state' OR state IN (FROM work.scope)
ORDER BY state, area_kind, area_id;

CREATE TABLE work.state_area AS SELECT state, area_id AS state_fips FROM area WHERE area_kind = 'state';

-- Names under which counties and towns meet: "St. Lawrence County" and "Saint Lawrence".
CREATE MACRO work.area_key(name) AS regexp_replace(regexp_replace(regexp_replace(lower(strip_accents(name)),
    '[.'']', '', 'g'), '\bst\b', 'saint'), '\s+(county|parish|borough|census area|municipality|town)$', '');

CREATE TABLE work.named_area AS
SELECT area_kind, state, work.area_key(name) AS key, any_value(area_id) AS area_id
FROM area WHERE area_kind IN ('county', 'town') GROUP BY ALL HAVING count(*) = 1;

-- A point that is an address's lies where its boundary says; else the ZIP code's county does, as the post names it.
CREATE TABLE work.in_area AS
SELECT a.location_id, z.area_id AS zcta, z.land_km2,
    coalesce(CASE WHEN l.geo_precision = 'address' THEN county_at(a.state, l.longitude, l.latitude, n.area_id) END,
        n.area_id, z.county_fips, county_at(a.state, l.longitude, l.latitude, NULL)) AS county_fips,
    coalesce(CASE WHEN l.geo_precision = 'address' THEN town_at(a.state, l.longitude, l.latitude, t.area_id) END,
        t.area_id, town_at(a.state, l.longitude, l.latitude, NULL)) AS town_geoid
FROM address a
JOIN location l USING (location_id)
LEFT JOIN area z ON z.area_kind = 'zcta' AND z.area_id = a.zip
LEFT JOIN work.named_area n ON n.area_kind = 'county' AND n.state = a.state AND n.key = work.area_key(a.county)
LEFT JOIN work.named_area t ON t.area_kind = 'town' AND t.state = a.state AND t.key = work.area_key(a.city);

UPDATE location SET county_fips = i.county_fips, town_geoid = i.town_geoid, zcta = i.zcta,
    -- half of the people of a round area as large as the ZCTA live within 0.7 of its radius, all of them within it
    geo_error_km = CASE geo_precision WHEN 'address' THEN getvariable('address_error_km')
        WHEN 'zip' THEN round(sqrt(i.land_km2 / pi()), 1) END
FROM work.in_area i WHERE i.location_id = location.location_id;
