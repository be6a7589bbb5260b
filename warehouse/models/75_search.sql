-- Words that lead to rows of the directory: what `search()` reads instead of the directory's texts.

-- A text in words: case, accents and apostrophes do not matter. Small words lead nowhere.
CREATE MACRO search_pieces(words) AS
    regexp_split_to_array(lower(strip_accents(translate(words, '''’.', ''))), '[^\p{L}\p{N}]+');
CREATE MACRO is_small_word(word) AS word IN ('', 'a', 'and', 'at', 'by', 'for', 'in', 'inc', 'llc', 'near', 'of', 'on', 'or', 'that',
    'the', 'to', 'with', 'al', 'con', 'de', 'del', 'el', 'en', 'la', 'las', 'los', 'o', 'para', 'por', 'que', 'se', 'un', 'una', 'y');

CREATE TABLE work.named_row AS
SELECT DISTINCT found_in, word, "row"
FROM (
    SELECT found_in, "row", unnest(search_pieces(text)) AS word
    FROM (
        SELECT 'operator' AS found_in, rowid AS "row", concat_ws(' ', organization_name, operator_name,
            array_to_string(operator_alternate_names, ' ')) AS text FROM directory
        UNION ALL SELECT 'place', rowid, location_name FROM directory
        UNION ALL SELECT 'program', rowid, service_name FROM directory
        UNION ALL SELECT 'town', d.rowid, concat_ws(' ', city, county, zip, coalesce(d.state, provider_state), p.name)
        FROM directory d LEFT JOIN place p ON p.place_kind = 'state' AND p.state = coalesce(d.state, provider_state)
    ) WHERE text IS NOT NULL
)
WHERE NOT is_small_word(word);

-- Lists say Medicaid where people say MassHealth: a state's programme leads to what takes Medicaid there.
CREATE TABLE work.coded_row AS
SELECT vocabulary, code, list(DISTINCT "row" ORDER BY "row") AS rows
FROM (
    SELECT 'levels_of_care' AS vocabulary, level_of_care AS code, rowid AS "row" FROM directory
    UNION ALL SELECT 'conditions', unnest(conditions_all), rowid FROM directory
    UNION ALL SELECT 'payers', unnest(payers_all), rowid FROM directory
    UNION ALL SELECT 'payers', unnest(payment_options), rowid FROM directory
    UNION ALL SELECT 'payers', p.code, d.rowid FROM directory d JOIN vocabulary_payer p
        ON p.kind_of = 'medicaid' AND list_contains(p.states, coalesce(d.state, d.provider_state)) AND list_contains(d.payers_all, 'medicaid')
    UNION ALL SELECT 'populations', unnest(populations), rowid FROM directory
    UNION ALL SELECT 'languages', unnest(languages), rowid FROM directory
    UNION ALL SELECT 'modalities', unnest(modalities), rowid FROM directory
)
GROUP BY ALL;

CREATE TABLE work.posting AS
SELECT row_number() OVER (ORDER BY vocabulary NULLS FIRST, code, found_in, word) AS posting, *
FROM (
    SELECT NULL AS vocabulary, NULL AS code, found_in, word, list("row" ORDER BY "row") AS rows FROM work.named_row GROUP BY ALL
    UNION ALL SELECT vocabulary, code, 'topic', NULL, rows FROM work.coded_row
);

INSERT INTO search_posting BY NAME SELECT posting, vocabulary, code, rows FROM work.posting ORDER BY posting;

INSERT INTO search_word BY NAME
SELECT word, found_in, posting FROM work.posting WHERE word IS NOT NULL
UNION ALL BY NAME
SELECT DISTINCT word, 'topic' AS found_in, posting
FROM (
    SELECT posting, unnest(search_pieces(l.label || ' ' || code)) AS word
    FROM work.posting JOIN vocabulary_label l USING (vocabulary, code)
)
WHERE NOT is_small_word(word)
ORDER BY word, posting;
