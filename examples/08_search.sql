-- Programs whose operator, place, name or city holds the words that someone types, all of them in any order.
-- Case, accents and a slip of the keys do not matter; names that an operator also goes by are found too. Rows that hold the
-- words as they were typed come first, then those in the operator's name.
SET VARIABLE words = 'crossroads recovry';

WITH asked AS MATERIALIZED (
    SELECT DISTINCT word, CASE WHEN length(word) >= 8 THEN 2 WHEN length(word) >= 4 THEN 1 ELSE 0 END AS slips
    FROM (SELECT unnest(regexp_split_to_array(lower(strip_accents(getvariable('words'))), '[^a-z0-9]+')) AS word)
    WHERE word <> ''),
found AS MATERIALIZED (
    SELECT service_id, location_id, organization_name, location_name, service_name, city, state, phone_display, alert,
        string_split(lower(strip_accents(concat_ws(' ', organization_name, operator_name,
            array_to_string(operator_alternate_names, ' '), location_name, service_name, city))), ' ') AS pieces
    FROM directory WHERE level_of_care = 'iop'),
-- each different word is looked at once, not in every row that holds it
piece AS MATERIALIZED (SELECT DISTINCT unnest(pieces) AS piece FROM found),
token AS MATERIALIZED (SELECT piece, unnest(regexp_split_to_array(piece, '[^a-z0-9]+')) AS token FROM piece),
-- one letter more, less or other in a word of four letters or more, two in one of eight: Damerau and Levenshtein's distance;
-- Levenshtein's, at most twice as far and much quicker to tell, leaves few to measure
hit AS MATERIALIZED (
    SELECT piece, word, bool_or(contains(token, word)) AS as_typed
    FROM token JOIN asked ON CASE WHEN contains(token, word) THEN TRUE
        WHEN abs(length(token) - length(word)) > slips OR levenshtein(token, word) > 2 * slips THEN FALSE
        ELSE damerau_levenshtein(token, word) <= slips END
    GROUP BY ALL),
matched AS (
    SELECT service_id, location_id, count(DISTINCT word) FILTER (as_typed) AS typed
    FROM (SELECT service_id, location_id, unnest(pieces) AS piece FROM found) JOIN hit USING (piece)
    GROUP BY ALL HAVING count(DISTINCT word) = (SELECT count(*) FROM asked))
SELECT service_id, organization_name, location_name, service_name, city, state, phone_display, alert
FROM found JOIN matched m USING (service_id)
WHERE found.location_id IS NOT DISTINCT FROM m.location_id
ORDER BY typed = (SELECT count(*) FROM asked) DESC,
    (SELECT bool_and(contains(lower(strip_accents(organization_name)), word)) FROM asked) DESC NULLS LAST,
    organization_name, service_id LIMIT 50;
