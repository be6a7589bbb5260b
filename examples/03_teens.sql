-- Programs for a person of a certain age, here of fifteen.
-- The stated ages decide; where none are stated, a population that is for teens does. `ages_stated` tells the two apart.
SET VARIABLE state = 'MA';
SET VARIABLE age = 15;

SELECT service_id, organization_name, service_name, city, county, min_age, max_age, populations,
    min_age IS NOT NULL OR max_age IS NOT NULL AS ages_stated, delivery, phone_display, alert
FROM directory
WHERE level_of_care = 'iop' AND (state = getvariable('state') OR list_contains(virtual_states, getvariable('state')))
    AND CASE WHEN min_age IS NULL AND max_age IS NULL THEN list_contains(populations, 'adolescents')
        ELSE getvariable('age') BETWEEN coalesce(min_age, 0) AND coalesce(max_age, 150) END
ORDER BY ages_stated DESC, county, organization_name, service_id LIMIT 50;
