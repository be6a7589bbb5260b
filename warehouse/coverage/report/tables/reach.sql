-- How far people live from the nearest known program
-- Straight lines from where people live to the nearest known place, whichever state it is in. Roads are longer. “Two
-- operators” counts people who can choose between two or more within 25 km. Accessibility shares the places in reach with
-- everybody else in reach of them (E2SFCA): places per 100,000 people, nearer ones counting more.
SELECT label AS looked_for, CASE people_kind WHEN 'under_18' THEN 'Under 18' ELSE 'Everybody' END AS of_whom, people::BIGINT AS people, sites,
    median_km, p90_km, within_10_km / nullif(people, 0) AS share_10_km, within_25_km / nullif(people, 0) AS share_25_km,
    within_50_km / nullif(people, 0) AS share_50_km, choice / nullif(people, 0) AS share_choice, accessibility
FROM reach WHERE area_kind = 'state' ORDER BY place;
