-- How far people live from the nearest known program
-- Straight lines from where people live to the nearest known place. Roads are longer, and lines cross water. “Two operators”
-- counts people who can choose between two or more within 25 km. “Shared supply” is places in reach per 100,000 people, shared
-- with everybody else in reach of them, nearer ones counting more.
SELECT label AS looked_for, CASE people_kind WHEN 'under_18' THEN 'Under 18' ELSE 'Everybody' END AS of_whom, people::BIGINT AS people, sites,
    median_km, p90_km, within_10_km / nullif(people, 0) AS share_10_km, within_25_km / nullif(people, 0) AS share_25_km,
    within_50_km / nullif(people, 0) AS share_50_km, choice / nullif(people, 0) AS share_choice, accessibility
FROM reach WHERE area_kind = 'state' AND NOT is_same ORDER BY place;
