-- Virtual programs
-- Programs that can be attended virtually, also in part. Those that name no states may serve any that licenses them.
SELECT f.about, CASE level_of_care WHEN 'iop' THEN 'Intensive outpatient' ELSE 'Partial hospitalization' END AS level,
    CASE WHEN v.state IS NULL THEN 'States not stated' ELSE 'Serve or stand in the state' END AS serves,
    v.services AS programs, v.virtual_only, v.stated AS state_named, v.operators
FROM iop.coverage_virtual v JOIN focus_label f USING (focus)
WHERE v.state = getvariable('state') OR v.state IS NULL
ORDER BY v.state NULLS LAST, level_of_care, f.about DESC;
