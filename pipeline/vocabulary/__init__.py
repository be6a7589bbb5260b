"""The word lists of the field, one CSV file each: what stands in them, read once. Rules on words do not belong here."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def rows(file: str) -> tuple[dict[str, str], ...]:
    """The rows of `pipeline/vocabulary/<file>`."""
    with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def cells(text: str) -> list[str]:
    """The entries of a cell, ";" between."""
    return [entry.strip() for entry in text.split(";") if entry.strip()]
