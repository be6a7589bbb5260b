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

-- Rows of the directory within `km` kilometres of a point, nearest first.
CREATE MACRO near(lat, lon, km) AS TABLE
    SELECT *, distance_km(lat, lon, latitude, longitude) AS distance_km
    FROM directory
    WHERE latitude BETWEEN lat - km / 111.0 AND lat + km / 111.0
        AND longitude BETWEEN lon - km / (111.0 * cos(radians(lat))) AND lon + km / (111.0 * cos(radians(lat)))
        AND distance_km(lat, lon, latitude, longitude) <= km
    ORDER BY distance_km;

-- The directory as a past release showed it; ages and freshness are those of the day the row was first written.
CREATE MACRO directory_as_of(moment) AS TABLE
    SELECT * EXCLUDE (valid_from, valid_to, from_release, to_release, row_hash)
    FROM directory_history
    WHERE valid_from <= moment::TIMESTAMP AND (valid_to IS NULL OR valid_to > moment::TIMESTAMP);

CREATE MACRO directory_as_of_release(number) AS TABLE
    SELECT * EXCLUDE (valid_from, valid_to, from_release, to_release, row_hash)
    FROM directory_history
    WHERE from_release <= number AND (to_release IS NULL OR to_release > number);
