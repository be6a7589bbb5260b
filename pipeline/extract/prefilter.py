"""Which of many patterns can match a text at all: one pass of Aho–Corasick over literals that each pattern needs.

For every alternative of a pattern one literal is taken that any match must hold; a pattern for which there is none
always counts as possible.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

import ahocorasick

SHORTEST = 3  # characters of a literal that is worth looking for


class Prefilter:
    """`candidates(text)` gives the indexes of the patterns that may match `text`."""

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        needs = [_needs(_parser.parse(pattern.pattern, pattern.flags)) for pattern in patterns]
        self._always = frozenset(i for i, literals in enumerate(needs) if not literals)
        owners: dict[str, set[int]] = {}
        for index, literals in enumerate(needs):
            for literal in literals:
                owners.setdefault(literal, set()).add(index)
        self._automaton = ahocorasick.Automaton()
        for literal, indexes in owners.items():
            self._automaton.add_word(literal, frozenset(indexes))
        if owners:
            self._automaton.make_automaton()
        self._empty = not owners

    def candidates(self, text: str) -> set[int]:
        found = set(self._always)
        if not self._empty:
            for _, indexes in self._automaton.iter(text):
                found |= indexes
        return found


def _needs(parsed: Any) -> set[str]:
    """Literals of which every match holds at least one; empty where nothing can be promised."""
    choices: list[set[str]] = []
    run: list[str] = []
    for operation, value in parsed:
        if operation is _constants.LITERAL:
            run.append(chr(value))
            continue
        if run:
            choices.append({"".join(run)})
            run = []
        if operation is _constants.SUBPATTERN:
            choices.append(_needs(value[-1]))
        elif operation is _constants.BRANCH:
            branches = [_needs(branch) for branch in value[1]]
            choices.append(set().union(*branches) if all(branches) else set())
        elif operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT) and value[0] > 0:
            choices.append(_needs(value[2]))
    if run:
        choices.append({"".join(run)})
    usable = [c for c in choices if c and min(map(len, c)) >= SHORTEST]
    return max(usable, key=lambda c: min(map(len, c)), default=set())
