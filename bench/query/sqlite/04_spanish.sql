SELECT service_id, organization_name, service_name, city, county, languages, phone_display, website, alert
FROM directory d
WHERE level_of_care = 'iop' AND state = :state
    AND EXISTS (SELECT 1 FROM item i WHERE i.service_id = d.service_id AND field = 'languages' AND code = :language)
ORDER BY county, city, organization_name, service_id LIMIT 50;
