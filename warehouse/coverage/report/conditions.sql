-- Which conditions hold for this state and release: the `when` of lines in `report.toml`.
WITH one AS (FROM supply WHERE area_kind = 'state' AND level_of_care = 'iop' AND focus = 'substance_use'),
held AS (
SELECT 'mental_health_not_asked' AS condition, NOT EXISTS (
    SELECT 1 FROM iop.asks WHERE field = 'level_of_care' AND value = 'iop' AND focus = 'mental_health') AS holds
UNION ALL SELECT 'substance_use_known', EXISTS (SELECT 1 FROM one WHERE dimension = 'all' AND services > 0)
UNION ALL SELECT 'answers_known', EXISTS (SELECT 1 FROM one WHERE value = 'adolescents medicaid' AND services IS NOT NULL)
UNION ALL SELECT 'somebody_beyond', EXISTS (
    SELECT 1 FROM reach WHERE area_kind = 'state' AND target = 'any' AND people - within_25_km >= 1)
UNION ALL SELECT 'evening_not_asked', EXISTS (SELECT 1 FROM one WHERE value = 'evening' AND not_asked > of_services / 2)
UNION ALL SELECT 'no_other_states', NOT EXISTS (
    SELECT 1 FROM iop.coverage_sensitivity WHERE state = getvariable('state') AND variant = 'as_published' AND other_states > 0)
UNION ALL SELECT 'zip_points', (SELECT count(*) FILTER (geo_precision IS DISTINCT FROM 'address') > count(*) / 10 FROM program)
UNION ALL SELECT 'county_sums', EXISTS (SELECT 1 FROM here WHERE area_kind = 'county' AND dataset_id = 'county_sums_acs_2022')
UNION ALL SELECT 'zcta_points', EXISTS (SELECT 1 FROM reach WHERE point_kind = 'zcta')
UNION ALL SELECT 'mixed_vintages', (
    SELECT count(DISTINCT dataset_id) > 1 FROM (
        SELECT dataset_id FROM here WHERE area_kind = 'county' UNION SELECT dataset_id FROM reach WHERE area_kind = 'state'))
UNION ALL SELECT 'stale', EXISTS (SELECT 1 FROM program WHERE freshness = 'expired')
UNION ALL SELECT 'first_release', NOT EXISTS (SELECT 1 FROM iop.release_info WHERE previous_release IS NOT NULL)
UNION ALL SELECT 'same_editions', EXISTS (SELECT 1 FROM iop.coverage_trend WHERE state = getvariable('state'))
    AND NOT EXISTS (
        SELECT 1 FROM (SELECT unnest(editions) AS e FROM iop.coverage_trend WHERE state = getvariable('state'))
        WHERE e.before IS DISTINCT FROM e.now)
UNION ALL SELECT 'gap_may_close', EXISTS (
    SELECT 1 FROM iop.coverage_gap WHERE state = getvariable('state') AND target = 'any' AND rank = 1 AND closing_location_id IS NOT NULL))
SELECT condition FROM held WHERE holds;
