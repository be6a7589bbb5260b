-- Programs whose operator, place, name or city holds the words that someone types, all of them in any order.
-- Case and accents do not matter. Matches in the operator's name come first.
SET VARIABLE words = 'recovery cambridge';

WITH asked AS (SELECT string_split(trim(lower(strip_accents(getvariable('words')))), ' ') AS words),
found AS (
    SELECT *, lower(strip_accents(concat_ws(' ', organization_name, location_name, service_name, city))) AS text
    FROM directory WHERE level_of_care = 'iop')
SELECT service_id, organization_name, location_name, service_name, city, state, phone_display, alert
FROM found, asked
WHERE list_bool_and(list_transform(words, lambda word: contains(text, word)))
ORDER BY contains(lower(strip_accents(organization_name)), words[1]) DESC, organization_name, service_id LIMIT 50;
