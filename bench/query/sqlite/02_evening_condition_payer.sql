SELECT service_id, organization_name, service_name, city, schedule_text, conditions, payers, payers_scope, phone_display
FROM directory d
WHERE level_of_care = 'iop' AND state = :state AND county = :county AND has_evening
    AND EXISTS (SELECT 1 FROM item i WHERE i.service_id = d.service_id AND field = 'conditions_all' AND code = :condition)
    AND EXISTS (SELECT 1 FROM item i WHERE i.service_id = d.service_id AND field = 'payers' AND code = :payer)
ORDER BY last_verified DESC, service_id LIMIT 50;
