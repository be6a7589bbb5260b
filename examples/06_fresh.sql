-- Only what was verified within its time, surest first.
-- `fresh` and `due` rows are within a month of the time in which they should be verified again.
SET VARIABLE state = 'MA';

SELECT service_id, organization_name, service_name, city, last_verified, verify_due, freshness, confidence, source_count,
    source_url
FROM directory
WHERE level_of_care = 'iop' AND state = getvariable('state') AND freshness IN ('fresh', 'due') AND NOT has_conflict
ORDER BY confidence DESC, last_verified DESC, service_id LIMIT 50;
