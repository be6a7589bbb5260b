-- The same data as SQLite would have it: lists in a table of their own, an index for every question.
CREATE INDEX by_place ON directory (level_of_care, state, county);
CREATE INDEX by_point ON directory (level_of_care, latitude, longitude);
CREATE INDEX by_service ON directory (service_id);
CREATE INDEX by_organization ON directory (organization_id);
CREATE INDEX by_virtual ON directory (level_of_care, virtual, coalesce(state, provider_state));
CREATE INDEX by_intake ON directory (level_of_care, accepting, coalesce(state, provider_state));
CREATE INDEX by_item ON item (service_id, field, code);
CREATE INDEX by_code ON item (field, code, service_id);
CREATE INDEX by_ancestor ON payer_ancestor (code, ancestor);
CREATE INDEX by_change ON changes (entity_id, changed_at);
CREATE INDEX by_change_time ON changes (changed_at);
CREATE INDEX by_first_seen ON service (service_id, first_seen);
CREATE INDEX by_ledger ON ledger (entity_id);
CREATE VIRTUAL TABLE words USING fts5(text, tokenize = 'trigram', content = '');
INSERT INTO words (rowid, text)
SELECT rowid, lower(coalesce(organization_name, '') || ' ' || coalesce(operator_name, '') || ' '
    || coalesce(operator_alternate_names, '') || ' ' || coalesce(location_name, '') || ' ' || coalesce(service_name, '') || ' '
    || coalesce(city, ''))
FROM directory WHERE level_of_care = 'iop';
ANALYZE;
