-- Against a standard of distance, whose figures nobody has checked
-- How near a program must be, for how many people, by type of county: as Medicare asks of the networks of Medicare Advantage
-- plans (42 CFR 422.116, outpatient behavioral health), written from memory and not yet read in the rule. Limits differ by type
-- of county, so counties must not be ranked by this. It is held here against all known programs, whatever they take, and
-- straight lines: who meets it by straight lines may not by road.
SELECT a.name AS county, t.label AS looked_for, q.county_type, q.limit_km, q.required_share, q.share AS share_in_limit, q.meets, NOT q.verified AS is_unverified
FROM iop.coverage_adequacy q
JOIN looked_for t USING (target)
JOIN here a ON a.area_kind = 'county' AND a.area_id = q.area_id
WHERE q.state = getvariable('state') AND q.target IN ('any', 'medicaid', 'adolescents')
ORDER BY a.name, t.place;
