-- What intensive outpatient programs say, statewide
-- Each line is one answer. Of all programs some say yes; some were asked and left the box blank, or say otherwise; some stand
-- only in lists that do not ask; some have a page that does not say. A blank box is no refusal. Shares are of those that were
-- asked or say it.
SELECT f.about, d.question, v.label AS answer, s.services AS yes, s.not_ticked, s.not_asked, s.not_stated, s.share, s.share_low, s.share_high
FROM supply s
JOIN dimension_label d USING (dimension) JOIN focus_label f USING (focus) JOIN value_label v USING (dimension, value)
WHERE s.area_kind = 'state' AND s.level_of_care = 'iop'
    AND (s.services > 0 OR s.dimension IN ('age_group', 'payer', 'time_of_day', 'delivery'))
ORDER BY f.about DESC, d.place, s.services DESC NULLS LAST, v.label;
