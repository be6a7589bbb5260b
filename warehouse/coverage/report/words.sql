-- Words and numbers that the texts of `report.toml` name in braces, of one state: one row. Numbers are written as people read them.
WITH one AS (FROM supply WHERE area_kind = 'state' AND level_of_care = 'iop' AND focus = 'substance_use'),
age AS (
    SELECT strftime(min(last_verified), '%B %Y') AS oldest, strftime(max(last_verified), '%B %Y') AS newest,
        CASE WHEN oldest = newest THEN 'in ' || newest ELSE 'between ' || oldest || ' and ' || newest END AS dated,
        count(*) AS n, count(*) FILTER (freshness = 'expired') AS expired FROM program),
far AS (
    SELECT a.name, (r.people - r.within_25_km)::BIGINT AS beyond
    FROM reach r JOIN here a ON a.area_kind = 'county' AND a.area_id = r.area_id
    WHERE r.area_kind = 'county' AND r.target = 'any' AND r.people - r.within_25_km >= 1),
whole AS (FROM reach WHERE area_kind = 'state' AND target = 'any'),
gap AS (
    SELECT g.people, coalesce(a.name, g.area_id) AS area, coalesce(d.organization_name, d.operator_name, d.location_name) AS place, d.city
    FROM iop.coverage_gap g LEFT JOIN here a ON a.area_kind = g.area_kind AND a.area_id = g.area_id
    JOIN iop.directory d ON d.location_id = g.closing_location_id
    WHERE g.state = getvariable('state') AND g.target = 'any' AND g.rank = 1
    ORDER BY ALL LIMIT 1)
SELECT
    (SELECT format('{:,}', services) FROM one WHERE dimension = 'all') AS programs,
    coalesce((SELECT format('{:,}', sites) FROM one WHERE dimension = 'all'), 'no known') AS sites,
    (SELECT format('{:,}', services) FROM one WHERE dimension = 'age_group' AND value = 'adolescents') AS adolescents,
    (SELECT format('{:,}', services) FROM one WHERE dimension = 'payer' AND value = 'medicaid') AS medicaid,
    (SELECT format('{:,}', services) FROM one WHERE value = 'adolescents medicaid') AS both,
    coalesce((SELECT ' (here ' || string_agg(label, ', ' ORDER BY label) || ')' FROM iop.vocabulary_payer
        WHERE kind_of = 'medicaid' AND list_contains(states, getvariable('state'))), '') AS medicaid_names,
    (SELECT dated FROM age) AS dated, coalesce((SELECT ', as listed ' || dated FROM age), '') AS cited_dates,
    (SELECT format('{:.0f} %', 100.0 * expired / nullif(n, 0)) FROM age) AS expired_share,
    (SELECT format('{:,}', (people - within_25_km)::BIGINT) FROM whole) AS beyond,
    (SELECT format('{:.1f} %', 100 * (1 - within_25_km / people)) FROM whole) AS beyond_share,
    (SELECT string_agg(format('{} ({:,})', name, beyond), ', ' ORDER BY beyond DESC) FROM (FROM far ORDER BY beyond DESC LIMIT 3)) AS beyond_where,
    (SELECT format('{:,}', coalesce(sum(places_not_asked), 0)::BIGINT) FROM iop.coverage_state
        WHERE state = getvariable('state') AND level_of_care = 'iop') AS places_not_asked,
    (SELECT CASE people_kind WHEN 'under_18' THEN 'People under 18' ELSE 'Everybody, since ages of small areas are not loaded,' END
        FROM reach WHERE area_kind = 'state' AND target = 'adolescents') AS young,
    CASE WHEN (SELECT only_substance_use FROM focus_known) THEN 'All IOPs that are known here are for substance use.'
        ELSE 'IOPs for substance use and for mental health alike.' END AS any_note,
    CASE WHEN (SELECT other_states FROM iop.coverage_sensitivity WHERE state = getvariable('state') AND variant = 'as_published') > 0
        THEN 'Places in other states count as well.' ELSE 'No place of another state is in this release.' END AS borders,
    (SELECT strftime(any_value(previous_built_at), '%-d %B %Y') FROM iop.coverage_trend) AS compared,
    (SELECT format('{:,}', people::BIGINT) FROM gap) AS gap_people, (SELECT area FROM gap) AS gap_area,
    (SELECT place || coalesce(', ' || city, '') FROM gap) AS gap_place;
