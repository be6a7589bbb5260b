-- The query surface: views and macros with stable names. Table macros need the release to be the current
-- database (`USE iop`, or opened by itself).

-- The words behind every fact.
CREATE VIEW evidence AS
SELECT c.entity_type, c.entity_id, c.field, c.value, c.chosen, c.conflict, c.confidence AS claim_confidence,
    o.assertion, o.quote, o.section, o.url, o.locator, o.source_id, o.method, o.confidence, o.observed_at,
    c.last_verified, c.freshness, o.document_sha256, o.start, o."end", o.observation_id, c.claim_id
FROM claim c JOIN observation o USING (claim_id);

-- Intensive outpatient programs only.
CREATE VIEW iop AS FROM directory WHERE level_of_care = 'iop';

-- What a list of the directory says of a value: `answer(payers_all, payers_not_ticked, source_url, 'medicaid')`.
CREATE MACRO answer(stated, not_ticked, source_url, value) AS CASE
    WHEN list_contains(stated, value) THEN 'yes'
    WHEN list_contains(not_ticked, value) THEN 'not_ticked'
    WHEN source_url IS NULL THEN 'not_asked'
    ELSE 'not_stated' END;

-- Great-circle distance in kilometres (haversine, mean radius of the Earth 6,371.0088 km).
CREATE MACRO distance_km(lat1, lon1, lat2, lon2) AS 2 * 6371.0088 * asin(sqrt(least(1.0,
    pow(sin(radians(lat2 - lat1) / 2), 2)
    + cos(radians(lat1)) * cos(radians(lat2)) * pow(sin(radians(lon2 - lon1) / 2), 2))));

-- Degrees of longitude that `km` reach at most from a point, either way; all of them over a pole or the antimeridian.
CREATE MACRO longitude_reach(lat, lon, km) AS CASE
    WHEN abs(lat) + km / 111.0 >= 90 THEN 360.0
    WHEN abs(lon) + degrees(asin(sin(radians(km / 111.0)) / cos(radians(lat)))) > 180 THEN 360.0
    ELSE degrees(asin(sin(radians(km / 111.0)) / cos(radians(lat)))) END;

-- Rows of the directory within `km` kilometres of a point, nearest first. The box of degrees is no smaller than the circle.
CREATE MACRO near(lat, lon, km) AS TABLE
    SELECT *, distance_km(lat, lon, latitude, longitude) AS distance_km
    FROM directory
    WHERE latitude BETWEEN lat - km / 111.0 AND lat + km / 111.0
        AND longitude BETWEEN lon - longitude_reach(lat, lon, km) AND lon + longitude_reach(lat, lon, km)
        AND distance_km(lat, lon, latitude, longitude) <= km
    ORDER BY distance_km;

-- Every row of the `n` places nearest to a point, however far, nearest first: a place with three services gives three.
-- With a level only its rows and their places: `nearest_place(42.37, -71.11, 5, level := 'iop')`. Places without coordinates
-- never appear; of places equally far the one whose `location_id` comes first is nearer. After a table of points,
-- `FROM town t, nearest_place(t.latitude, t.longitude, 1)`, each gets its own; say whose column it is (`t.`), since an
-- argument that is a bare `latitude` is the directory's.
CREATE MACRO nearest_place(lat, lon, n, level := NULL) AS TABLE
    WITH place_on_map AS (
        SELECT DISTINCT location_id, latitude, longitude
        FROM directory
        WHERE latitude IS NOT NULL AND longitude IS NOT NULL AND (level IS NULL OR level_of_care = level) AND n >= 1
    ), place_found AS (
        SELECT unnest(min(
            row(distance_km(lat, lon, latitude, longitude), location_id)::STRUCT(km DOUBLE, id VARCHAR), greatest(n, 1)
        )) AS found  -- named by a cast: up to 1.5.5 DuckDB loses other names in a lateral join
        FROM place_on_map
    )
    SELECT directory.*, found.km AS distance_km
    FROM place_found JOIN directory ON location_id = found.id
    WHERE level IS NULL OR level_of_care = level
    ORDER BY distance_km, location_id, service_id;

-- The `n` rows of the directory nearest to a point, in the order of `nearest_place`.
CREATE MACRO nearest(lat, lon, n, level := NULL) AS TABLE
    WITH row_ranked AS (
        SELECT *, row_number() OVER (ORDER BY distance_km, location_id, service_id) AS place_in_line
        FROM nearest_place(lat, lon, n, level := level)
    )
    SELECT * EXCLUDE (place_in_line) FROM row_ranked WHERE place_in_line <= n
    ORDER BY distance_km, location_id, service_id;

-- The directory as a past release showed it; ages and freshness are those of the day the row was first written.
CREATE MACRO directory_as_of(moment) AS TABLE
    SELECT * EXCLUDE (valid_from, valid_to, from_release, to_release, row_hash)
    FROM directory_history
    WHERE valid_from <= moment::TIMESTAMP AND (valid_to IS NULL OR valid_to > moment::TIMESTAMP);

CREATE MACRO directory_as_of_release(number) AS TABLE
    SELECT * EXCLUDE (valid_from, valid_to, from_release, to_release, row_hash)
    FROM directory_history
    WHERE from_release <= number AND (to_release IS NULL OR to_release > number);

-- What apps look up by id; all else is scanned, in the order that the directory is written in.
CREATE INDEX directory_of_service ON directory (service_id);
CREATE INDEX directory_of_organization ON directory (organization_id);
