"""The example queries as any client sends them, and what Python gets for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
QUERIES = {path.name: path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.glob("[0-9]*.sql"))}


def in_python(release: Path) -> dict[str, list[dict[str, Any]]]:
    """Rows of each query, with what is the same in all clients: text, truth and nothing."""
    found = {}
    for name, sql in QUERIES.items():
        with duckdb.connect() as connection:
            connection.execute(f"ATTACH '{release}' AS iop (READ_ONLY)")
            connection.execute("USE iop")
            cursor = connection.execute(sql)
            columns = [column[0] for column in cursor.description or ()]
            found[name] = [
                {
                    column: value
                    for column, value in zip(columns, row, strict=True)
                    if isinstance(value, str | bool | None)
                }
                for row in cursor.fetchall()
            ]
    return found


def same_columns(rows: list[dict[str, Any]], expected: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of a client's rows what Python's have."""
    return [{column: row[column] for column in like} for row, like in zip(rows, expected, strict=True)]
