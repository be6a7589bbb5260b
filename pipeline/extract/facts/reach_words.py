"""The words of `pipeline/vocabulary/reach_cues.toml`, compiled."""

from __future__ import annotations

import re

from pipeline.extract.facts.cue_tables import alternatives, whole_words
from pipeline.vocabulary.tables import settings

_FILE = "reach_cues.toml"


def words(table: str, name: str) -> str:
    """The alternatives of a list, for a pattern."""
    return alternatives(_FILE, table, name)


def pattern(table: str, name: str) -> re.Pattern[str]:
    """Any entry of a list, as whole words of folded text."""
    return whole_words(_FILE, table, name)


def names(table: str) -> tuple[str, ...]:
    """The lists of a table, in order."""
    return tuple(settings(_FILE)[table])
