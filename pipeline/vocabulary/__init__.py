"""The word lists and numbers of the field, one file each, read once. Rules on words do not belong here."""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@cache
def rows(file: str) -> tuple[dict[str, str], ...]:
    """The rows of `pipeline/vocabulary/<file>`."""
    with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


@cache
def tables(file: str) -> dict[str, Any]:
    """The tables of `pipeline/vocabulary/<file>` (TOML)."""
    return tomllib.loads((FOLDER / file).read_text(encoding="utf-8"))


def cells(text: str) -> list[str]:
    """The entries of a cell, ";" between."""
    return [entry.strip() for entry in text.split(";") if entry.strip()]
