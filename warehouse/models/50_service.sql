-- Services: one level of care, or one track of it, with its hours, how it is attended, and for whom it is.

CREATE TABLE work.offered AS
SELECT t.service_id, k.listing_id, k.source_id, k.organization_id, k.location_id, k.observed_at, k.found_at, t.level_of_care
FROM work.track t JOIN work.link k USING (listing_id) WHERE t.service_id IS NOT NULL;

INSERT INTO service_at_location BY NAME
SELECT service_id, location_id, count(DISTINCT source_id) AS source_count
FROM work.offered WHERE location_id IS NOT NULL GROUP BY ALL ORDER BY ALL;

-- A range `[min, max]` as two numbers; what does not read as a number is null.
CREATE MACRO work.low(span) AS try_cast(span ->> '$[0]' AS DOUBLE);
CREATE MACRO work.high(span) AS try_cast(span ->> '$[1]' AS DOUBLE);

CREATE TABLE work.session AS
SELECT entity_id AS service_id, claim_id, confidence, last_verified, freshness,
    nullif(s.days, []) AS days, s.start AS start, s."end" AS "end",
    (days IS NOT NULL)::INTEGER + (s.start IS NOT NULL)::INTEGER + (s."end" IS NOT NULL)::INTEGER AS parts
FROM (
    SELECT *, json_transform(value, '{"days": ["VARCHAR"], "start": "VARCHAR", "end": "VARCHAR"}') AS s
    FROM claim WHERE field = 'session' AND entity_type = 'service' AND chosen);

-- A page says the same session more and less fully ("Mon, Wed, Fri" in one place, the hours in another): what another
-- session holds already is left out.
INSERT INTO schedule BY NAME
SELECT service_id,
    row_number() OVER (PARTITION BY service_id
        ORDER BY list_position(getvariable('weekdays'), days[1]), start, "end", claim_id) AS session,
    days, start, "end", claim_id, confidence, last_verified, freshness,
    'FREQ=WEEKLY;BYDAY=' || upper(array_to_string(days, ',')) AS rrule
FROM work.session s
WHERE parts > 0 AND NOT EXISTS (
    SELECT 1 FROM work.session fuller
    WHERE fuller.service_id = s.service_id AND fuller.parts > s.parts
        AND (s.days IS NULL OR list_has_all(fuller.days, s.days))
        AND (s.start IS NULL OR fuller.start = s.start)
        AND (s."end" IS NULL OR fuller."end" = s."end"))
ORDER BY service_id, session;

-- Hours of a session that crosses no midnight; null where an end is not stated.
CREATE MACRO work.hours_between(a, b) AS date_diff('minute', try_cast(a AS TIME), try_cast(b AS TIME)) / 60.0;

CREATE TABLE work.shown AS
SELECT service_id,
    bool_or(start >= getvariable('evening_from') OR "end" > getvariable('evening_until')) AS evening,
    bool_or(start < getvariable('morning_before')) AS morning,
    bool_or(list_has_any(days, ['sa', 'su'])) AS weekend,
    CASE WHEN bool_and(days IS NOT NULL AND work.hours_between(start, "end") > 0)
        THEN sum(len(days) * work.hours_between(start, "end")) END AS weekly_hours
FROM schedule GROUP BY service_id;

CREATE TABLE work.stated AS
SELECT entity_id AS service_id,
    max(value) FILTER (field = 'program_name') AS name,
    max(value) FILTER (field = 'level_of_care') AS level_of_care,
    max(value) FILTER (field = 'virtual') = 'true' AS virtual,
    max(value) FILTER (field = 'in_person') = 'true' AS in_person,
    max(value) FILTER (field = 'presence_rule') AS presence_rule,
    max(value) FILTER (field = 'ages') AS ages,
    max(value) FILTER (field = 'days_per_week') AS days_per_week,
    max(value) FILTER (field = 'hours_per_day') AS hours_per_day,
    max(value) FILTER (field = 'hours_per_week') AS hours_per_week,
    max(value) FILTER (field = 'duration_weeks') AS duration_weeks,
    max(value) FILTER (field = 'evening') = 'true' AS evening,
    max(value) FILTER (field = 'weekend') = 'true' AS weekend,
    max(value) FILTER (field = 'morning') = 'true' AS morning,
    max(value) FILTER (field = 'accepting') AS accepting,
    max(value) FILTER (field = 'website') AS website,
    max(url) FILTER (field = 'level_of_care') AS url
FROM work.best GROUP BY entity_id;

CREATE TABLE work.listed AS
SELECT entity_id AS service_id,
    sum(observation_count) AS observation_count,
    list_sort(list(value) FILTER (field = 'virtual_state')) AS virtual_states,
    bool_or(field = 'population' AND value IN ('adolescents', 'children')) AS young,
    bool_or(conflict) AS has_conflict,
    count(*) FILTER (freshness IN ('stale', 'expired')) AS stale_facts,
    max(confidence) FILTER (field = 'level_of_care' AND rank = 1) AS confidence,
    max(last_verified) FILTER (field = 'level_of_care' AND rank = 1) AS last_verified,
    max(verify_due) FILTER (field = 'level_of_care' AND rank = 1) AS verify_due,
    max(freshness) FILTER (field = 'level_of_care' AND rank = 1) AS freshness
FROM claim WHERE entity_type = 'service' AND chosen GROUP BY entity_id;

-- What hours make of a service: ASAM 2.1 is 9 to 19 hours a week (6 to 19 for adolescents), 2.5 is 20 or more.
CREATE MACRO work.level_of(low, high, young) AS CASE
    WHEN coalesce(low, high) >= getvariable('php_hours') THEN 'php'
    WHEN coalesce(high, low) < CASE WHEN young THEN getvariable('iop_hours_adolescent')
        ELSE getvariable('iop_hours') END THEN 'op'
    WHEN coalesce(low, high) >= CASE WHEN young THEN getvariable('iop_hours_adolescent')
        ELSE getvariable('iop_hours') END AND coalesce(high, low) <= getvariable('php_hours') THEN 'iop' END;

INSERT INTO service BY NAME
WITH offer AS (
    SELECT service_id, count(DISTINCT source_id) AS source_count, min(found_at) AS first_seen,
        max(observed_at) AS last_seen, mode(organization_id ORDER BY organization_id) AS organization_id,
        mode(level_of_care ORDER BY level_of_care) AS level_of_care
    FROM work.offered GROUP BY service_id),
numbers AS (
    SELECT o.*, s.* EXCLUDE (service_id, level_of_care), coalesce(s.level_of_care, o.level_of_care) AS level,
        work.low(s.ages) AS min_age, work.high(s.ages) AS max_age,
        work.low(s.days_per_week) AS days_low, work.high(s.days_per_week) AS days_high,
        work.low(s.hours_per_day) AS day_low, work.high(s.hours_per_day) AS day_high,
        work.low(s.hours_per_week) AS week_low, work.high(s.hours_per_week) AS week_high,
        h.evening AS shown_evening, h.morning AS shown_morning, h.weekend AS shown_weekend, h.weekly_hours,
        l.* EXCLUDE (service_id)
    FROM offer o
    LEFT JOIN work.stated s USING (service_id)
    LEFT JOIN work.shown h USING (service_id)
    LEFT JOIN work.listed l USING (service_id)),
judged AS (
    SELECT *, CASE
        WHEN coalesce(week_low, week_high) IS NOT NULL
            THEN work.level_of(week_low, week_high, coalesce(young, FALSE) OR coalesce(min_age < 18, FALSE))
        WHEN coalesce(days_low, days_high) IS NOT NULL AND coalesce(day_low, day_high) IS NOT NULL
            THEN work.level_of(days_low * day_low, days_high * day_high, coalesce(young, FALSE) OR coalesce(min_age < 18, FALSE))
        ELSE work.level_of(weekly_hours, weekly_hours, coalesce(young, FALSE) OR coalesce(min_age < 18, FALSE))
        END AS computed_level
    FROM numbers)
SELECT j.service_id, j.organization_id, j.name, j.level AS level_of_care, j.computed_level,
    CASE WHEN j.level IN ('iop', 'php', 'op') THEN j.computed_level <> j.level END AS level_conflict,
    CASE WHEN j.virtual AND j.in_person THEN 'hybrid' WHEN j.virtual THEN 'virtual'
        WHEN j.in_person OR NOT j.virtual THEN 'in_person' WHEN NOT j.in_person THEN 'virtual' END AS delivery,
    j.virtual, j.in_person, j.virtual_states, j.presence_rule, j.min_age, j.max_age,
    j.days_low AS days_per_week_min, j.days_high AS days_per_week_max,
    j.day_low AS hours_per_day_min, j.day_high AS hours_per_day_max,
    j.week_low AS hours_per_week_min, j.week_high AS hours_per_week_max,
    work.low(j.duration_weeks) AS duration_weeks_min, work.high(j.duration_weeks) AS duration_weeks_max,
    coalesce(j.evening, nullif(j.shown_evening, FALSE)) AS has_evening,
    coalesce(j.weekend, nullif(j.shown_weekend, FALSE)) AS has_weekend,
    coalesce(j.morning, nullif(j.shown_morning, FALSE)) AS has_morning,
    j.accepting, j.url, j.confidence, j.source_count, coalesce(j.observation_count, 0) AS observation_count,
    least(j.first_seen, p.first_seen) AS first_seen, j.last_seen, j.last_verified, j.verify_due, j.freshness
FROM judged j LEFT JOIN work.sighted p ON p.entity_id = j.service_id
ORDER BY j.service_id;

UPDATE organization SET service_count = n
FROM (SELECT organization_id AS id, count(*) AS n FROM service GROUP BY ALL) WHERE id = organization_id;

INSERT INTO phone BY NAME
SELECT entity_id || '/' || value AS phone_id,
    CASE WHEN entity_type = 'location' THEN entity_id END AS location_id,
    CASE WHEN entity_type = 'service' THEN entity_id END AS service_id,
    CASE WHEN entity_type = 'organization' THEN entity_id END AS organization_id,
    split_part(value, ';ext=', 1) AS number, nullif(split_part(value, ';ext=', 2), '') AS extension,
    regexp_replace(number, '^\+1([0-9]{3})([0-9]{3})([0-9]{4})$', '(\1) \2-\3')
        || coalesce(' ext. ' || extension, '') AS display,
    CASE WHEN list_contains(getvariable('phone_kinds'), qualifier) THEN qualifier END AS kind,
    rank, confidence, claim_id, last_verified, verify_due, freshness
FROM claim WHERE field = 'phone' AND chosen
ORDER BY phone_id;
