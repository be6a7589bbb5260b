SELECT service_id, organization_name, service_name, city, county, languages, phone_display, website, alert
FROM directory d
WHERE rowid IN (
        SELECT rowid FROM directory WHERE level_of_care = 'iop' AND state = :state
        UNION SELECT s.rowid FROM item i JOIN directory s ON s.service_id = i.service_id
        WHERE i.field = 'virtual_states' AND i.code = :state AND s.level_of_care = 'iop')
    AND EXISTS (SELECT 1 FROM item i WHERE i.service_id = d.service_id AND field = 'languages' AND code = :language)
ORDER BY county NULLS LAST, city NULLS LAST, organization_name, service_id LIMIT 50;
