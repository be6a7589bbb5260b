-- Counts beside the filters of a search page: how many programs in the state each choice would leave.
-- Null is *not stated*: it is counted as such, and is not a no.
SET VARIABLE state = 'MA';

WITH here AS (
    SELECT service_id, county, delivery, has_evening, accepting, conditions_all, payers
    FROM directory WHERE level_of_care = 'iop' AND state = getvariable('state')),
facet AS (
    SELECT 'county' AS facet, county AS choice, service_id FROM here
    UNION ALL SELECT 'delivery', delivery, service_id FROM here
    UNION ALL SELECT 'evening', has_evening::VARCHAR, service_id FROM here
    UNION ALL SELECT 'accepting', accepting, service_id FROM here
    UNION ALL SELECT 'condition', unnest(coalesce(conditions_all, [NULL])), service_id FROM here
    UNION ALL SELECT 'payer', unnest(coalesce(payers, [NULL])), service_id FROM here)
SELECT facet, coalesce(choice, 'not stated') AS choice, count(DISTINCT service_id) AS services
FROM facet GROUP BY ALL ORDER BY facet, services DESC, choice;
