-- What each source and data set allows, as its terms say it (`rights.csv`, the first pattern that matches).

INSERT INTO attribution BY NAME
WITH part AS (
    SELECT 'compilation' AS origin, 'iop' AS origin_id, 'The open directory of intensive outpatient programs' AS title,
        NULL AS edition, 'CC-BY-4.0' AS terms, NULL AS url, NULL AS unsaid
    UNION ALL
    SELECT 'geography', dataset_id, title || ', ' || publisher, vintage, licence, url, NULL FROM geography
    UNION ALL
    SELECT 'source', source_id, coalesce(title, source_id), published::VARCHAR, terms, url,
        CASE WHEN priority = 0 THEN 'correction' WHEN is_page THEN 'provider page' END
    FROM source LEFT JOIN policy.kind USING (kind)),
judged AS (
    SELECT part.*, r.* EXCLUDE (pattern)
    FROM part
    LEFT JOIN policy.rights r ON regexp_matches(coalesce(terms, unsaid), r.pattern)
    QUALIFY row_number() OVER (PARTITION BY origin, origin_id ORDER BY r.place) = 1)
SELECT origin, origin_id, title, edition, terms, coalesce(basis, 'unstated') AS basis, allows,
    replace(replace(replace(replace(replace(coalesce(print, 'Source: {title}{edition}'),
        '{title}', title), '{edition}', coalesce(', ' || edition, '')), '{terms}', coalesce(terms, '')),
        '{release}', getvariable('release')::VARCHAR), '{date}', strftime(getvariable('now'), '%Y-%m-%d')) AS print,
    work.web(url) AS url, terms_url
FROM judged
ORDER BY origin, origin_id;
