-- What there is by area: programs at places that one can go to, and what they say of themselves.

-- Payers by class, beside the public ones by name.
CREATE MACRO work.payer_classes(codes) AS list_concat(
    CASE WHEN list_has_any(codes, (SELECT list(code) FROM vocabulary_payer WHERE class = 'commercial')) THEN ['commercial'] ELSE [] END,
    CASE WHEN list_has_any(codes, (SELECT list(code) FROM vocabulary_payer WHERE class = 'military')) THEN ['military'] ELSE [] END);

-- Ids as numbers: so many are counted so often that the length of an id decides the time.
CREATE TABLE work.program AS
SELECT row_number() OVER () AS program, service_id, location_id, organization_id, level_of_care, state, county_fips, town_geoid, zcta,
    dense_rank() OVER (ORDER BY service_id) AS service, dense_rank() OVER (ORDER BY location_id) AS site,
    CASE WHEN organization_id IS NOT NULL THEN dense_rank() OVER (ORDER BY organization_id) END AS operator,
    -- suites and floors are parts of a building
    dense_rank() OVER (ORDER BY lower(concat_ws('|',
        coalesce(regexp_replace(street, ',?\s+(suite|ste|unit|apt|floor|fl|rm|room|#).*$', '', 'i'), location_id), city, zip))) AS building,
    CASE focus WHEN 'both' THEN ['mental_health', 'substance_use'] ELSE [coalesce(focus, 'not_stated')] END AS focuses,
    source_url IS NOT NULL AS has_page, [
        {dimension: 'delivery', yes: CASE delivery WHEN 'hybrid' THEN ['in_person', 'virtual'] ELSE [delivery] END,
            no: CASE delivery WHEN 'in_person' THEN ['virtual'] WHEN 'virtual' THEN ['in_person'] END},
        {dimension: 'age_group', yes: populations, no: populations_not_ticked},
        {dimension: 'condition', yes: conditions_all, no: conditions_not_ticked},
        {dimension: 'time_of_day',
            yes: [CASE WHEN has_evening THEN 'evening' END, CASE WHEN has_weekend THEN 'weekend' END, CASE WHEN has_morning THEN 'morning' END],
            no: [CASE WHEN NOT has_evening THEN 'evening' END, CASE WHEN NOT has_weekend THEN 'weekend' END, CASE WHEN NOT has_morning THEN 'morning' END]},
        {dimension: 'payer', yes: list_concat(payers_all, work.payer_classes(payers_all)),
            no: list_concat(payers_not_ticked, work.payer_classes(payers_not_ticked))},
        {dimension: 'language', yes: languages, no: languages_not_ticked}] AS told
FROM directory WHERE level_of_care IN ('iop', 'php') AND location_id IS NOT NULL AND state IS NOT NULL;

-- What is counted of each dimension: conditions in families, and languages; of these, what some program was asked or says.
CREATE TABLE work.dimension AS
SELECT dimension, value, people FROM policy.dimension
UNION ALL
(SELECT 'condition', code, 'population' FROM vocabulary_condition
WHERE parent IS NULL OR parent IN (SELECT code FROM vocabulary_condition WHERE parent IS NULL)
UNION ALL
SELECT 'language', code, 'population' FROM vocabulary_language)
INTERSECT
SELECT DISTINCT t.dimension, unnest(list_concat(t.yes, t.no)), 'population' FROM (SELECT unnest(told) AS t FROM work.program);

CREATE TABLE work.program_answer AS
SELECT program, 'all' AS dimension, NULL AS value, 'population' AS people_kind, 'yes' AS answer FROM work.program
UNION ALL
SELECT program, d.dimension, d.value, d.people,
    CASE WHEN list_contains(t.yes, d.value) THEN 'yes' WHEN list_contains(t.no, d.value) THEN 'not_ticked'
        WHEN has_page THEN 'not_stated' ELSE 'not_asked' END
FROM (SELECT program, has_page, unnest(told) AS t FROM work.program) p JOIN work.dimension d ON d.dimension = p.t.dimension;

-- Who asks for a teenager asks for the teenager's insurance as well: both are said of one program.
INSERT INTO work.program_answer BY NAME
SELECT program, 'age_group_payer' AS dimension, a.value || ' ' || p.value AS value, a.people_kind,
    CASE WHEN a.answer = 'yes' AND p.answer = 'yes' THEN 'yes' WHEN 'not_ticked' IN (a.answer, p.answer) THEN 'not_ticked'
        WHEN 'not_asked' IN (a.answer, p.answer) THEN 'not_asked' ELSE 'not_stated' END AS answer
FROM (FROM work.program_answer WHERE dimension = 'age_group') a
JOIN (SELECT program, value, answer FROM work.program_answer WHERE dimension = 'payer') p USING (program);

-- The areas that a program is counted in, once for each focus; `once`: one row of a service that has several places there.
CREATE TABLE work.counted_in AS
SELECT program, service, site, building, operator, has_page,
    dense_rank() OVER (ORDER BY state, area.kind, area.id, level_of_care, focus) AS place,
    row_number() OVER (PARTITION BY state, area.kind, area.id, level_of_care, focus, service ORDER BY program) = 1 AS once,
    state, area.kind AS area_kind, area.id AS area_id, level_of_care, focus
FROM (SELECT *, unnest(focuses) AS focus FROM work.program JOIN work.state_area USING (state))
CROSS JOIN LATERAL (SELECT unnest([{kind: 'state', id: state_fips}, {kind: 'county', id: county_fips},
    {kind: 'town', id: town_geoid}, {kind: 'zcta', id: zcta}]) AS area)
WHERE area.id IS NOT NULL;

CREATE TABLE work.supply_count AS
WITH counted AS (
    SELECT place, dimension, value, any_value(people_kind) AS people_kind, count(*) FILTER (once) AS of_services,
        count(*) FILTER (once AND answer = 'not_ticked') AS not_ticked, count(*) FILTER (once AND answer = 'not_asked') AS not_asked,
        count(*) FILTER (once AND answer = 'not_stated') AS not_stated, count(*) FILTER (once AND answer = 'yes') AS services,
        count(DISTINCT site) FILTER (answer = 'yes') AS sites, count(DISTINCT building) FILTER (answer = 'yes') AS buildings,
        count(DISTINCT operator) FILTER (answer = 'yes') AS operators
    FROM work.program_answer a JOIN work.counted_in c USING (program)
    GROUP BY ALL
    -- of a ZIP code's area only what is there
    HAVING any_value(area_kind) <> 'zcta' OR services > 0)
SELECT p.*, dimension, value, people_kind, of_services, not_ticked, not_asked, not_stated,
    -- none says so where none could: of what nobody answered there is no count
    CASE WHEN services + not_ticked > 0 THEN services END AS services,
    CASE WHEN services + not_ticked > 0 THEN sites END AS sites,
    CASE WHEN services + not_ticked > 0 THEN buildings END AS buildings,
    CASE WHEN services + not_ticked > 0 THEN operators END AS operators
FROM counted JOIN (SELECT DISTINCT place, state, area_kind, area_id, level_of_care, focus FROM work.counted_in) p USING (place);
ALTER TABLE work.supply_count DROP COLUMN place;

-- Areas without a program: none known where some list of the state asks of the level, else nobody could tell.
CREATE TABLE work.asked_state AS
SELECT DISTINCT k.state, a.value AS level_of_care, a.focus
FROM (SELECT DISTINCT state, questionnaire, year(observed_at) AS edition FROM work.link WHERE questionnaire IS NOT NULL) k
JOIN asks a ON a.questionnaire = k.questionnaire AND a.field = 'level_of_care'
    AND k.edition BETWEEN a.since AND coalesce(a.until, k.edition);

INSERT INTO work.supply_count BY NAME
SELECT a.state, a.area_kind, a.area_id, l.level_of_care, f.focus, 'all' AS dimension, NULL AS value, 'population' AS people_kind,
    CASE WHEN s.focus IS NOT NULL THEN 0 END AS of_services, of_services AS services, of_services AS sites,
    of_services AS buildings, of_services AS operators, of_services AS not_ticked, of_services AS not_asked, of_services AS not_stated
FROM area a
CROSS JOIN (VALUES ('iop'), ('php')) l (level_of_care)
CROSS JOIN (VALUES ('substance_use'), ('mental_health')) f (focus)
LEFT JOIN work.asked_state s ON s.state = a.state AND s.level_of_care = l.level_of_care AND s.focus = f.focus
WHERE a.area_kind <> 'zcta' AND a.state IN (FROM work.scope)
    AND NOT EXISTS (SELECT 1 FROM work.supply_count c
        WHERE c.area_kind = a.area_kind AND c.area_id = a.area_id AND c.level_of_care = l.level_of_care AND c.focus = f.focus);

CREATE TABLE work.people AS
UNPIVOT (SELECT area_kind, area_id, dataset_id, ages_dataset_id, population, under_18, adults, age_65_up FROM area)
ON population, under_18, adults, age_65_up INTO NAME people_kind VALUE people;

CREATE TABLE work.poisson AS
SELECT sites, poisson_low(sites) AS low, poisson_high(sites) AS high, is_reliable(sites) AS is_reliable
FROM (SELECT DISTINCT coalesce(sites, 0) AS sites FROM work.supply_count);

CREATE TABLE work.wilson AS
SELECT services, not_ticked, wilson_low(services, services + not_ticked) AS low, wilson_high(services, services + not_ticked) AS high
FROM (SELECT DISTINCT services, not_ticked FROM work.supply_count WHERE services + not_ticked > 0);

INSERT INTO coverage_supply BY NAME
SELECT c.*, p.people, CASE WHEN p.people_kind <> 'population' THEN coalesce(p.ages_dataset_id, p.dataset_id) ELSE p.dataset_id END AS dataset_id,
    1e5 * c.sites / nullif(p.people, 0) AS rate,
    CASE WHEN c.sites IS NOT NULL THEN 1e5 * o.low / nullif(p.people, 0) END AS rate_low,
    CASE WHEN c.sites IS NOT NULL THEN 1e5 * o.high / nullif(p.people, 0) END AS rate_high,
    CASE WHEN c.dimension <> 'all' THEN c.services / nullif(c.services + c.not_ticked, 0) END AS share,
    CASE WHEN c.dimension <> 'all' THEN w.low END AS share_low, CASE WHEN c.dimension <> 'all' THEN w.high END AS share_high,
    o.is_reliable
FROM work.supply_count c
LEFT JOIN work.people p USING (area_kind, area_id, people_kind)
LEFT JOIN work.poisson o ON o.sites = coalesce(c.sites, 0)
LEFT JOIN work.wilson w ON w.services = c.services AND w.not_ticked = c.not_ticked
ORDER BY state, area_kind, area_id, level_of_care, focus, dimension, value;
