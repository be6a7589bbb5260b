"""Parts of words one of which stands in whatever a costly pattern finds: the cheap look before it. All that readers look for
are found in one pass over a page."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import ahocorasick

from pipeline.extract.words.automaton import automaton

_SETS: list[tuple[str, ...]] = []


def pieces(parts: Iterable[str]) -> int:
    """The number of a set of pieces, under which `spots` tells where they stand."""
    _SETS.append(tuple(parts))
    return len(_SETS) - 1


def spots(folded: str) -> list[list[int]]:
    """By number of a set the offsets where any of its pieces begins, in order of their ends."""
    found: list[list[int]] = [[] for _ in _SETS]
    for last, (length, numbers) in _automaton(len(_SETS)).iter(folded):
        for number in numbers:
            found[number].append(last - length + 1)
    return found


@cache
def _automaton(count: int) -> ahocorasick.Automaton:
    owners: dict[str, dict[int, None]] = {}
    for number, parts in enumerate(_SETS[:count]):
        for part in parts:
            owners.setdefault(part, {})[number] = None
    return automaton({part: tuple(numbers) for part, numbers in owners.items()})
