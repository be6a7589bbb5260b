-- A program's page: everything known of it as one nested row, by its id, also by one that an older release had.
-- `service_id` is today's id: keep it in place of the old one. Where it is null, nothing of the program is in this release;
-- `became` says what each release made of the id. `entity_json` gives the same as text, where DuckDB has its json extension.
SET VARIABLE id = (SELECT min(service_id) FROM directory);
SET VARIABLE language = 'en';

SELECT getvariable('id') AS asked_for, s.program.service_id, s.program,
    (SELECT list({why: b.why, new_id: b.new_id, release: b.release} ORDER BY b.release, b.new_id)
        FROM id_bridge b WHERE b.old_id = getvariable('id')) AS became
FROM (SELECT entity_struct(getvariable('id'), language := getvariable('language')) AS program) s;
