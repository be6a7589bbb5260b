-- What intensive outpatient programs say, by county
-- As above, of each county. A count of 0 means that none of the programs that were asked ticked it; “not known” that none was
-- asked. “All known programs” says how many there are.
WITH line AS (
    SELECT a.name AS county, f.about, coalesce(v.label, 'All known programs') AS answer, s.services AS yes,
        s.not_ticked, s.not_asked, s.not_stated, s.share, s.share_low, s.share_high, coalesce(d.place, 0) AS place
    FROM supply s
    JOIN here a ON a.area_kind = 'county' AND a.area_id = s.area_id
    JOIN focus_label f USING (focus)
    LEFT JOIN dimension_label d USING (dimension)
    LEFT JOIN value_label v ON v.dimension = s.dimension AND v.value = s.value
    WHERE s.area_kind = 'county' AND s.level_of_care = 'iop'
        AND (s.of_services > 0 OR (s.dimension = 'all' AND s.focus = 'substance_use'))
        AND (s.dimension IN ('all', 'age_group', 'payer') OR (s.dimension = 'language' AND s.value = 'es') OR s.value IN ('evening',
            'weekend', 'virtual', 'adolescents medicaid', 'adolescents commercial', 'young_adults medicaid', 'older_adults medicare')))
SELECT * EXCLUDE (place) FROM line ORDER BY county, about DESC, place, answer;
