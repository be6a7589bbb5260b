-- The headline figures, by the ids of `report.toml`: value, 95 % interval, whether it stands on enough, and the four answers.
WITH whole AS (FROM supply WHERE area_kind = 'state'),
one AS (
    SELECT focus, level_of_care, dimension, value, services, sites, operators, rate, rate_low, rate_high, is_reliable, not_ticked,
        not_asked, not_stated FROM whole),
far AS (FROM reach WHERE area_kind = 'state')
SELECT 'programs' AS id, services::DOUBLE AS figure, NULL::DOUBLE AS low, NULL::DOUBLE AS high, TRUE AS reliable, NULL::INTEGER AS yes,
    NULL::INTEGER AS not_ticked, NULL::INTEGER AS not_asked, NULL::INTEGER AS not_stated
FROM one WHERE dimension = 'all' AND level_of_care = 'iop' AND focus = 'substance_use'
UNION ALL
SELECT 'sites_rate', rate, rate_low, rate_high, is_reliable, NULL, NULL, NULL, NULL
FROM one WHERE dimension = 'all' AND level_of_care = 'iop' AND focus = 'substance_use'
UNION ALL
SELECT 'programs_mental_health', services, NULL, NULL, TRUE, NULL, NULL, NULL, NULL
FROM one WHERE dimension = 'all' AND level_of_care = 'iop' AND focus = 'mental_health'
UNION ALL
SELECT 'php_' || focus, services, NULL, NULL, TRUE, NULL, NULL, NULL, NULL
FROM one WHERE dimension = 'all' AND level_of_care = 'php' AND focus <> 'not_stated'
UNION ALL
SELECT value, services, NULL, NULL, TRUE, services, not_ticked, not_asked, not_stated
FROM one WHERE level_of_care = 'iop' AND focus = 'substance_use' AND dimension <> 'condition' AND value IN ('adolescents', 'medicaid', 'evening', 'virtual')
UNION ALL
SELECT 'spanish', services, NULL, NULL, TRUE, services, not_ticked, not_asked, not_stated
FROM one WHERE level_of_care = 'iop' AND focus = 'substance_use' AND dimension = 'language' AND value = 'es'
UNION ALL
SELECT 'adolescents_medicaid', services, NULL, NULL, TRUE, services, not_ticked, not_asked, not_stated
FROM one WHERE level_of_care = 'iop' AND focus = 'substance_use' AND dimension = 'age_group_payer' AND value = 'adolescents medicaid'
UNION ALL
SELECT 'within_25_km', within_25_km / nullif(people, 0), NULL, NULL, TRUE, NULL, NULL, NULL, NULL FROM far WHERE target = 'any'
UNION ALL
SELECT 'within_25_km_' || target, within_25_km / nullif(people, 0), NULL, NULL, TRUE, NULL, NULL, NULL, NULL
FROM far WHERE target IN ('medicaid', 'adolescents')
UNION ALL
SELECT 'median_km', median_km, NULL, NULL, TRUE, NULL, NULL, NULL, NULL FROM far WHERE target = 'any'
UNION ALL
SELECT 'beyond_25_km', people - within_25_km, NULL, NULL, TRUE, NULL, NULL, NULL, NULL FROM far WHERE target = 'any'
UNION ALL
SELECT 'choice', choice / nullif(people, 0), NULL, NULL, TRUE, NULL, NULL, NULL, NULL FROM far WHERE target = 'any';
