"""Puts into a release how it is read as JSON: the macros, and the schemas and types in the table `schema_file`."""

from __future__ import annotations

import json
from collections.abc import Mapping

import duckdb

from warehouse.contracts import Contract, contract_version, release_tables
from warehouse.entity_json.json_schema import Vocabularies, json_schema
from warehouse.entity_json.layout import change, directory_row, program
from warehouse.entity_json.macro import macros
from warehouse.entity_json.typescript import typescript
from warehouse.sql import insert_rows, quoted

OBJECTS = {"directory": directory_row, "program": program, "change": change}
TYPES = "iop.ts"
JSON_SCHEMA, TYPESCRIPT = "application/schema+json", "text/typescript"


def fill_schemas(connection: duckdb.DuckDBPyConnection) -> None:
    """`entity_struct`, `entity_json` and `schema_file` of the release that is the current database, whose vocabularies are filled."""
    connection.execute(macros())
    rows = [(file, kind, text) for file, (kind, text) in schemas(codes_of(connection)).items()]
    connection.execute(insert_rows("schema_file", rows))


def schemas(vocabularies: Vocabularies) -> Mapping[str, tuple[str, str]]:
    """File name → media type and content: a JSON Schema for each kind of object, and TypeScript for all of them."""
    version, shapes = contract_version(), {name: shape() for name, shape in OBJECTS.items()}
    written = {
        f"{name}.schema.json": (JSON_SCHEMA, _text(json_schema(shape, name, version, vocabularies)))
        for name, shape in shapes.items()
    }
    return written | {TYPES: (TYPESCRIPT, typescript(shapes.values(), version, vocabularies))}


def codes_of(connection: duckdb.DuckDBPyConnection) -> Vocabularies:
    """The codes of each vocabulary of a release."""
    return {c.vocabulary: _codes(connection, c) for c in release_tables().values() if c.vocabulary}


def _codes(connection: duckdb.DuckDBPyConnection, contract: Contract) -> list[str]:
    (key,) = contract.key
    rows = connection.execute(f"SELECT {quoted(key)} FROM {quoted(contract.table)} ORDER BY ALL").fetchall()
    return [str(code) for (code,) in rows]


def _text(schema: Mapping[str, object]) -> str:
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
