-- What intensive outpatient programs say, by county
-- As above, of each county with a known program. A count of 0 means that none of the programs that were asked ticked it;
-- “not known” that none was asked.
SELECT a.name AS county, f.about, v.label AS answer, s.services AS yes, s.not_ticked, s.not_asked, s.not_stated, s.share, s.share_low, s.share_high
FROM supply s
JOIN here a ON a.area_kind = 'county' AND a.area_id = s.area_id
JOIN dimension_label d USING (dimension) JOIN focus_label f USING (focus) JOIN value_label v USING (dimension, value)
WHERE s.area_kind = 'county' AND s.level_of_care = 'iop' AND s.of_services > 0
    AND (s.dimension IN ('age_group', 'payer') OR s.value IN ('evening', 'weekend', 'virtual', 'adolescents medicaid',
        'adolescents commercial', 'young_adults medicaid', 'older_adults medicare') OR (s.dimension = 'language' AND s.value = 'es'))
ORDER BY a.name, f.about DESC, d.place, v.label;
