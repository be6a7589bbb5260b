-- Where people are, from what they type.

-- Places by the words someone types, likeliest first: `find_place('02139')`, `find_place('lexington, ma')`, also while they type
-- (`'camb'`) and with a slip of the keys (`'lexingtn, ma'`). `match` is `exact`, `prefix` (the name begins so, or a word of
-- it does) or `similar`, which is looked for where nothing else is found. Of equals the one with more people stands first.
-- What is near a ZIP code:
-- `WITH p AS MATERIALIZED (FROM find_place('02139', n := 1)) FROM near((SELECT latitude FROM p), (SELECT longitude FROM p), 15)`.
CREATE MACRO find_place(words, n := 10) AS TABLE
    WITH typed AS MATERIALIZED (
        SELECT ' ' || place_key(words) AS q, regexp_extract(words, '([0-9]{5})(-[0-9]{0,4})?\s*$', 1) AS five
    ),
    state_called AS MATERIALIZED (
        SELECT ' ' || lower(state) AS code, key, ' ' || unnest(list_append(other_names, key[2:])) AS called
        FROM place WHERE place_kind = 'state'
    ),
    -- what is looked for: the words as they are; with a state's code in place of its name, or of the beginning of one; a state
    wanted AS MATERIALIZED (
        SELECT CASE WHEN five <> '' THEN ' ' || five ELSE q END AS want, 0 AS unsure, FALSE AS whole,
            regexp_full_match(want, ' [0-9]+') AS is_zip, right(want, 3) IN (SELECT code FROM state_called) AS coded
        FROM typed WHERE q <> ' '
        UNION ALL
        SELECT left(q, -length(state_part)) || code, min(called <> state_part)::INTEGER, TRUE, FALSE, TRUE
        FROM (
            SELECT q, regexp_extract(q, '.( [a-z]+){' || words_of_state || '}$') AS ending, ending[2:] AS state_part
            FROM typed, (VALUES (1), (2), (3), (4)) AS v(words_of_state)
        ) JOIN state_called ON starts_with(called, state_part)
        WHERE length(state_part) > 3
        GROUP BY ALL
        UNION ALL
        SELECT key, 0, TRUE, FALSE, FALSE FROM typed JOIN state_called ON called = q
    ),
    found AS MATERIALIZED (
        SELECT rowid AS id, min(CASE WHEN key = want OR key = concat(want, ' ', lower(state)) THEN 1
            WHEN starts_with(key, want) THEN 2 ELSE 5 END + unsure) AS distance
        FROM place JOIN wanted ON (place_kind = 'zip') = is_zip
        WHERE contains(key, want) AND (NOT whole OR ends_with(key, want))
        GROUP BY ALL
    ),
    -- slips; of names that begin with the same letter, as most do
    alike AS (
        SELECT place.rowid AS id, max(jaro_winkler_similarity(CASE WHEN coded THEN key ELSE left(key, -3) END, want)) AS likeness
        FROM place JOIN wanted ON key[2] = want[2]
        WHERE NOT EXISTS (FROM found WHERE distance < 5) AND NOT is_zip AND place_kind <> 'zip' AND length(want) > 4
            AND length(key) BETWEEN length(want) - 2 AND length(want) + 5 AND (NOT coded OR right(key, 3) = right(want, 3))
        GROUP BY place.rowid
        HAVING likeness >= 0.92
        QUALIFY likeness >= max(likeness) OVER () - 0.02
    ),
    ranked AS (
        SELECT id, distance, NULL::DOUBLE AS likeness FROM found
        UNION ALL
        SELECT id, 4, likeness FROM alike WHERE id NOT IN (SELECT id FROM found)
    )
    SELECT p.place_kind, p.place_id, p.name, p.display_name, p.geoid, p.state, p.county_fips, p.latitude, p.longitude,
        p.population, CASE WHEN distance <= 1 THEN 'exact' WHEN likeness IS NULL THEN 'prefix' ELSE 'similar' END AS match
    FROM ranked JOIN place p ON p.rowid = id
    QUALIFY row_number() OVER (ORDER BY distance, likeness DESC NULLS LAST, p.population DESC NULLS LAST, p.place_id) <= n
    ORDER BY distance, likeness DESC NULLS LAST, p.population DESC NULLS LAST, p.place_id;
