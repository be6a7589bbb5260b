-- Which limits of `report.toml` hold for this state and release, by their `when`.
SELECT 'mental_health_not_asked' AS holds WHERE NOT EXISTS (
    SELECT 1 FROM iop.asks WHERE field = 'level_of_care' AND value = 'iop' AND focus = 'mental_health')
UNION ALL
SELECT 'no_other_states' WHERE NOT EXISTS (
    SELECT 1 FROM iop.coverage_sensitivity WHERE state = getvariable('state') AND variant = 'as_published' AND other_states > 0)
UNION ALL
SELECT 'zip_points' WHERE (SELECT count(*) FILTER (geo_precision IS DISTINCT FROM 'address') > count(*) / 10 FROM program)
UNION ALL
SELECT 'county_sums' WHERE EXISTS (SELECT 1 FROM here WHERE area_kind = 'county' AND dataset_id = 'county_sums_acs_2022')
UNION ALL
SELECT 'zcta_points' WHERE EXISTS (SELECT 1 FROM reach WHERE point_kind = 'zcta')
UNION ALL
SELECT 'mixed_vintages' WHERE (
    SELECT count(DISTINCT dataset_id) > 1 FROM (
        SELECT dataset_id FROM here WHERE area_kind = 'county' UNION SELECT dataset_id FROM reach WHERE area_kind = 'state'))
UNION ALL
SELECT 'stale' WHERE EXISTS (SELECT 1 FROM program WHERE freshness IN ('stale', 'expired'))
UNION ALL
SELECT 'no_trend' WHERE NOT EXISTS (SELECT 1 FROM iop.release_info WHERE previous_release IS NOT NULL);
