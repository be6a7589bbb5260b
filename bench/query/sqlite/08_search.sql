SELECT service_id, organization_name, location_name, service_name, city, state, phone_display, alert
FROM words JOIN directory ON directory.rowid = words.rowid
WHERE words MATCH :match
ORDER BY instr(lower(organization_name), :first) > 0 DESC, organization_name, service_id LIMIT 50;
