WITH here AS (
    SELECT service_id, county, delivery, has_evening, accepting FROM directory WHERE level_of_care = 'iop' AND state = :state),
facet AS (
    SELECT 'county' AS facet, county AS choice, service_id FROM here
    UNION ALL SELECT 'delivery', delivery, service_id FROM here
    UNION ALL SELECT 'evening', CASE WHEN has_evening THEN 'true' WHEN NOT has_evening THEN 'false' END, service_id FROM here
    UNION ALL SELECT 'accepting', accepting, service_id FROM here
    UNION ALL SELECT 'condition', code, h.service_id FROM here h
        LEFT JOIN item i ON i.service_id = h.service_id AND i.field = 'conditions_all'
    UNION ALL SELECT 'payer', code, h.service_id FROM here h
        LEFT JOIN item i ON i.service_id = h.service_id AND i.field = 'payers')
SELECT facet, coalesce(choice, 'not stated') AS choice, count(DISTINCT service_id) AS services
FROM facet GROUP BY facet, choice ORDER BY facet, services DESC, choice;
