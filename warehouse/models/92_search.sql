-- Rows of the directory by words, by time, and what filters would leave.

-- Whether someone in a state can attend: a place is there, or it says that it serves it virtually; one that has no place and names
-- no state counts in that of its provider.
CREATE MACRO is_for_state(state, provider_state, virtual_states, wanted) AS
    coalesce(state, CASE WHEN virtual_states IS NULL THEN provider_state END) = wanted OR coalesce(list_contains(virtual_states, wanted), FALSE);

-- Those rows of the directory: `for_state('MA')`. In three parts, which a scan tells apart before it reads any list: so they cost
-- what the state has, and not what the country has.
CREATE MACRO for_state(wanted) AS TABLE
    FROM directory WHERE state = wanted
    UNION ALL
    FROM directory WHERE state IS NULL AND virtual_states IS NULL AND provider_state = wanted
    UNION ALL
    FROM directory WHERE virtual_states IS NOT NULL AND state IS DISTINCT FROM wanted AND list_contains(virtual_states, wanted);

-- The `n` rows that hold all the words someone types, likeliest first: names of operator, place and program, towns,
-- and what is treated, for whom, who pays, in English or Spanish: `search('recovery centers of america')`, `search('ansiedad
-- boston')`. Accents do not matter, the beginning of a word is enough, and a word that nothing holds is taken for a slip of the keys.
-- `score` counts most what a name holds as it was typed. Optional: `level` and `in_state`, which keeps what is there or serves it.
CREATE MACRO search(words, n := 50, level := NULL, in_state := NULL) AS TABLE
    SELECT directory.*, best.score
    FROM (
        WITH asked AS MATERIALIZED (
            SELECT DISTINCT word, rtrim(word, 's') AS stem,
                CASE WHEN length(word) >= 8 THEN 2 WHEN length(word) >= 4 THEN 1 ELSE 0 END AS slips
            FROM (SELECT unnest(search_pieces(words)) AS word)
            WHERE NOT is_small_word(word)
        ),
        as_typed AS MATERIALIZED (
            SELECT a.word AS asked_word, posting, found_in, CASE WHEN w.word = a.word THEN 10
                WHEN rtrim(w.word, 's') = stem THEN 9 ELSE 6 END AS tenths
            FROM search_word w JOIN asked a ON starts_with(w.word, stem)
            WHERE rtrim(w.word, 's') = stem OR (length(a.word) >= 3 AND starts_with(w.word, a.word))
        ),
        -- one letter more, less or other in a word of four letters or more, two in one of eight: Damerau and Levenshtein's
        -- distance; Levenshtein's, at most twice as far and much quicker to tell, leaves few to measure
        missed AS MATERIALIZED (SELECT * FROM asked WHERE slips > 0 AND asked.word NOT IN (SELECT asked_word FROM as_typed)),
        slipped AS (
            SELECT m.word AS asked_word, posting, found_in, 5 AS tenths
            FROM search_word w JOIN missed m ON CASE
                WHEN abs(length(w.word) - length(m.word)) > slips OR levenshtein(w.word, m.word) > 2 * slips THEN FALSE
                ELSE damerau_levenshtein(w.word, m.word) <= slips END
        ),
        weighed AS MATERIALIZED (
            SELECT asked_word, posting, max(tenths * CASE found_in WHEN 'operator' THEN 4 WHEN 'place' THEN 3 WHEN 'program' THEN 3
                WHEN 'town' THEN 2 ELSE 1 END) AS weight
            FROM (FROM as_typed UNION ALL FROM slipped)
            GROUP BY ALL
            ORDER BY weight DESC, posting LIMIT 5000  -- more than there ever are; or DuckDB expects so many that it holds all lists
        ),
        hit AS (
            SELECT row_found, asked_word, max(weight) AS weight
            FROM (SELECT asked_word, weight, unnest(rows) AS row_found FROM search_posting JOIN weighed USING (posting))
            GROUP BY ALL
        ),
        scored AS (
            SELECT row_found, sum(weight) AS score FROM hit
            GROUP BY row_found HAVING count(*) = (SELECT count(*) FROM asked)
        ),
        -- of equals the one whose name is most like the words
        best AS (
            SELECT row_found, score / 10 AS score,
                coalesce(jaro_winkler_similarity(lower(strip_accents(d.organization_name)), lower(strip_accents(words))), 0) AS alike
            FROM scored JOIN directory d ON d.rowid = row_found
            WHERE (level IS NULL OR d.level_of_care = level)
                AND (in_state IS NULL OR is_for_state(d.state, d.provider_state, d.virtual_states, in_state))
            QUALIFY row_number() OVER (ORDER BY score DESC, alike DESC, d.service_id, d.location_id) <= n
        )
        SELECT * FROM best
    ) best JOIN directory ON directory.rowid = row_found
    ORDER BY best.score DESC, best.alike DESC, directory.service_id, directory.location_id;

-- Which of `mo tu we th fr sa su` a date or moment is, for `open_at`.
CREATE MACRO weekday_of(moment) AS (['su', 'mo', 'tu', 'we', 'th', 'fr', 'sa'])[1 + dayofweek(moment)];

-- Rows of the directory with a session that runs on a day at a time, both local to the place: `open_at('tu', '18:30')`. With
-- `later := TRUE` also those with a session that begins later that day: "open this evening" is `open_at('tu', '17:00', later := TRUE)`.
-- `session_start` and `session_end` are those of the first such session. What prints no sessions never appears: that is
-- not stated, and not closed. A session of which no end is stated counts at its start alone.
CREATE MACRO open_at(day, clock, later := FALSE) AS TABLE
    SELECT * EXCLUDE (first_held), first_held.start AS session_start, first_held."end" AS session_end
    FROM (
        SELECT directory.*, list_min(list_transform(
            list_filter(schedule, lambda session: list_contains(session.days, day) AND CASE
                WHEN session.start > left(clock::TIME::VARCHAR, 5) THEN later
                WHEN session.start = left(clock::TIME::VARCHAR, 5) THEN TRUE
                ELSE session."end" > left(clock::TIME::VARCHAR, 5) OR session."end" <= session.start END),
            lambda session: {start: session.start, "end": session."end"})) AS first_held
        FROM directory WHERE schedule IS NOT NULL
    ) WHERE first_held IS NOT NULL;

-- The population that a person of an age belongs to; and those that a program is for: as stated ages say, else as it says itself.
CREATE MACRO age_group(age) AS CASE WHEN age < 12 THEN 'children' WHEN age < 18 THEN 'adolescents' ELSE 'adults' END;
CREATE MACRO age_groups(least_age, greatest_age, populations) AS CASE
    WHEN least_age IS NULL AND greatest_age IS NULL
    THEN coalesce(nullif(list_intersect(populations, ['children', 'adolescents', 'adults']), []), [NULL])
    ELSE list_distinct([CASE WHEN coalesce(least_age, 0) < 12 THEN 'children' END,
        CASE WHEN coalesce(least_age, 0) < 18 AND coalesce(greatest_age, 150) >= 12 THEN 'adolescents' END,
        CASE WHEN coalesce(greatest_age, 150) >= 18 THEN 'adults' END]) END;

-- Counts beside the filters of a search page: how many services each choice would leave, of those that the filters given leave.
-- `not_ticked` are those that were asked and did not tick it; a null `code` counts those that do not state any. With a state
-- also what serves it virtually. A program is for an age as its stated ages say, else as its populations do. Labels are in `language`.
CREATE MACRO facets(level := NULL, in_state := NULL, condition := NULL, payer := NULL, population := NULL, spoken := NULL,
    evening := NULL, age := NULL, language := 'en') AS TABLE
    WITH here AS MATERIALIZED (
        SELECT d.service_id, d.county, coalesce(d.state, d.provider_state) AS home, d.level_of_care, d.focus, d.delivery, d.accepting,
            d.has_evening, d.min_age, d.max_age, d.conditions_all, d.conditions_not_ticked, d.populations, d.populations_not_ticked,
            d.payers_all, d.payers_not_ticked, d.payment_options, d.payment_options_not_ticked, d.languages, d.languages_not_ticked,
            row_number() OVER (PARTITION BY d.service_id ORDER BY d.location_id) AS nth_place
        FROM (FROM directory WHERE in_state IS NULL UNION ALL FROM for_state(in_state)) d
        WHERE (level IS NULL OR d.level_of_care = level)
            AND (condition IS NULL OR list_contains(d.conditions_all, condition))
            AND (payer IS NULL OR list_contains(d.payers_all, payer) OR list_contains(d.payment_options, payer))
            AND (population IS NULL OR list_contains(d.populations, population))
            AND (spoken IS NULL OR list_contains(d.languages, spoken))
            AND (evening IS NULL OR d.has_evening = evening)
            AND (age IS NULL OR CASE WHEN d.min_age IS NULL AND d.max_age IS NULL THEN list_contains(d.populations, age_group(age))
                ELSE age BETWEEN coalesce(d.min_age, 0) AND coalesce(d.max_age, 150) END)
    ),
    choice AS (
        SELECT 'county' AS facet, NULL AS vocabulary, h.county AS code, count(DISTINCT h.service_id) AS services, 0 AS not_ticked
        FROM here h GROUP BY ALL
        UNION ALL
        SELECT 'state', NULL, h.home, count(DISTINCT h.service_id), 0 FROM here h GROUP BY ALL
        UNION ALL
        SELECT facet, of_vocabulary, chosen, count(*) FILTER (stated), count(*) FILTER (NOT stated)
        FROM (
            SELECT one.facet, one.of_vocabulary, one.stated, unnest(one.given) AS chosen
            FROM (
                SELECT unnest([
                    ('level_of_care', 'levels_of_care', TRUE, [h.level_of_care]), ('focus', 'focus', TRUE, [h.focus]),
                    ('delivery', 'delivery', TRUE, [h.delivery]), ('accepting', 'accepting', TRUE, [h.accepting]),
                    ('evening', 'stated', TRUE, [h.has_evening::VARCHAR]), ('age', 'populations', TRUE, age_groups(h.min_age, h.max_age, h.populations)),
                    ('condition', 'conditions', TRUE, coalesce(h.conditions_all, [NULL])),
                    ('condition', 'conditions', FALSE, h.conditions_not_ticked),
                    ('population', 'populations', TRUE, coalesce(h.populations, [NULL])),
                    ('population', 'populations', FALSE, h.populations_not_ticked),
                    ('payer', 'payers', TRUE, coalesce(h.payers_all, [NULL])), ('payer', 'payers', FALSE, h.payers_not_ticked),
                    ('payment_option', 'payers', TRUE, coalesce(h.payment_options, [NULL])),
                    ('payment_option', 'payers', FALSE, h.payment_options_not_ticked),
                    ('language', 'languages', TRUE, coalesce(h.languages, [NULL])),
                    ('language', 'languages', FALSE, h.languages_not_ticked)
                ]::STRUCT(facet VARCHAR, of_vocabulary VARCHAR, stated BOOLEAN, given VARCHAR[])[]) AS one
                FROM here h WHERE nth_place = 1
            )
        )
        GROUP BY ALL HAVING count(*) FILTER (stated) > 0
    )
    SELECT c.facet, c.code, coalesce(l.words, c.code) AS label, c.services, c.not_ticked
    FROM choice c
    LEFT JOIN vocabulary_label AS l(of_vocabulary, of_code, in_language, words)
        ON l.of_vocabulary = CASE WHEN c.code IS NULL THEN 'stated' ELSE c.vocabulary END
        AND l.of_code = coalesce(c.code, 'not_stated') AND l.in_language = language
    ORDER BY c.facet, c.services DESC, c.code;
