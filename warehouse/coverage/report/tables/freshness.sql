-- How old the knowledge is
-- Facts in the state by field. Each kind of fact should be verified again within so many days (phones sooner than
-- schedules): until then it is fresh, then due, then stale, and a year after it was last verified it has expired.
SELECT upper(f.field[1]) || replace(f.field[2:], '_', ' ') AS field, f.facts, f.within_sla AS share_fresh, f.due, f.stale, f.expired,
    f.median_age_days, f.p95_age_days
FROM iop.freshness f
WHERE f.state = getvariable('state') AND f.field IS NOT NULL AND f.source_id IS NULL
ORDER BY f.facts DESC, f.field;
