"""What a release says as nested JSON: the macro `entity_json`, and the schemas and types of it, made of the contracts."""
