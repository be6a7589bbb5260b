-- Evening programs for a condition, in a county, that name my payer.
-- `conditions_all` and `payers_all` hold what is broader too: `trauma` finds PTSD, `medicaid` finds MassHealth. A scope of
-- `listing` means that the row or page says it of all that it lists: say so to the user.
SET VARIABLE state = 'MA';
SET VARIABLE county = 'Essex';
SET VARIABLE condition = 'trauma';
SET VARIABLE payer = 'medicaid';

SELECT service_id, organization_name, service_name, city, schedule_text, conditions, payers, payers_scope,
    list_has_any(payers_in_network, (SELECT list(code) FROM payer_ancestor WHERE ancestor = getvariable('payer'))) AS in_network,
    phone_display, website, alert
FROM directory
WHERE level_of_care = 'iop' AND state = getvariable('state') AND county = getvariable('county') AND has_evening
    AND list_contains(conditions_all, getvariable('condition')) AND list_contains(payers_all, getvariable('payer'))
ORDER BY in_network DESC NULLS LAST, last_verified DESC, service_id LIMIT 50;
