"""The words of `pipeline/vocabulary/reach_cues.toml`, compiled: lists written out into one pattern each."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pipeline.vocabulary.tables import settings

_WHOLE = ("who", "program", "few")  # lists that others are built of


@cache
def words(table: str, name: str) -> str:
    """The alternatives of a list, for a pattern."""
    cues: dict[str, Any] = settings("reach_cues.toml")
    joined = "|".join(cues[table][name])
    for whole in _WHOLE:
        joined = joined.replace("{" + whole + "}", f"(?:{'|'.join(cues[whole])})")
    return joined


@cache
def pattern(table: str, name: str) -> re.Pattern[str]:
    """Any entry of a list, as whole words of folded text."""
    return re.compile(rf"\b(?:{words(table, name)})(?!(?<=\w)\w)")


@cache
def names(table: str) -> tuple[str, ...]:
    """The lists of a table, in order."""
    return tuple(settings("reach_cues.toml")[table])
