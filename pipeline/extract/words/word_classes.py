"""Words by what they tell of the mention beside them (`word_classes.toml`): who speaks, what is done, of whom."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from functools import cache
from itertools import accumulate, compress, islice
from pathlib import Path

CLASSES = Path(__file__).with_name("word_classes.toml")
_WORD = re.compile(r"([^\W\d_]+(?:'[^\W\d_]+)?)")
_ASCII_WORD = re.compile(r"([a-z]+(?:'[a-z]+)?)")  # the same in ASCII text, where it is quicker


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
    """The words of a text that have a class, in order. A line is read when its words are first asked for: nobody asks for
    those of most."""

    def __init__(self, folded: str) -> None:
        self._folded = folded
        self._lines: dict[
            int, tuple[list[int], list[str]]
        ] = {}  # start → starts of its words, and their classes

    def within(self, start: int, end: int) -> list[str]:
        """The classes of the words that begin within [start, end), in order."""
        found: list[str] = []
        end = min(end, len(self._folded))
        at = self._folded.rfind("\n", 0, start) + 1
        while at < end:
            stop = self._folded.find("\n", at) + 1 or len(self._folded)
            starts, names = self._lines.get(at) or self._read(at, stop)
            found += names[bisect_left(starts, start) : bisect_left(starts, end)]
            at = stop
        return found

    def _read(self, start: int, end: int) -> tuple[list[int], list[str]]:
        line = self._folded[start:end]
        pattern = _ASCII_WORD if line.isascii() else _WORD
        parts = pattern.split(line)  # what is between, a word, what is between, …
        starts = islice(accumulate(map(len, parts), initial=start), 1, None, 2)
        names = list(map(_known.__getitem__, parts[1::2]))
        read = self._lines[start] = list(compress(starts, names)), list(filter(None, names))
        return read
