"""The example queries as any client sends them, and what Python gets for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
QUERIES = {path.name: path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.glob("[0-9]*.sql"))}


def in_python(release: Path) -> dict[str, list[dict[str, Any]]]:
    """Rows of each query, with what is the same in all clients: text, truth and nothing."""
    found = {}
    for name, sql in QUERIES.items():
        with opened(release) as connection:
            found[name] = [
                {column: value for column, value in row.items() if isinstance(value, str | bool | None)}
                for row in rows_of(connection.execute(sql))
            ]
    return found


@contextmanager
def opened(release: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose current database is the release."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{release}' AS iop (READ_ONLY)")
        connection.execute("USE iop")
        yield connection


def rows_of(cursor: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Rows of an answer by column name."""
    columns = [column[0] for column in cursor.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def same_columns(rows: list[dict[str, Any]], expected: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of a client's rows what Python's have."""
    return [{column: row[column] for column in like} for row, like in zip(rows, expected, strict=True)]
