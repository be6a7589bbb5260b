-- Words for codes. Macros of the query surface, as `90_surface.sql` has them: the directory's own alerts are made with them.
-- Columns have other names here than parameters: DuckDB takes one for the other.

-- One code in words: `label('conditions', 'ptsd')`, `label('payers', 'medicaid', language := 'es')`. Null where there are none.
CREATE MACRO label(vocabulary, code, language := 'en') AS (
    SELECT any_value(words) FROM vocabulary_label AS l(of_vocabulary, of_code, in_language, words)
    WHERE of_vocabulary = vocabulary AND of_code = code AND in_language = language);

-- A list of codes in words, in the order of the list: `labels('conditions', conditions)`. A code without words stays as it is.
CREATE MACRO labels(vocabulary, codes, language := 'en') AS (
    SELECT list(coalesce(words, one) ORDER BY place)
    FROM (SELECT unnest(codes) AS one, generate_subscripts(codes, 1) AS place)
    LEFT JOIN vocabulary_label AS l(of_vocabulary, of_code, in_language, words)
        ON of_code = one AND of_vocabulary = vocabulary AND in_language = language);

-- What to tell the user of a row past its verification, as `alert` has it in English; null of one within its time.
CREATE MACRO alert_text(freshness, last_verified, language := 'en') AS
    replace(label('alert', freshness, language := language), '{date}', last_verified::DATE::VARCHAR);
