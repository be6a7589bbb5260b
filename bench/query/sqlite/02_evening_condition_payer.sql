SELECT service_id, organization_name, service_name, city, schedule_text, conditions, payers, payers_scope,
    CASE WHEN payers_in_network IS NOT NULL THEN EXISTS (
        SELECT 1 FROM item i JOIN payer_ancestor a ON a.code = i.code
        WHERE i.service_id = d.service_id AND field = 'payers_in_network' AND ancestor = :payer) END AS in_network,
    phone_display, website, alert
FROM directory d
WHERE level_of_care = 'iop' AND state = :state AND county = :county AND has_evening
    AND EXISTS (SELECT 1 FROM item i WHERE i.service_id = d.service_id AND field = 'conditions_all' AND code = :condition)
    AND EXISTS (SELECT 1 FROM item i WHERE i.service_id = d.service_id AND field = 'payers_all' AND code = :payer)
ORDER BY in_network DESC, last_verified DESC, service_id LIMIT 50;
