"""The descriptor of a CSV file (Frictionless Table Schema): types, meanings and codes of its columns, so that ZIP codes stay text."""

from __future__ import annotations

import json
from typing import Any

from warehouse.contracts import Column, release_tables
from warehouse.exports.attribution import licence
from warehouse.exports.release_file import OpenRelease

SUFFIX = "datapackage.json"
TITLE = "The open directory of intensive outpatient programs"
CSV = {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "profile": "tabular-data-resource"}
TYPES = {
    "text": "string",
    "boolean": "boolean",
    "integer": "integer",
    "bigint": "integer",
    "double": "number",
    "date": "date",
    "timestamp": "datetime",
}


def describe_csv(source: OpenRelease, name: str) -> str:
    """A data package with one resource: the file of this name, which stands beside it."""
    fields = [_field(column) for column in release_tables()["directory"].columns]
    directory = {
        "name": "directory",
        "path": name,
        **CSV,
        "schema": {"fields": fields, "missingValues": [""]},
    }
    only = {"only": source.chosen.as_facts()} if source.chosen else {}
    return package(source, TITLE, resources=[directory], **only)


def package(source: OpenRelease, title: str, **more: Any) -> str:
    """A data package, with its licence and the line to print where the release says them."""
    found = licence(source)
    facts = {
        "name": "iop-directory",
        "title": title,
        "profile": "tabular-data-package",
        "version": str(source.release),
        "created": source.moment,
    }
    terms = (
        {"licenses": [{"name": found.name, "path": found.url}], "attribution": found.line} if found else {}
    )
    return json.dumps(facts | terms | more, indent=1, ensure_ascii=False) + "\n"


def _field(column: Column) -> dict[str, Any]:
    is_array = column.type.kind == "list" and column.type.item.kind != "text"
    field: dict[str, Any] = {
        "name": column.name,
        "type": "array" if is_array else TYPES.get(column.type.kind, "string"),
        "description": column.meaning
        + ("; parted by `; `" if column.type.kind == "list" and not is_array else ""),
    }
    rules: dict[str, Any] = {"required": True} if column.required else {}
    if isinstance(column.enum, tuple) and column.type.kind == "text":
        rules["enum"] = list(column.enum)
    return field | ({"constraints": rules} if rules else {})
