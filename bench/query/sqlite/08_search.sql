-- Words as they are typed: SQLite has no edit distance, and would not find a slip.
SELECT service_id, organization_name, location_name, service_name, city, state, phone_display, alert
FROM words JOIN directory ON directory.rowid = words.rowid
WHERE words MATCH :match
ORDER BY instr(lower(organization_name), :first) > 0 AND instr(lower(organization_name), :last) > 0 DESC,
    organization_name, service_id LIMIT 50;
