"""Whether words speak of attending virtually: by their clause, what stands before it in its block, what stands over it, or the page."""

from __future__ import annotations

import re

from pipeline.extract.facts.delivery_words import (
    IN_PERSON,
    NOT_PROGRAM,
    ONLY_HERE,
    VIRTUAL,
    is_called_virtual,
)
from pipeline.extract.facts.reach_words import pattern
from pipeline.extract.parsing.page import Block
from pipeline.extract.words.context import PageContext
from pipeline.records import Assertion

EARLIER = 300  # characters of a block that may still be spoken of
_TURN = re.compile(r"\b(?:while|whereas|but|and our|and we|our other|mientras|pero)\b")
_SOMEBODY = (pattern("against", "person"), pattern("against", "team"))


def is_virtual(context: PageContext, block: Block, start: int, end: int) -> bool | None:
    """Of attending virtually (True), of a place, a person or a payer (False), or of nothing that the page tells (None)."""
    low, high = context.sentence(block, start)
    if pattern("against", "payer").search(context.folded, low, start):
        return False
    if _is_of_person(context, block, low, high) or ONLY_HERE.search(context.folded, low, high):
        return False
    clause = _clause(context.folded, low, start, end, high)
    for span in dict.fromkeys((clause, (low, high))):
        if (said := _by_words(context, block, span, start, end)) is not None:
            return said
    earlier = max(block.start, low - EARLIER)
    said = _by_words(context, block, (earlier, low), low, low)
    return _by_titles(context, block) if said is None else said


def _is_of_person(context: PageContext, block: Block, low: int, high: int) -> bool:
    """Whether a clinician is introduced, or somebody tells of herself."""
    person, team = _SOMEBODY
    return bool(person.search(context.folded, low, high)) or any(
        team.search(context.folded[over.start : over.end]) for over in context.path(block)[:2]
    )


def _clause(folded: str, low: int, start: int, end: int, high: int) -> tuple[int, int]:
    before = [turn.end() for turn in _TURN.finditer(folded, low, start)]
    after = _TURN.search(folded, end, high)
    return (before[-1] if before else low), (after.start() if after else high)


def _by_words(context: PageContext, block: Block, span: tuple[int, int], start: int, end: int) -> bool | None:
    """By the last word of either kind before the states, else by whether one on attending virtually follows them."""
    low, high = span
    remote = _remote(context, block, low, high)
    there = _there(context.folded, low, high)
    before = [(at, True) for at in remote if at < end] + [(at, False) for at in there if at < start]
    if before:
        return max(before)[1]
    return True if remote else False if there else None


def _remote(context: PageContext, block: Block, low: int, high: int) -> list[int]:
    """Where attending virtually is spoken of, and not denied."""
    folded = context.folded
    not_meant = [m.span() for m in NOT_PROGRAM.finditer(folded, low, high)]
    found = []
    for match in VIRTUAL.finditer(folded, low, high):
        if any(a <= match.start() < b for a, b in not_meant):
            continue
        judged = context.judge(block, *match.span(), "delivery").assertion
        if judged not in (Assertion.NEGATED, Assertion.GENERIC):
            found.append(match.start())
    return found


def _there(folded: str, low: int, high: int) -> list[int]:
    return [
        m.start() for p in (IN_PERSON, pattern("against", "place")) for m in p.finditer(folded, low, high)
    ]


def _by_titles(context: PageContext, block: Block) -> bool | None:
    """By the nearest header, lead or heading that says how one attends, else by what the page is called."""
    for over in context.path(block):
        remote = bool(VIRTUAL.search(context.folded, over.start, over.end))
        there = bool(_there(context.folded, over.start, over.end))
        if remote != there:
            return remote
    return True if is_called_virtual(context) else None
