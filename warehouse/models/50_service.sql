-- Services: one level of care, or one track of it, with its hours, how it is attended, and for whom it is.

CREATE TABLE work.offered AS
SELECT t.service_id, k.listing_id, k.source_id, k.organization_id, k.location_id, k.observed_at, k.found_at, t.level_of_care,
    k.organization_name, k.state, k.questionnaire, k.focus, k.is_virtual
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

-- What the sessions show, where no other words say it. Sessions of three days or more each are alternatives, of which a
-- person attends one; on days of their own they are parts of one week; anything else cannot be told. One or two days
-- without a time are some group's, not the program's.
CREATE TABLE work.shown AS
WITH one AS (
    SELECT service_id, days, start, "end", len(days) AS size, work.hours_between(start, "end") AS hours FROM schedule),
clock AS (
    SELECT service_id, bool_and(days IS NOT NULL) AS all_days, bool_and(start IS NOT NULL) AS all_starts,
        bool_and(start IS NOT NULL AND "end" IS NOT NULL) AS all_clocks,
        bool_or(start >= getvariable('evening_from') OR "end" > getvariable('evening_until')) AS evening,
        bool_or(start < getvariable('morning_before')) AS morning, bool_or(list_has_any(days, ['sa', 'su'])) AS weekend
    FROM one GROUP BY service_id),
dose AS (
    SELECT service_id, bool_and(hours > 0) AS all_hours, CASE
        WHEN count(*) > 1 AND min(size) >= 3
            THEN [min(size), max(size), min(size * hours), max(size * hours)]
        WHEN sum(size) = len(list_distinct(flatten(list(days))))
            THEN [sum(size), sum(size), sum(size * hours), sum(size * hours)] END AS span
    FROM one WHERE start IS NOT NULL OR size >= 3 GROUP BY service_id)
SELECT service_id,
    CASE WHEN evening OR all_clocks THEN coalesce(evening, FALSE) END AS evening,
    CASE WHEN morning OR all_starts THEN coalesce(morning, FALSE) END AS morning,
    CASE WHEN weekend OR all_days THEN coalesce(weekend, FALSE) END AS weekend,
    CASE WHEN all_days THEN span[1] END AS days_low, CASE WHEN all_days THEN span[2] END AS days_high,
    CASE WHEN all_days AND all_hours THEN span[3] END AS week_low, CASE WHEN all_days AND all_hours THEN span[4] END AS week_high
FROM clock LEFT JOIN dose USING (service_id);

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
    max(value) FILTER (field = 'website') AS website,
    max(claim_id) FILTER (field = 'level_of_care') AS level_claim
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

-- What the row or page is called that says it best, and where it stands in it; a link only to what a person can open.
CREATE TABLE work.cited AS
SELECT t.service_id, c.url, coalesce(s.title, s.source_id) AS source_title, s.published AS source_edition,
    CASE WHEN c.url IS NULL THEN o.locator END AS source_locator
FROM work.stated t
JOIN claim c ON c.claim_id = t.level_claim
JOIN observation o ON o.observation_id = c.observation_id
JOIN source s ON s.source_id = o.source_id;

INSERT INTO service BY NAME
WITH offer AS (
    SELECT service_id, count(DISTINCT source_id) AS source_count, min(found_at) AS first_seen,
        max(observed_at) AS last_seen, mode(organization_id ORDER BY organization_id) AS organization_id,
        mode(level_of_care ORDER BY level_of_care) AS level_of_care,
        CASE WHEN count(DISTINCT focus) > 1 THEN 'both' ELSE any_value(focus) END AS focus,
        mode(state ORDER BY state) FILTER (is_virtual) AS provider_state
    FROM work.offered GROUP BY service_id),
numbers AS (
    SELECT o.* EXCLUDE (level_of_care), s.* EXCLUDE (service_id, level_of_care), coalesce(s.level_of_care, o.level_of_care) AS level,
        work.low(s.ages) AS min_age, work.high(s.ages) AS max_age,
        s.days_per_week IS NULL AND h.days_low IS NOT NULL AS days_shown,
        s.hours_per_week IS NULL AND h.week_low IS NOT NULL AS week_shown,
        s.evening IS NULL AND h.evening IS NOT NULL AS evening_shown,
        s.weekend IS NULL AND h.weekend IS NOT NULL AS weekend_shown,
        s.morning IS NULL AND h.morning IS NOT NULL AS morning_shown,
        CASE WHEN days_shown THEN h.days_low ELSE work.low(s.days_per_week) END AS days_low,
        CASE WHEN days_shown THEN h.days_high ELSE work.high(s.days_per_week) END AS days_high,
        work.low(s.hours_per_day) AS day_low, work.high(s.hours_per_day) AS day_high,
        CASE WHEN week_shown THEN h.week_low ELSE work.low(s.hours_per_week) END AS week_low,
        CASE WHEN week_shown THEN h.week_high ELSE work.high(s.hours_per_week) END AS week_high,
        coalesce(s.evening, h.evening) AS has_evening, coalesce(s.weekend, h.weekend) AS has_weekend,
        coalesce(s.morning, h.morning) AS has_morning, l.* EXCLUDE (service_id)
    FROM offer o
    LEFT JOIN work.stated s USING (service_id)
    LEFT JOIN work.shown h USING (service_id)
    LEFT JOIN work.listed l USING (service_id)),
judged AS (
    SELECT *, coalesce(young, FALSE) OR coalesce(min_age < 18, FALSE) AS of_minors, CASE
        WHEN NOT week_shown AND coalesce(week_low, week_high) IS NOT NULL THEN work.level_of(week_low, week_high, of_minors)
        WHEN coalesce(days_low, days_high) IS NOT NULL AND coalesce(day_low, day_high) IS NOT NULL
            THEN work.level_of(days_low * day_low, days_high * day_high, of_minors)
        ELSE work.level_of(week_low, week_high, of_minors) END AS computed_level
    FROM numbers)
SELECT j.service_id, j.organization_id, j.name, j.level AS level_of_care, j.focus, j.computed_level,
    CASE WHEN j.level IN ('iop', 'php', 'op') THEN j.computed_level <> j.level END AS level_conflict,
    CASE WHEN j.virtual AND j.in_person THEN 'hybrid' WHEN j.virtual THEN 'virtual'
        WHEN j.in_person OR NOT j.virtual THEN 'in_person' WHEN NOT j.in_person THEN 'virtual' END AS delivery,
    j.virtual, j.in_person, j.virtual_states, j.presence_rule, j.provider_state, j.min_age, j.max_age,
    j.days_low AS days_per_week_min, j.days_high AS days_per_week_max,
    j.day_low AS hours_per_day_min, j.day_high AS hours_per_day_max,
    j.week_low AS hours_per_week_min, j.week_high AS hours_per_week_max,
    work.low(j.duration_weeks) AS duration_weeks_min, work.high(j.duration_weeks) AS duration_weeks_max,
    j.has_evening, j.has_weekend, j.has_morning,
    nullif(list_filter([CASE WHEN days_shown THEN 'days_per_week' END, CASE WHEN week_shown THEN 'hours_per_week' END,
        CASE WHEN evening_shown THEN 'has_evening' END, CASE WHEN weekend_shown THEN 'has_weekend' END,
        CASE WHEN morning_shown THEN 'has_morning' END], lambda shown: shown IS NOT NULL), []) AS shown_by_sessions,
    c.* EXCLUDE (service_id), j.confidence, j.source_count, coalesce(j.observation_count, 0) AS observation_count,
    least(j.first_seen, p.first_seen) AS first_seen, j.last_seen, j.last_verified, j.verify_due, j.freshness
FROM judged j
LEFT JOIN work.cited c USING (service_id)
LEFT JOIN work.sighted p ON p.entity_id = j.service_id
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
