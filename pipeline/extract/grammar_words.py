"""Loads `grammar_words.toml`, the words of the small grammars (sessions, dose, duration, ages)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _tables() -> dict[str, dict[str, str | list[str]]]:
    text = files("pipeline.extract").joinpath("grammar_words.toml").read_text(encoding="utf-8")
    tables: dict[str, dict[str, str | list[str]]] = tomllib.loads(text)
    return tables


def words(table: str, name: str) -> frozenset[str]:
    """The words of one list."""
    listed = _tables()[table][name]
    return frozenset(listed.split() if isinstance(listed, str) else listed)


def phrases(table: str, name: str) -> tuple[tuple[str, ...], ...]:
    """The phrases of one list as tuples of words, longest first."""
    listed = _tables()[table][name]
    split = (tuple(phrase.split()) for phrase in (listed.split() if isinstance(listed, str) else listed))
    return tuple(sorted(split, key=len, reverse=True))


def names(table: str) -> tuple[str, ...]:
    """The names of the lists of one table."""
    return tuple(_tables()[table])
