-- Counts beside the filters of a search page: how many programs in the state each choice would leave.
-- Null is *not stated*: it is counted as such, and is not a no. `not ticked` counts programs that were asked and did not
-- tick the choice.
SET VARIABLE state = 'MA';

-- in two parts, as the rows of a state stand together and are found without reading the others
WITH here AS (
    SELECT * FROM directory WHERE level_of_care = 'iop' AND state = getvariable('state')
    UNION ALL
    SELECT * FROM directory
    WHERE level_of_care = 'iop' AND state IS DISTINCT FROM getvariable('state')
        AND list_contains(virtual_states, getvariable('state'))),
said AS (
    SELECT service_id, unnest([
        ('county', TRUE, [county]), ('focus', TRUE, [focus]), ('delivery', TRUE, [delivery]),
        ('evening', TRUE, [has_evening::VARCHAR]), ('accepting', TRUE, [accepting]),
        ('condition', TRUE, coalesce(conditions_all, [NULL])), ('condition', FALSE, conditions_not_ticked),
        ('payer', TRUE, coalesce(payers_all, [NULL])), ('payer', FALSE, payers_not_ticked),
        ('payment option', TRUE, coalesce(payment_options, [NULL])), ('payment option', FALSE, payment_options_not_ticked)
    ]::STRUCT(facet VARCHAR, stated BOOLEAN, given VARCHAR[])[]) AS one
    FROM here),
choice AS (
    SELECT DISTINCT service_id, one.facet, one.stated, unnest(one.given) AS choice FROM said)
SELECT facet, coalesce(choice, 'not stated') AS choice, count(*) FILTER (stated) AS services,
    count(*) FILTER (NOT stated) AS not_ticked
FROM choice GROUP BY facet, choice.choice HAVING services > 0 ORDER BY facet, services DESC, choice;
