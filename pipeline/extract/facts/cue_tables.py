"""Lists of words in `pipeline/vocabulary/*_cues.toml` as patterns: lists written out into one alternative each."""

from __future__ import annotations

import re
from functools import cache

from pipeline.vocabulary.tables import settings


@cache
def alternatives(file: str, table: str, name: str) -> str:
    """The alternatives of a list, for a pattern; `{who}` stands for the list of that name at the top of the file."""
    cues = settings(file)
    joined = "|".join(cues[table][name])
    for whole, entries in cues.items():
        if isinstance(entries, list):
            joined = joined.replace("{" + whole + "}", f"(?:{'|'.join(entries)})")
    return joined


@cache
def whole_words(file: str, table: str, name: str) -> re.Pattern[str]:
    """Any entry of a list, as whole words of folded text."""
    return re.compile(rf"\b(?:{alternatives(file, table, name)})(?!(?<=\w)\w)")
