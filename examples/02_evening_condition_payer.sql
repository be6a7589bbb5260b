-- Evening programs for a condition, in a county, that name my payer.
-- `conditions_all` holds broader conditions too: `trauma` finds PTSD. Where `payers_scope` is `location`, the payer was
-- named for the place as a whole: say so to the user.
SET VARIABLE state = 'MA';
SET VARIABLE county = 'Middlesex';
SET VARIABLE condition = 'trauma';
SET VARIABLE payer = 'masshealth';

SELECT service_id, organization_name, service_name, city, schedule_text, conditions, payers, payers_scope,
    list_contains(payers_in_network, getvariable('payer')) AS in_network, phone_display, website, alert
FROM directory
WHERE level_of_care = 'iop' AND state = getvariable('state') AND county = getvariable('county') AND has_evening
    AND list_contains(conditions_all, getvariable('condition')) AND list_contains(payers, getvariable('payer'))
ORDER BY in_network DESC NULLS LAST, last_verified DESC, service_id LIMIT 50;
