"""What a name is, as SQL functions of a build: `person_kind`, `public_name`."""

from __future__ import annotations

import duckdb
from duckdb.sqltypes import VARCHAR

from warehouse.people.names import told


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Give a build `person_kind(name)`, one of `names.Kind` or "", and `public_name(name)`, "" where nothing of it is."""
    connection.create_function("person_kind", _kind, [VARCHAR], VARCHAR)
    connection.create_function("public_name", _public, [VARCHAR], VARCHAR)


def _kind(name: str) -> str:
    return told(name).kind or ""


def _public(name: str) -> str:
    return told(name).public
