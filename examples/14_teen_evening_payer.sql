-- Programs for a teenager in the evening that take a payer, told in Spanish.
-- Words for codes are in `vocabulary_label`; `payer_answer` is a sentence where it is not simply yes. What states no
-- evening or payer stands after what does; what was asked and did not tick the payer is left out. Lists say Medicaid where people
-- say MassHealth: a state's programme is asked for as `medicaid` of what is there.
SET VARIABLE state = 'MA';
SET VARIABLE age = 15;
SET VARIABLE payer = 'masshealth';
SET VARIABLE language = 'es';

WITH asked AS (
    SELECT d.*, CASE WHEN p.kind_of = 'medicaid' AND list_contains(p.states, coalesce(d.state, d.provider_state)) THEN 'medicaid'
        ELSE p.code END AS payer
    FROM for_state(getvariable('state')) d, vocabulary_payer p WHERE p.code = getvariable('payer')),
found AS (  -- words are looked up for what is shown, and not for all that there is
    SELECT *, row_number() OVER (ORDER BY list_contains(payers_all, payer) DESC NULLS LAST, has_evening DESC NULLS LAST, organization_name,
        service_id, location_id) AS place_in_line
    FROM asked
    WHERE level_of_care = 'iop' AND has_evening IS NOT FALSE AND list_contains(age_groups(min_age, max_age, populations), age_group(getvariable('age')))
        AND NOT coalesce(list_contains(payers_not_ticked, payer), FALSE)
    QUALIFY place_in_line <= 50)
SELECT service_id, location_id, organization_name, city, labels('conditions', conditions, language := getvariable('language')) AS conditions,
    label('delivery', delivery, language := getvariable('language')) AS delivery,
    label('answer', answer(payers_all, payers_not_ticked, source_url, payer), language := getvariable('language')) AS payer_answer,
    schedule_text, phone_display, alert_text(freshness, last_verified, language := getvariable('language')) AS alert
FROM found ORDER BY place_in_line;
