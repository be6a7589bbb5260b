-- Which source says what
-- Of how many of its intensive outpatient programs a source says at least one thing of the kind; one that leaves all boxes
-- blank says nothing. “Not known”: its list does not ask. A low share of a page means that pages do not say it, not that
-- programs do not have it.
WITH named AS (
    SELECT f.*, CASE WHEN h.is_page THEN 'Web sites of providers' ELSE s.title END AS source
    FROM iop.coverage_source_fact f JOIN iop.source s USING (source_id) JOIN iop.source_health h USING (source_id)
    WHERE f.state = getvariable('state')),
shared AS (
    SELECT source, field, sum(services) AS services,
        CASE WHEN sum(stating) > 0 OR bool_or(is_asked) THEN sum(stating) / sum(services) END AS share FROM named GROUP BY ALL)
SELECT source, max(services)::BIGINT AS programs, any_value(share) FILTER (field = 'population') AS states_population,
    any_value(share) FILTER (field = 'ages') AS states_ages, any_value(share) FILTER (field = 'condition') AS states_condition,
    any_value(share) FILTER (field = 'payer') AS states_payer, any_value(share) FILTER (field = 'language') AS states_language,
    any_value(share) FILTER (field = 'session') AS states_session, any_value(share) FILTER (field = 'evening') AS states_evening,
    any_value(share) FILTER (field = 'virtual') AS states_virtual, any_value(share) FILTER (field = 'accepting') AS states_accepting,
    any_value(share) FILTER (field = 'phone') AS states_phone
FROM shared GROUP BY source ORDER BY programs DESC, source;
