"""Contracts as documents: the data dictionary (Markdown) and `datapackage.json` (Frictionless Data Package 1).

`python -m warehouse.dictionary` writes `docs/data-dictionary.md`; a test fails where the file and its source differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from warehouse.contracts import Column, Contract, contract_version, release_tables, stage_tables
from warehouse.ddl import foreign_keys, sentence
from warehouse.types import Type

FILE = Path(__file__).resolve().parent.parent / "docs" / "data-dictionary.md"
LAYERS = {
    "mart": "Marts",
    "core": "Core tables",
    "stage": "Stage tables (Parquet, passed between the steps of a run; not part of a release)",
}
FRICTIONLESS = {
    "text": "string",
    "integer": "integer",
    "bigint": "integer",
    "double": "number",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "datetime",
    "list": "array",
    "struct": "object",
}


def data_dictionary() -> str:
    """The whole dictionary as Markdown."""
    tables = release_tables()
    parts = [
        "# Data dictionary",
        "",
        f"Contract version {contract_version()}. Written by `python -m warehouse.dictionary` from `warehouse/contracts/`; "
        "do not edit. The same texts are comments in every release (`FROM duckdb_columns()`) and rows of "
        "`contract_column`.",
        "",
        "**Null is *not stated*, never *no*.** Times are UTC. HSDS is Open Referral HSDS 3; FHIR is Da Vinci PDEX "
        "Plan-Net (R4).",
    ]
    copies = [contract for contract in tables.values() if contract.table in stage_tables()]
    for layer, title in LAYERS.items():
        contracts = stage_tables() if layer == "stage" else tables
        shown = [c for c in contracts.values() if c.layer == layer]
        parts += ["", f"## {title}", ""]
        if layer == "stage":
            names = ", ".join(f"`{c.table}`" for c in copies)
            parts += [f"A release holds them too, under the same names and as described above: {names}.", ""]
            continue
        parts += ["| table | rows |", "| --- | --- |"]
        parts += [f"| [{c.table}](#{c.table}) | {c.row} |" for c in shown]
        for contract in shown:
            parts += ["", *_table(contract)]
    return "\n".join(parts) + "\n"


def _table(contract: Contract) -> list[str]:
    lines = [f"### {contract.table}", "", f"{contract.meaning} {sentence(contract.row)}."]
    facts = [("Key", ", ".join(contract.key)), ("HSDS", contract.hsds), ("FHIR", contract.fhir)]
    stated = [f"{name}: `{value}`" for name, value in facts if value]
    if contract.sort:
        stated.append(f"Sorted by `{', '.join(contract.sort)}`")
    if stated:
        lines += ["", ". ".join(stated) + "."]
    lines += [f"\n> {warning}" for warning in contract.warnings]
    lines += ["", "| column | type | meaning | null means |", "| --- | --- | --- | --- |"]
    lines += [_row(column) for column in contract.columns]
    if contract.checks:
        lines += ["", "| check | severity | must be so |", "| --- | --- | --- |"]
        lines += [f"| {check.name} | {check.severity} | {check.meaning} |" for check in contract.checks]
    return lines


def _row(column: Column) -> str:
    parts = [column.meaning]
    if column.unit:
        parts.append(f"Unit: {column.unit}")
    if isinstance(column.enum, tuple):
        parts.append(" · ".join(f"`{value}`" for value in column.enum))
    elif column.enum:
        parts.append(f"Vocabulary: {column.enum}")
    if column.references:
        parts.append(f"→ `{column.references}`")
    if column.warning:
        parts.append(f"**{column.warning}**")
    maps = [f"{name} `{value}`" for name, value in (("HSDS", column.hsds), ("FHIR", column.fhir)) if value]
    if maps:
        parts.append(", ".join(maps))
    text = ". ".join(part.rstrip(".") for part in parts).replace("|", "\\|")
    kind = str(column.type).replace("|", "\\|")
    return f"| {column.name} | {kind} | {text} | {column.null or 'never null'} |"


def datapackage(
    tables: Mapping[str, Contract], paths: Mapping[str, str], *, name: str = "iop-directory", **more: Any
) -> dict[str, Any]:
    """A Frictionless Data Package descriptor of exported files: `paths` gives the file of each table to describe."""
    resources = [
        {
            "name": table.replace("_", "-"),
            "path": path,
            "title": table,
            "description": " ".join((tables[table].meaning, *tables[table].warnings)),
            "schema": table_schema(tables[table], set(paths)),
        }
        for table, path in paths.items()
    ]
    return {
        "name": name,
        "profile": "data-package",
        "version": contract_version(),
        **more,
        "resources": resources,
    }


def table_schema(contract: Contract, present: set[str]) -> dict[str, Any]:
    """A Frictionless Table Schema; foreign keys only to tables that are `present` in the package."""
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in contract.columns],
        "missingValues": [""],
    }
    if contract.key and all(contract.column(key).required for key in contract.key):
        schema["primaryKey"] = list(contract.key)
    keys = [
        {"fields": [column], "reference": {"resource": table.replace("_", "-"), "fields": [key]}}
        for column, table, key in foreign_keys(contract)
        if table in present
    ]
    return schema | ({"foreignKeys": keys} if keys else {})


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if column.required else {}
    if isinstance(column.enum, tuple) and column.type.kind == "text":
        constraints["enum"] = list(column.enum)
    field: dict[str, Any] = {
        "name": column.name,
        "type": _frictionless(column.type),
        "description": column.meaning + (f". Null: {column.null}" if column.null else ""),
    }
    if column.type.kind == "timestamp":
        field["format"] = "any"
    return (
        field
        | ({"constraints": constraints} if constraints else {})
        | ({"unit": column.unit} if column.unit else {})
    )


def _frictionless(kind: Type) -> str:
    return FRICTIONLESS[kind.kind]


if __name__ == "__main__":
    FILE.write_text(data_dictionary(), encoding="utf-8")
