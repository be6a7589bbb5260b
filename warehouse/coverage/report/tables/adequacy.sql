-- Against a standard of distance
-- How far the nearest program may be, for how many, by type of county: the standard for networks of Medicare Advantage plans
-- (42 CFR 422.116, outpatient behavioral health), held here against all known programs and straight lines. Its figures are
-- marked as unverified until somebody has read them in the rule. Counties that meet it by straight lines may not by road.
SELECT a.name AS county, t.label AS looked_for, q.county_type, q.limit_km, q.required_share, q.share AS share_in_limit, q.meets, NOT q.verified AS is_unverified
FROM iop.coverage_adequacy q
JOIN target t USING (target)
JOIN here a ON a.area_kind = 'county' AND a.area_id = q.area_id
WHERE q.state = getvariable('state') AND q.target IN ('any', 'medicaid', 'adolescents')
ORDER BY a.name, t.place;
