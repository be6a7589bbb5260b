WITH here AS MATERIALIZED (
    SELECT service_id, county, focus, delivery, has_evening, accepting FROM directory WHERE level_of_care = 'iop' AND state = :state
    UNION
    SELECT d.service_id, county, focus, delivery, has_evening, accepting FROM item i JOIN directory d ON d.service_id = i.service_id
    WHERE i.field = 'virtual_states' AND i.code = :state AND level_of_care = 'iop'),
facet AS (
    SELECT 'county' AS facet, county AS choice, service_id FROM here
    UNION ALL SELECT 'focus', focus, service_id FROM here
    UNION ALL SELECT 'delivery', delivery, service_id FROM here
    UNION ALL SELECT 'evening', CASE WHEN has_evening THEN 'true' WHEN NOT has_evening THEN 'false' END, service_id FROM here
    UNION ALL SELECT 'accepting', accepting, service_id FROM here
    UNION ALL SELECT 'condition', code, h.service_id FROM here h
        LEFT JOIN item i ON i.service_id = h.service_id AND i.field = 'conditions_all'
    UNION ALL SELECT 'payer', code, h.service_id FROM here h
        LEFT JOIN item i ON i.service_id = h.service_id AND i.field = 'payers_all'
    UNION ALL SELECT 'payment option', code, h.service_id FROM here h
        LEFT JOIN item i ON i.service_id = h.service_id AND i.field = 'payment_options'),
asked (facet, field) AS (VALUES ('condition', 'conditions_not_ticked'), ('payer', 'payers_not_ticked'),
    ('payment option', 'payment_options_not_ticked')),
unticked AS MATERIALIZED (
    SELECT facet, code AS choice, count(DISTINCT h.service_id) AS services
    FROM asked CROSS JOIN here h JOIN item i ON i.service_id = h.service_id AND i.field = asked.field GROUP BY 1, 2)
SELECT f.facet, coalesce(f.choice, 'not stated') AS choice, f.services, coalesce(u.services, 0) AS not_ticked
FROM (SELECT facet, choice, count(DISTINCT service_id) AS services FROM facet GROUP BY 1, 2) f
LEFT JOIN unticked u ON u.facet = f.facet AND u.choice = f.choice
ORDER BY f.facet, f.services DESC, f.choice;
