-- What the distances depend on
-- The same measure with other sites, or with sites elsewhere. Few sites of other states mean that the release holds few of
-- them, and that people near the border may live nearer to a program than is told here.
SELECT CASE variant WHEN 'as_published' THEN 'As published' WHEN 'own_state' THEN 'Without places in other states'
        WHEN 'address_points' THEN 'Only places with the point of their address' ELSE 'All places at the point of their ZIP code' END AS variant,
    sites, other_states, median_km, within_10_km AS share_10_km, within_25_km AS share_25_km, within_50_km AS share_50_km
FROM iop.coverage_sensitivity WHERE state = getvariable('state') AND NOT (variant = 'own_state' AND other_states = 0 AND sites = (
    SELECT sites FROM iop.coverage_sensitivity WHERE state = getvariable('state') AND variant = 'as_published'))
ORDER BY list_position(['as_published', 'own_state', 'address_points', 'zip_points'], coverage_sensitivity.variant);
