-- Programs in a language besides English, by ISO 639-1 code, also virtual ones that say they serve the state.
-- A null in `languages` means that no source says anything of languages.
SET VARIABLE state = 'MA';
SET VARIABLE language = 'es';

SELECT service_id, organization_name, service_name, city, county, delivery, languages, phone_display, website, alert
FROM directory
WHERE level_of_care = 'iop' AND (state = getvariable('state') OR list_contains(virtual_states, getvariable('state')))
    AND list_contains(languages, getvariable('language'))
ORDER BY county, city, organization_name, service_id LIMIT 50;
