-- What became of each place of the matched panel, and the counts of it. Blocked is not closed, and read for the first time is not
-- opened.

-- Whether a source had the chance to say it in the other release: a list where it speaks of the state, a site where it was read,
-- and in no case a page that could not be.
CREATE MACRO work.had_chance(is_page, lists_something, site_read, outcome, states, state) AS CASE WHEN is_page
    THEN (lists_something OR coalesce(site_read, FALSE)) AND coalesce(outcome IN ('ok', 'unchanged', 'gone', 'moved'), TRUE)
    ELSE lists_something AND (state IS NULL OR list_contains(states, state)) END;

CREATE TABLE work.panel_read AS
SELECT side, source_id, list(DISTINCT state) AS states FROM work.panel_listing GROUP BY ALL;

CREATE TABLE work.panel_attempt AS
SELECT side, source_id, url, arg_max(outcome, fetched_at) AS outcome
FROM (SELECT 'before' AS side, * FROM previous.document UNION ALL SELECT 'now', * FROM document) GROUP BY ALL;

CREATE TABLE work.panel_site_read AS
SELECT side, source_id, bool_or(outcome IN ('ok', 'unchanged')) AS ok FROM work.panel_attempt GROUP BY ALL;

CREATE TABLE work.panel_kind AS
SELECT source_id, any_value(is_page) AS is_page
FROM (SELECT source_id, kind FROM previous.source UNION SELECT source_id, kind FROM source) JOIN policy.kind USING (kind)
GROUP BY source_id;

-- Which editions of a list ask of a level of care. Where an older contract kept no questionnaire, it is the one that the list has.
CREATE TABLE work.panel_asked AS
WITH single AS (
    SELECT source_id, any_value(questionnaire) AS questionnaire FROM work.panel_listing GROUP BY source_id
    HAVING count(DISTINCT questionnaire) = 1),
paper AS (
    SELECT DISTINCT side, source_id, coalesce(l.questionnaire, o.questionnaire) AS questionnaire, edition
    FROM work.panel_listing l LEFT JOIN single o USING (source_id)),
box AS (
    SELECT questionnaire, focus, value AS level_of_care, since, until, min(since) OVER (PARTITION BY questionnaire) AS known_since
    FROM asks WHERE field = 'level_of_care')
SELECT side, source_id, level_of_care, focus,
    bool_or(edition BETWEEN since AND coalesce(until, edition)) AS asked, bool_and(edition >= known_since) AS known
FROM paper JOIN box USING (questionnaire) GROUP BY ALL;

CREATE TABLE work.panel_question AS
SELECT b.source_id, b.level_of_care, b.focus, b.asked AS asked_before, n.asked AS asked_now, b.known AND n.known AS known
FROM work.panel_asked b JOIN work.panel_asked n USING (source_id, level_of_care, focus)
WHERE b.side = 'before' AND n.side = 'now';

CREATE TABLE work.panel_chance AS
SELECT v.side, v.place_id, v.level_of_care, v.focus, list(DISTINCT v.source_id ORDER BY v.source_id) AS sources,
    bool_and(work.had_chance(is_page, r.source_id IS NOT NULL, h.ok, a.outcome, r.states, v.state)) AS all_read,
    bool_or(work.had_chance(is_page, r.source_id IS NOT NULL, h.ok, a.outcome, r.states, v.state)) AS any_read,
    bool_or(q.known AND q.asked_before <> q.asked_now) AS question
FROM work.panel_voice v
JOIN work.panel_kind k USING (source_id)
LEFT JOIN work.panel_read r ON r.side <> v.side AND r.source_id = v.source_id
LEFT JOIN work.panel_site_read h ON h.side <> v.side AND h.source_id = v.source_id
LEFT JOIN work.panel_attempt a ON a.side <> v.side AND a.source_id = v.source_id AND a.url = v.url
LEFT JOIN work.panel_question q ON q.source_id = v.source_id AND q.level_of_care = v.level_of_care
GROUP BY ALL;

INSERT INTO coverage_panel BY NAME
WITH half AS (
    SELECT coalesce(p.before, b.site) AS before, coalesce(p.now, n.site) AS now, evidence
    FROM work.panel_pair p
    FULL JOIN (FROM work.panel_site WHERE side = 'before') b ON b.site = p.before
    FULL JOIN (FROM work.panel_site WHERE side = 'now') n ON n.site = p.now),
told AS (
    SELECT h.evidence, coalesce(n.place_id, b.place_id) AS place_id, b.place_id AS place_before,
        coalesce(n.level_of_care, b.level_of_care) AS level_of_care, coalesce(n.focus, b.focus) AS focus,
        coalesce(n.state, b.state) AS state, coalesce(n.organization_name, b.organization_name) AS organization_name,
        b.street AS street_before, b.city AS city_before, n.street, n.city, cb.sources AS sources_before, cn.sources AS sources,
        b.site IS NOT NULL AS was, n.site IS NOT NULL AS is_now, still.site IS NOT NULL OR r.site IS NOT NULL AS still_listed, r.site IS NOT NULL AS is_row,
        coalesce(cb.all_read, TRUE) AS read_again, coalesce(cn.any_read, TRUE) AS read_before,
        coalesce(cb.question, cn.question, FALSE) AS question,
        NOT coalesce(list_has_any(b.addresses, n.addresses), TRUE) AS other_address,
        went.before IS NOT NULL AS merged,
        EXISTS (SELECT 1 FROM work.panel_lone o WHERE o.side <> coalesce(b.side, n.side) AND o.place_id = coalesce(n.place_id, b.place_id)
            AND o.level_of_care = coalesce(n.level_of_care, b.level_of_care)) AS other_focus
    FROM half h
    LEFT JOIN work.panel_site b ON b.site = h.before
    LEFT JOIN work.panel_site n ON n.site = h.now
    LEFT JOIN work.panel_chance cb ON cb.side = 'before' AND cb.place_id = b.place_id AND cb.level_of_care = b.level_of_care
        AND cb.focus IS NOT DISTINCT FROM b.focus
    LEFT JOIN work.panel_chance cn ON cn.side = 'now' AND cn.place_id = n.place_id AND cn.level_of_care = n.level_of_care
        AND cn.focus IS NOT DISTINCT FROM n.focus
    LEFT JOIN work.panel_still still ON still.site = coalesce(h.before, h.now)
    LEFT JOIN work.panel_row r ON r.site = coalesce(h.before, h.now)
    LEFT JOIN (SELECT DISTINCT before FROM work.panel_candidate) went ON went.before = b.site)
SELECT * EXCLUDE (evidence, was, is_now, still_listed, is_row, read_again, read_before, question, other_address, merged, other_focus),
    CASE WHEN was AND is_now THEN CASE WHEN other_address THEN 'moved' ELSE 'stayed' END
        WHEN was THEN CASE WHEN NOT read_again THEN 'unread' WHEN still_listed THEN 'recoded_out' ELSE 'closed' END
        WHEN NOT read_before THEN 'newly_read' WHEN still_listed THEN 'recoded_in' ELSE 'opened' END AS status,
    CASE WHEN status = 'moved' THEN CASE evidence WHEN 2 THEN 'phone' WHEN 3 THEN 'name' ELSE 'address' END
        WHEN status = 'stayed' AND evidence IN (1, 4) THEN 'address'
        WHEN status = 'closed' AND merged THEN 'merged'
        WHEN status IN ('recoded_out', 'recoded_in')
            THEN CASE WHEN is_row THEN 'rows' WHEN other_focus THEN 'focus' WHEN question THEN 'question' ELSE 'level' END
    END AS why
FROM told
ORDER BY state, level_of_care, focus, status, organization_name, place_id;

INSERT INTO coverage_trend BY NAME
WITH dated AS (
    SELECT l.state, list(DISTINCT {source_id: source_id, before: p.published, now: s.published}) AS editions
    FROM (SELECT DISTINCT source_id, state FROM work.panel_listing) l
    LEFT JOIN source s USING (source_id) LEFT JOIN previous.source p USING (source_id)
    WHERE s.published IS NOT NULL OR p.published IS NOT NULL GROUP BY l.state),
broken AS (
    SELECT l.state, q.level_of_care, q.focus, bool_or(known AND asked_before <> asked_now) AS question, bool_or(NOT known) AS unknown
    FROM work.panel_question q JOIN (SELECT DISTINCT source_id, state FROM work.panel_listing) l USING (source_id) GROUP BY ALL),
counted AS (
    SELECT state, level_of_care, focus,
        count(*) FILTER (status NOT IN ('opened', 'recoded_in', 'newly_read')) AS sites_before,
        count(*) FILTER (status NOT IN ('closed', 'recoded_out', 'unread')) AS sites_now,
        count(*) FILTER (status = 'stayed') AS stayed, count(*) FILTER (status = 'moved') AS moved,
        count(*) FILTER (status = 'recoded_out') AS recoded_out, count(*) FILTER (status = 'recoded_in') AS recoded_in,
        count(*) FILTER (status = 'opened') AS opened, count(*) FILTER (status = 'closed') AS closed,
        count(*) FILTER (status = 'unread') AS unread, count(*) FILTER (status = 'newly_read') AS newly_read
    FROM coverage_panel GROUP BY ALL)
SELECT c.*, p.release AS previous_release, p.built_at AS previous_built_at, getvariable('release') AS release,
    (SELECT CASE WHEN bool_or(question) THEN 'question' WHEN bool_or(unknown) THEN 'unknown' END FROM broken b
        WHERE b.state IS NOT DISTINCT FROM c.state AND b.level_of_care = c.level_of_care
            AND (b.focus = c.focus OR c.focus = 'both' OR c.focus IS NULL)) AS break,
    list_sort(d.editions) AS editions
FROM counted c CROSS JOIN previous.release_info p LEFT JOIN dated d ON d.state IS NOT DISTINCT FROM c.state
ORDER BY state, level_of_care, focus;
