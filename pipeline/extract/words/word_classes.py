"""Words by what they tell of the mention beside them (`word_classes.toml`): who speaks, what is done, of whom."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

CLASSES = Path(__file__).with_name("word_classes.toml")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


class Classed(NamedTuple):
    """A word of a known class at [start, …)."""

    start: int
    name: str


@cache
def _table() -> tuple[dict[str, str], dict[str, str]]:
    """(whole word → class, beginning of a word → class)."""
    whole: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    for name, words in tomllib.loads(CLASSES.read_text(encoding="utf-8")).items():
        for word in words.split():
            if word.endswith("*"):
                beginnings.setdefault(word[:-1], name)
            else:
                whole.setdefault(word, name)
    return whole, beginnings


@lru_cache(maxsize=50_000)
def class_of(word: str) -> str | None:
    """The class of a folded word: its own before that of its longest beginning."""
    whole, beginnings = _table()
    if word in whole:
        return whole[word]
    return next((beginnings[word[:n]] for n in range(len(word), 2, -1) if word[:n] in beginnings), None)


class ClassedWords:
    """The words of a text that have a class, in order."""

    def __init__(self, folded: str) -> None:
        self._words = [Classed(m.start(), name) for m in _WORD.finditer(folded) if (name := class_of(m[0]))]
        self._starts = [word.start for word in self._words]

    def within(self, start: int, end: int) -> list[str]:
        """The classes of the words that begin within [start, end), in order."""
        return [
            w.name for w in self._words[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
        ]
