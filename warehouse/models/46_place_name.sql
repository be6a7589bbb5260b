-- Places by the names that people type, of the whole country.

-- How a name is compared: case, accents, points and hyphens do not matter, nor do the post's short forms ("Mt.", "N").
CREATE MACRO place_key(words) AS trim(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
        ' ' || regexp_replace(translate(lower(strip_accents(words)), '.''’', ''), '[^a-z0-9]+', ' ', 'g') || ' ',
        ' saint ', ' st '), ' sainte ', ' ste '), ' mount ', ' mt '), ' fort ', ' ft '), ' north ', ' n '),
        ' south ', ' s '), ' east ', ' e '), ' west ', ' w '), ' heights ', ' hts '), ' center ', ' ctr '), ' centre ', ' ctr '));

INSERT INTO place BY NAME
SELECT p.*, concat(' ', place_key(name), CASE WHEN place_kind <> 'state' THEN ' ' || lower(state) END) AS key
FROM stage.place p ORDER BY place_kind, key, place_id;
