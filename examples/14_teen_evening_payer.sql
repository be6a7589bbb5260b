-- Programs for a teenager in the evening that take a payer, told in Spanish.
-- Words for codes are in `vocabulary_label`; `payer_answer` is a sentence where it is not simply yes. What states no
-- evening or payer stands after what does; what was asked and did not tick the payer is left out.
SET VARIABLE state = 'MA';
SET VARIABLE age = 15;
SET VARIABLE payer = 'medicaid';
SET VARIABLE language = 'es';

SELECT service_id, location_id, organization_name, city, labels('conditions', conditions, language := getvariable('language')) AS conditions,
    label('delivery', delivery, language := getvariable('language')) AS delivery,
    label('answer', answer(payers_all, payers_not_ticked, source_url, getvariable('payer')), language := getvariable('language')) AS payer_answer,
    schedule_text, phone_display, alert_text(freshness, last_verified, language := getvariable('language')) AS alert
FROM directory
WHERE level_of_care = 'iop' AND (state = getvariable('state') OR list_contains(virtual_states, getvariable('state')))
    AND has_evening IS NOT FALSE AND list_contains(age_groups(min_age, max_age, populations), age_group(getvariable('age')))
    AND NOT coalesce(list_contains(payers_not_ticked, getvariable('payer')), FALSE)
ORDER BY list_contains(payers_all, getvariable('payer')) DESC NULLS LAST, has_evening DESC NULLS LAST, organization_name, service_id,
    location_id LIMIT 50;
