"""What a release says, without when anything was seen first: what two runs from nothing have in common."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb

from warehouse.content import _moves
from warehouse.sql import literal, quoted

MOMENTS = ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE")
OF_MOMENTS = {"row_hash"}  # of a row with its moments


def words_of(release: Path) -> dict[str, str]:
    """A hash for every table."""
    found: dict[str, str] = {}
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {literal(str(release))} AS release (READ_ONLY)")
        connection.execute("USE release")
        columns: dict[str, list[str]] = {}
        for table, column, kind in connection.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = 'release' ORDER BY ALL"
        ).fetchall():
            if kind not in MOMENTS and column not in OF_MOMENTS and not _moves(table, column):
                columns.setdefault(table, []).append(quoted(column))
        for table, names in columns.items():
            rows = connection.execute(
                f"SELECT {', '.join(names)} FROM {quoted(table)} ORDER BY ALL"
            ).fetchall()
            found[table] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return found
