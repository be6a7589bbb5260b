SELECT service_id, organization_name, service_name, city, last_verified, verify_due, freshness, confidence, source_count,
    source_url
FROM directory
WHERE level_of_care = 'iop' AND state = :state AND freshness IN ('fresh', 'due') AND NOT has_conflict
ORDER BY confidence DESC, last_verified DESC, service_id LIMIT 50;
