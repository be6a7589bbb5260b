-- The same data as SQLite would have it: lists in a table of their own, an index for every question.
CREATE INDEX by_place ON directory (level_of_care, state, county);
CREATE INDEX by_point ON directory (level_of_care, latitude, longitude);
CREATE INDEX by_service ON directory (service_id);
CREATE INDEX by_organization ON directory (organization_id);
CREATE INDEX by_virtual ON directory (level_of_care, virtual, state);
CREATE INDEX by_item ON item (service_id, field, code);
CREATE INDEX by_code ON item (field, code, service_id);
CREATE INDEX by_claim ON claim (entity_id, field);
CREATE INDEX by_change ON changes (entity_id, changed_at);
CREATE INDEX by_change_time ON changes (changed_at);
CREATE INDEX by_ledger ON ledger (entity_id);
CREATE VIRTUAL TABLE words USING fts5(text, tokenize = 'trigram', content = '');
INSERT INTO words (rowid, text)
SELECT rowid, lower(concat) FROM (
    SELECT rowid, coalesce(organization_name, '') || ' ' || coalesce(location_name, '') || ' ' || coalesce(service_name, '')
        || ' ' || coalesce(city, '') AS concat FROM directory WHERE level_of_care = 'iop');
ANALYZE;
