-- What became of the places, since the release before
-- “Opened” and “closed” are what sources say; a place that is listed but no longer ticks the level is “recoded”, not closed,
-- and one whose source could not be read is neither. Across a break in the series, where the questions changed, nothing is a trend.
SELECT coalesce(v.label, t.level_of_care) AS level, coalesce(f.about, 'Not stated') AS about, t.sites_before, t.stayed, t.moved, t.recoded_out, t.closed,
    t.unread, t.recoded_in, t.opened, t.newly_read, t.sites_now,
    CASE t.break WHEN 'question' THEN 'The questions changed' WHEN 'unknown' THEN 'It is not known what was asked' ELSE 'No' END AS break
FROM iop.coverage_trend t
LEFT JOIN focus_label f ON f.focus = coalesce(t.focus, 'not_stated')
LEFT JOIN iop.vocabulary_level_of_care v ON v.code = t.level_of_care
WHERE t.state = getvariable('state')
ORDER BY t.level_of_care IN ('iop', 'php') DESC, t.level_of_care, t.focus DESC NULLS LAST;
