"""Words and codes as tables that people edit, and how they are read. What the words do to a text belongs elsewhere."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path


@cache
def rows(file: str) -> tuple[dict[str, str], ...]:
    """The rows of a table of this folder."""
    with (Path(__file__).parent / file).open(encoding="utf-8", newline="") as table:
        return tuple(csv.DictReader(table))


def cells(text: str | None) -> list[str]:
    """The entries of a cell that holds several, ";" between."""
    return [entry for part in (text or "").split(";") if (entry := part.strip())]


@cache
def by_kind(file: str) -> dict[str, dict[str, str]]:
    """A table of columns kind, word, canonical: for each kind, the words and what they become."""
    tables: dict[str, dict[str, str]] = {}
    for row in rows(file):
        tables.setdefault(row["kind"], {})[row["word"]] = row["canonical"]
    return tables
