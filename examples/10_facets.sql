-- Counts beside the filters of a search page: how many programs in the state each choice would leave.
-- Null is *not stated*: it is counted as such, and is not a no. `not ticked` counts programs that were asked and did not
-- tick the choice.
SET VARIABLE state = 'MA';

WITH here AS (
    SELECT * FROM directory
    WHERE level_of_care = 'iop' AND (state = getvariable('state') OR list_contains(virtual_states, getvariable('state')))),
facet AS (
    SELECT 'county' AS facet, county AS choice, service_id FROM here
    UNION ALL SELECT 'focus', focus, service_id FROM here
    UNION ALL SELECT 'delivery', delivery, service_id FROM here
    UNION ALL SELECT 'evening', has_evening::VARCHAR, service_id FROM here
    UNION ALL SELECT 'accepting', accepting, service_id FROM here
    UNION ALL SELECT 'condition', unnest(coalesce(conditions_all, [NULL])), service_id FROM here
    UNION ALL SELECT 'payer', unnest(coalesce(payers_all, [NULL])), service_id FROM here
    UNION ALL SELECT 'payment option', unnest(coalesce(payment_options, [NULL])), service_id FROM here),
unticked AS (
    SELECT 'condition' AS facet, unnest(conditions_not_ticked) AS choice, service_id FROM here
    UNION ALL SELECT 'payer', unnest(payers_not_ticked), service_id FROM here
    UNION ALL SELECT 'payment option', unnest(payment_options_not_ticked), service_id FROM here)
SELECT facet, coalesce(choice, 'not stated') AS choice, count(DISTINCT facet.service_id) AS services,
    (SELECT count(DISTINCT u.service_id) FROM unticked u WHERE u.facet = facet.facet AND u.choice = facet.choice) AS not_ticked
FROM facet GROUP BY ALL ORDER BY facet, services DESC, choice;
