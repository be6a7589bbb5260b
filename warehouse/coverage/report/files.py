"""The report as files: each table as CSV and as JSON with its schema, a descriptor of all of them, and the whole as JSON.

CSV is RFC 4180 as the exports write it; schemas are Frictionless Table Schema 1, so that a notebook or R reads numbers as numbers.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from warehouse.coverage.report.checked import ReportError, check, tables_of
from warehouse.coverage.report.document import (
    Choropleth,
    Column,
    Figure,
    Kind,
    PointMap,
    Report,
    Table,
    Value,
)
from warehouse.coverage.report.written import unit
from warehouse.exports.csv import cell

FORMAT, VERSION = "iop-coverage-report", 1
_ITEMS = {"figure": Figure, "table": Table, "choropleth": Choropleth, "point_map": PointMap}
_TYPES = {
    Kind.COUNT: "integer",
    Kind.PEOPLE: "integer",
    Kind.FLAG: "boolean",
    Kind.DATE: "date",
    Kind.TEXT: "string",
}


def write_files(report: Report, to: Path) -> Sequence[Path]:
    """`tables/<id>.csv`, `tables/<id>.json`, `datapackage.json` and `report.json` under `to`. ReportError as in `check`."""
    check(report)
    (to / "tables").mkdir(parents=True, exist_ok=True)
    contents = {"report.json": report_json(report), "datapackage.json": _dumped(descriptor(report))}
    for name, table in tables_of(report).items():
        contents[f"tables/{name}.csv"] = table_csv(table)
        contents[f"tables/{name}.json"] = _dumped(table_json(table))
    for path, content in contents.items():
        (to / path).write_text(content, encoding="utf-8", newline="")
    return [to / path for path in contents]


def table_csv(table: Table) -> str:
    """All columns of a table, with a header; null is an empty cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([column.name for column in table.columns])
    writer.writerows([cell(value) for value in row] for row in table.rows)
    return out.getvalue()


def table_json(table: Table) -> dict[str, Any]:
    """A table as a Tabular Data Resource with its rows in it (`data`: one object a row)."""
    names = [column.name for column in table.columns]
    rows = [dict(zip(names, row, strict=True)) for row in table.rows]
    return {**_resource(table), "data": rows}


def descriptor(report: Report) -> dict[str, Any]:
    """A Data Package of the CSV files."""
    return {
        "profile": "tabular-data-package",
        "name": f"coverage-{(report.state or 'all').lower()}",
        "title": report.title,
        "description": report.summary,
        "version": str(report.release),
        "created": report.built_at.isoformat() + "Z",
        "resources": [
            {**_resource(table), "path": f"tables/{name}.csv"} for name, table in tables_of(report).items()
        ],
    }


def report_json(report: Report) -> str:
    """The whole report; `read_report` is the inverse."""
    return _dumped({"format": FORMAT, "version": VERSION, **_plain(report)})


def read_report(text: str) -> Report:
    """The report of `report_json`. ReportError for another format or a version that this program does not know."""
    from pydantic import TypeAdapter, ValidationError  # slow to load, and nothing else here needs it

    try:
        found = json.loads(text)
        if (found.pop("format"), found.pop("version")) != (FORMAT, VERSION):
            raise ReportError(f"not a report of format {FORMAT}, version {VERSION}")
        for section in found["sections"]:
            section["items"] = [
                TypeAdapter(_ITEMS[item.pop("item")]).validate_python(item) for item in section["items"]
            ]
        report = TypeAdapter(Report).validate_python(found)
    except (json.JSONDecodeError, AttributeError, KeyError, TypeError, ValidationError) as error:
        raise ReportError(f"not a coverage report: {str(error).splitlines()[0]}") from error
    check(report)
    return report


def _plain(value: Any) -> Any:
    """Dataclasses as objects, an item of a section with the name of its kind."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kind = next(({"item": name} for name, cls in _ITEMS.items() if type(value) is cls), {})
        return kind | {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _resource(table: Table) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": table.id,
        "title": table.title,
        "description": table.text,
        "schema": {
            "fields": [
                _field(column, [row[n] for row in table.rows]) for n, column in enumerate(table.columns)
            ],
            "missingValues": [""],
        },
    }


def _field(column: Column, values: Sequence[Value]) -> dict[str, Any]:
    whole = all(value is None or isinstance(value, int) for value in values)
    kind = _TYPES.get(column.kind, "number")
    field = {
        "name": column.name,
        "type": "number" if kind == "integer" and not whole else kind,
        "title": column.label,
        "description": column.meaning,
        "kind": column.kind.value,
    }
    return field | ({"unit": unit(column)} if unit(column) else {})


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"
