-- All levels of care
-- Programs (services) at places in the state, whatever they are about. A level that no list asks for in programs of that
-- focus is “not known”.
SELECT coalesce(v.label, 'Level not stated') AS level, c.substance_use_services, c.mental_health_services, c.both_services,
    c.locations AS sites, c.organizations AS operators, c.verified_services, c.places_not_asked
FROM iop.coverage_state c LEFT JOIN iop.vocabulary_level_of_care v ON v.code = c.level_of_care
WHERE c.state = getvariable('state')
ORDER BY c.services DESC;
