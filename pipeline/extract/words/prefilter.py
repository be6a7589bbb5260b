"""Many patterns in one text: one pass of Aho–Corasick finds where each can begin, or whether it can match at all.

From a pattern's parse tree are taken the literals that its matches begin with; it is tried only where one of them
stands. A pattern that may begin with anything is searched for only where a literal stands that it cannot do without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

import ahocorasick

SHORTEST, SHORTEST_START = 3, 2  # characters of a literal that is worth looking for
LONGEST_START, MOST_STARTS = 8, 400  # characters of a beginning, and beginnings of one pattern
FEW = 4  # characters of a class that is written out
_Starts = frozenset[tuple[str, bool]]  # literals that text may begin with, and whether the text may end there
_ANYTHING: _Starts = frozenset({("", False)})
_NOTHING: _Starts = frozenset({("", True)})
_ZERO_WIDTH = (_constants.AT, _constants.ASSERT, _constants.ASSERT_NOT)


class Scanner:
    """`find(text)` gives the matches of each pattern, as `finditer` would."""

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        self._patterns = tuple(patterns)
        owners: dict[str, list[int]] = {}
        self._always: list[int] = []
        self._searched: set[int] = set()
        for index, pattern in enumerate(patterns):
            parsed = _parser.parse(pattern.pattern, pattern.flags)
            literals = None if pattern.flags & re.IGNORECASE else _beginnings(parsed)
            if literals is None:
                self._searched.add(index)
                literals = set() if pattern.flags & re.IGNORECASE else _needs(parsed)
                if not literals:
                    self._always.append(index)
            for literal in literals:
                owners.setdefault(literal, []).append(index)
        self._automaton = ahocorasick.Automaton()
        for literal, indexes in owners.items():
            self._automaton.add_word(literal, (len(literal) - 1, tuple(indexes)))
        if owners:
            self._automaton.make_automaton()
        self._empty = not owners

    def find(self, text: str, most: int = 1 << 30) -> dict[int, list[re.Match[str]]]:
        """Index of a pattern → its first matches, at most `most`; patterns that do not match are left out."""
        places: dict[int, list[int]] = {index: [] for index in self._always}
        if not self._empty:
            for last, (back, indexes) in self._automaton.iter(text):
                for index in indexes:
                    places.setdefault(index, []).append(last - back)
        found = {}
        for index in sorted(places):
            pattern = self._patterns[index]
            if index in self._searched:
                matches = [match for match, _ in zip(pattern.finditer(text), range(most), strict=False)]
            else:
                matches = _tried(pattern, text, sorted(places[index]), most)
            if matches:
                found[index] = matches
        return found


def _tried(pattern: re.Pattern[str], text: str, places: Iterable[int], most: int) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    until = 0
    for at in places:
        if at >= until and (match := pattern.match(text, at)):
            found.append(match)
            if len(found) == most:
                break
            until = max(match.end(), at + 1)
    return found


def _beginnings(parsed: Any) -> set[str] | None:
    """Literals one of which every match begins with; None where nothing useful can be promised."""
    literals = {literal for literal, _ in _starts(parsed)}
    if not literals or min(map(len, literals)) < SHORTEST_START:
        return None
    return {one for one in literals if not any(one != other and one.startswith(other) for other in literals)}


def _starts(parsed: Any) -> _Starts:
    found = _NOTHING
    for operation, value in parsed:
        if operation in _ZERO_WIDTH:
            continue
        found = _joined(found, _options(operation, value))
        if len(found) > MOST_STARTS:
            return _ANYTHING
        if not any(goes_on for _, goes_on in found):
            break
    return found


def _options(operation: Any, value: Any) -> _Starts:
    if operation is _constants.LITERAL:
        return frozenset({(chr(value), True)})
    if operation is _constants.IN and len(value) <= FEW and all(o is _constants.LITERAL for o, _ in value):
        return frozenset((chr(code), True) for _, code in value)
    if operation is _constants.SUBPATTERN:
        return _starts(value[-1])
    if operation is _constants.BRANCH:
        return frozenset().union(*map(_starts, value[1]))
    if operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
        least, most, repeated = value
        once = _starts(repeated)
        if most > 1:
            once = frozenset((literal, False) for literal, _ in once)
        return once if least else once | _NOTHING
    return _ANYTHING


def _joined(found: _Starts, following: _Starts) -> _Starts:
    joined = set()
    for literal, goes_on in found:
        if not goes_on:
            joined.add((literal, False))
            continue
        for more, goes_further in following:
            whole = literal + more
            joined.add((whole[:LONGEST_START], goes_further and len(whole) < LONGEST_START))
    return frozenset(joined)


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
