-- What the report's queries read beside the release: names of areas, of what is asked for, and of answers.
CREATE TEMP TABLE dimension AS FROM read_csv(getvariable('dimensions'), header = true);
CREATE TEMP TABLE target AS SELECT *, row_number() OVER () AS place FROM read_csv(getvariable('targets'), header = true);

CREATE TEMP TABLE value_label AS
SELECT dimension, value, label FROM dimension
UNION ALL SELECT 'condition', code, label FROM iop.vocabulary_condition
UNION ALL SELECT 'language', code, label FROM iop.vocabulary_language
UNION ALL SELECT 'age_group_payer', a.value || ' ' || p.value, a.label || ', and ' || p.label
FROM (FROM dimension WHERE dimension = 'age_group') a, (FROM dimension WHERE dimension = 'payer') p;

CREATE TEMP TABLE dimension_label (dimension VARCHAR, question VARCHAR, place INTEGER);
INSERT INTO dimension_label VALUES ('age_group', 'For whom', 1), ('payer', 'Who pays', 2), ('age_group_payer', 'For whom, and who pays', 3),
    ('time_of_day', 'When', 4), ('delivery', 'How it is attended', 5), ('language', 'In which language', 6), ('condition', 'What is treated', 7);

CREATE TEMP TABLE focus_label (focus VARCHAR, about VARCHAR);
INSERT INTO focus_label VALUES ('substance_use', 'Substance use'), ('mental_health', 'Mental health'), ('both', 'Both'), ('not_stated', 'Not stated');

-- Of one state; of no state, as for the index of all, they are empty.
CREATE TEMP VIEW supply AS FROM iop.coverage_supply WHERE state = getvariable('state');
CREATE TEMP VIEW here AS FROM iop.area WHERE state = getvariable('state');
-- Whether every known site of any intensive outpatient program is one for substance use: then "any" is said to be that.
CREATE TEMP VIEW focus_known AS
SELECT count(*) FILTER (target = 'any' AND own) = count(*) FILTER (target = 'substance_use' AND own) AS only_substance_use
FROM (SELECT target, state = getvariable('state') AS own FROM iop.coverage_site);
CREATE TEMP VIEW looked_for AS
SELECT target, place, CASE WHEN target = 'any' AND only_substance_use THEN label || ' (all known are for substance use)' ELSE label END AS label,
    target = 'substance_use' AND only_substance_use AS is_same
FROM target, focus_known;
CREATE TEMP VIEW reach AS
SELECT r.*, t.label, t.place, t.is_same FROM iop.coverage_reach r JOIN looked_for t USING (target) WHERE state = getvariable('state');
CREATE TEMP VIEW program AS
FROM iop.directory WHERE level_of_care = 'iop' AND state = getvariable('state');
