"""Words by what they tell of the mention beside them (`word_classes.toml`): who speaks, what is done, of whom."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from functools import cache
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


class _Known(dict[str, str | None]):
    """Word → its class, looked up once."""

    def __missing__(self, word: str) -> str | None:
        found = class_of(word)
        if len(self) < MOST_KNOWN:
            self[word] = found
        return found


MOST_KNOWN = 50_000  # words; more than the pages of a run have that are often met
_known = _Known()


def class_of(word: str) -> str | None:
    """The class of a folded word: its own before that of its longest beginning."""
    whole, beginnings = _table()
    if word in whole:
        return whole[word]
    return next((beginnings[word[:n]] for n in range(len(word), 2, -1) if word[:n] in beginnings), None)


class ClassedWords:
    """The words of a text that have a class, in order."""

    def __init__(self, folded: str) -> None:
        words = [Classed(m.start(), name) for m in _WORD.finditer(folded) if (name := _known[m[0]])]
        self._starts = [word.start for word in words]
        self._names = [word.name for word in words]

    def within(self, start: int, end: int) -> list[str]:
        """The classes of the words that begin within [start, end), in order."""
        return self._names[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
