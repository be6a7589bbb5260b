-- Everything that one operator runs, by its id, also by an id that was merged into another since.
-- Ids last: keep `organization_id`, `location_id` and `service_id`, and look them up in `ledger` when they are gone.
-- Here the operator of most places stands for the id that an app keeps.
SET VARIABLE organization = (SELECT arg_max(organization_id, {places: location_count, id: organization_id}) FROM organization);

SELECT organization_id, operator_name, organization_name, location_id, location_name, service_id, service_name, level_of_care,
    delivery, city, state, phone_display, alert
FROM directory
WHERE organization_id = coalesce(
    (SELECT redirect_to FROM ledger WHERE entity_id = getvariable('organization')), getvariable('organization'))
ORDER BY state, city, location_id, level_of_care, service_id LIMIT 500;
