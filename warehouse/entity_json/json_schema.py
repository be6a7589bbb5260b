"""JSON of a release as JSON Schema (2020-12). Codes of a vocabulary are those of the release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from warehouse.entity_json.shapes import Shape

Vocabularies = Mapping[str, Sequence[str]]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCALARS: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "moment": {
        "type": "string",
        "format": "date-time",
        "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$",
    },
}


def json_schema(shape: Shape, name: str, version: str, vocabularies: Vocabularies) -> dict[str, Any]:
    """The schema of one kind of object. `version`: of the contract, part of its `$id`."""
    used: set[str] = set()
    body = _schema(shape, used)
    known = {code: {"enum": list(vocabularies[code])} for code in sorted(used)}
    head = {"$schema": DIALECT, "$id": f"urn:x-iop:schema:{version}:{name}", "title": shape.name}
    return head | body | ({"$defs": known} if known else {})


def _schema(shape: Shape, used: set[str]) -> dict[str, Any]:
    if shape.kind == "list" and shape.item:
        body: dict[str, Any] = {"type": "array", "items": _schema(shape.item, used)}
    elif shape.kind == "object":
        body = _object(shape, used)
    else:
        body = dict(SCALARS[shape.kind])
    if isinstance(shape.codes, str):
        used.add(shape.codes)
        body = {"$ref": f"#/$defs/{shape.codes}"}
    elif shape.codes:
        body = {"enum": list(shape.codes)}
    if shape.nullable:
        body = (
            body | {"type": [body["type"], "null"]} if "type" in body else {"anyOf": [body, {"type": "null"}]}
        )
    return ({"description": shape.meaning} if shape.meaning else {}) | body


def _object(shape: Shape, used: set[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _schema(field, used) for name, field in shape.fields.items()},
        "required": [name for name, field in shape.fields.items() if not field.optional],
        "additionalProperties": False,
    }
