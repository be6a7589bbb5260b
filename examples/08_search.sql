-- Programs by words that someone types, all of them in any order: operator, place, program, town, what is treated, who pays.
-- Case, accents and a slip of the keys do not matter; names that an operator also goes by are found too, and words in Spanish.
SET VARIABLE words = 'crossroads recovry';

SELECT service_id, organization_name, location_name, service_name, city, state, phone_display, alert, score
FROM search(getvariable('words'), n := 50, level := 'iop');
