SELECT service_id, organization_name, service_name, city, county, min_age, max_age, populations,
    min_age IS NOT NULL OR max_age IS NOT NULL AS ages_stated, delivery, phone_display, alert
FROM (
    SELECT * FROM directory WHERE level_of_care = 'iop' AND state = :state
    UNION
    SELECT d.* FROM item i JOIN directory d ON d.service_id = i.service_id
    WHERE i.field = 'virtual_states' AND i.code = :state AND level_of_care = 'iop') d
WHERE CASE WHEN min_age IS NULL AND max_age IS NULL
    THEN EXISTS (SELECT 1 FROM item i WHERE i.service_id = d.service_id AND field = 'populations' AND code = 'adolescents')
    ELSE :age BETWEEN coalesce(min_age, 0) AND coalesce(max_age, 150) END
ORDER BY ages_stated DESC, county NULLS LAST, organization_name, service_id LIMIT 50;
