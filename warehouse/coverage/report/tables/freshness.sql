-- How old the knowledge is
-- Facts in the state by field. A fact is fresh while it is within its field's days of verification, then due, then stale, and
-- expired after a year (docs/claims.md).
SELECT upper(f.field[1]) || replace(f.field[2:], '_', ' ') AS field, f.facts, f.within_sla AS share_fresh, f.due, f.stale, f.expired,
    f.median_age_days, f.p95_age_days
FROM iop.freshness f
WHERE f.state = getvariable('state') AND f.field IS NOT NULL AND f.source_id IS NULL
ORDER BY f.facts DESC, f.field;
