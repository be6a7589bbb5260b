"""The files of this folder, each read once."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@cache
def rows(file: str) -> tuple[dict[str, str], ...]:
    """The rows of `pipeline/vocabulary/<file>`."""
    with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


@cache
def settings(file: str) -> dict[str, Any]:
    """The tables of `pipeline/vocabulary/<file>` (TOML)."""
    return tomllib.loads((FOLDER / file).read_text(encoding="utf-8"))


def cells(text: str | None) -> list[str]:
    """The entries of a cell that holds several, ";" between."""
    return [entry for part in (text or "").split(";") if (entry := part.strip())]


def written_out(phrase: str) -> Iterator[str]:
    """ "(may|might) offer" → "may offer", "might offer"; an alternative may be empty."""
    parts = (part.split("|") for part in re.split(r"[()]", phrase))
    return (" ".join("".join(chosen).split()) for chosen in product(*parts))


def phrases(text: str | None) -> list[str]:
    """The entries of a cell of words, each written out, each once."""
    return list(dict.fromkeys(words for entry in cells(text) for words in written_out(entry)))


@cache
def parents(file: str) -> dict[str, str]:
    """Code → the broader code that it is a kind of."""
    return {row["code"]: row["parent"] for row in rows(file) if row["parent"]}


@cache
def by_kind(file: str) -> dict[str, dict[str, str]]:
    """A table of columns kind, word, canonical: for each kind, the words and what they become."""
    found: dict[str, dict[str, str]] = {}
    for row in rows(file):
        found.setdefault(row["kind"], {})[row["word"]] = row["canonical"]
    return found
