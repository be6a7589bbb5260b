"""Loads `grammar_words.toml`, the words of the small grammars (sessions, dose, duration, ages)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Generic, TypeVar

Meaning = TypeVar("Meaning")


@cache
def _tables() -> dict[str, dict[str, str | list[str]]]:
    text = files("pipeline.extract.schedule").joinpath("grammar_words.toml").read_text(encoding="utf-8")
    tables: dict[str, dict[str, str | list[str]]] = tomllib.loads(text)
    return tables


def section(table: str) -> dict[str, str]:
    """A table whose lists are strings."""
    return {name: listed for name, listed in _tables()[table].items() if isinstance(listed, str)}


def words(table: str, name: str) -> frozenset[str]:
    """The words of one list."""
    listed = _tables()[table][name]
    return frozenset(listed.split() if isinstance(listed, str) else listed)


def phrases(table: str, **meanings: Meaning) -> dict[tuple[str, ...], Meaning]:
    """The phrases of lists of a table, as tuples of words, each with what its list means."""
    found: dict[tuple[str, ...], Meaning] = {}
    for name, meaning in meanings.items():
        listed = _tables()[table][name]
        for phrase in listed.split() if isinstance(listed, str) else listed:
            found[tuple(phrase.split())] = meaning
    return found


def any_of(table: str, name: str) -> str:
    """A list as a regular expression that is each of its phrases, for folded text."""
    return rf"(?:{'|'.join(map(re.escape, sorted(words(table, name))))})\b"


class Phrases(Generic[Meaning]):
    """Phrases that are looked up at a place in a list of words, the longest first."""

    def __init__(self, meanings: Mapping[tuple[str, ...], Meaning]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], Meaning]]] = {}
        for phrase in sorted(meanings, key=len, reverse=True):
            self._by_first.setdefault(phrase[0], []).append((phrase, meanings[phrase]))
        self.starts = frozenset(self._by_first)

    def at(self, values: Sequence[str], i: int) -> tuple[Meaning, int] | None:
        """What the phrase at place i means, and the place after it; None where none begins there."""
        if not 0 <= i < len(values) or values[i] not in self.starts:
            return None
        for phrase, meaning in self._by_first[values[i]]:
            after = i + len(phrase)
            if len(phrase) == 1 or tuple(values[i:after]) == phrase:
                return meaning, after
        return None


def names(table: str) -> tuple[str, ...]:
    """The names of the lists of one table."""
    return tuple(_tables()[table])
