-- Programs whose operator, place, name or city holds the words that someone types, all of them in any order.
-- Case, accents and a slip of the keys do not matter; names that an operator also goes by are found too. Rows that hold the
-- words as they were typed come first, then those in the operator's name.
SET VARIABLE words = 'crossroads recovry';

WITH asked AS (
    SELECT list_filter(regexp_split_to_array(lower(strip_accents(getvariable('words'))), '[^a-z0-9]+'),
        lambda word: word <> '') AS words),
found AS (
    SELECT *, lower(strip_accents(concat_ws(' ', organization_name, operator_name,
        array_to_string(operator_alternate_names, ' '), location_name, service_name, city))) AS text
    FROM directory WHERE level_of_care = 'iop'),
told AS (
    SELECT *, list_distinct(regexp_split_to_array(text, '[^a-z0-9]+')) AS tokens FROM found),
-- one letter more, less or other in a word of four letters or more, two in one of eight: Damerau and Levenshtein's distance
matched AS (
    SELECT told.*, list_bool_and(list_transform(words, lambda word: contains(text, word))) AS as_typed,
        list_bool_and(list_transform(words, lambda word: contains(lower(strip_accents(organization_name)), word))) AS in_name
    FROM told, asked
    WHERE len(words) > 0 AND list_bool_and(list_transform(words, lambda word: contains(text, word)
        OR (length(word) >= 4 AND list_bool_or(list_transform(tokens, lambda token:
            abs(length(token) - length(word)) < 3
            AND damerau_levenshtein(token, word) <= CASE WHEN length(word) >= 8 THEN 2 ELSE 1 END))))))
SELECT service_id, organization_name, location_name, service_name, city, state, phone_display, alert
FROM matched
ORDER BY as_typed DESC, in_name DESC NULLS LAST, organization_name, service_id LIMIT 50;
