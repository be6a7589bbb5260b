"""The descriptor of a CSV file (Frictionless Table Schema): types, meanings and codes of its columns, so that ZIP codes stay text."""

from __future__ import annotations

import json
from typing import Any

from warehouse.contracts import Column, release_tables
from warehouse.exports.attribution import licence
from warehouse.exports.release_file import OpenRelease

SUFFIX = "datapackage.json"
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
    package: dict[str, Any] = {
        "name": "iop-directory",
        "title": "The open directory of intensive outpatient programs",
        "profile": "tabular-data-package",
        "version": str(source.release),
        "created": source.moment,
        **licences(source),
        "resources": [
            {
                "name": "directory",
                "path": name,
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {
                    "fields": [_field(column) for column in release_tables()["directory"].columns],
                    "missingValues": [""],
                },
            }
        ],
    }
    if source.chosen:
        package["only"] = source.chosen.as_facts()
    return json.dumps(package, indent=1, ensure_ascii=False) + "\n"


def licences(source: OpenRelease) -> dict[str, Any]:
    """The licence of a data package, and the line to print; nothing of a release that does not say."""
    found = licence(source)
    return {"licenses": [{"name": found.name, "path": found.url}], "attribution": found.line} if found else {}


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
