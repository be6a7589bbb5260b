"""Delivery: whether a program can be attended virtually or in person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache, partial

from pipeline.extract.facts.delivery_words import (
    IN_PERSON,
    NOT_PROGRAM,
    ONLY_HERE,
    ONLY_VIRTUAL,
    PROGRAM,
    VIRTUAL,
    is_called_virtual,
    is_of_few,
    is_of_other,
    is_of_sister,
)
from pipeline.extract.parsing.page import Block, Kind
from pipeline.extract.parsing.text import places
from pipeline.extract.words.context import PageContext
from pipeline.extract.words.levels import Levels, governing_level
from pipeline.extract.words.scanner import Scanner
from pipeline.records import Assertion, Demotion, Observation, Region, Tie
from pipeline.values import Address

# "The evening group is also open by video": so it meets in a room as well.
_ALSO = re.compile(
    r"\b(?:is|are|can|may) also (?:be )?(?:open|available|offered|held|attended|joined|provided|accessible|accessed|run)?(?: (?:by|via|through|over|as|in|an?|secure))* ?\Z"
)
OUTPATIENT = ("iop", "php", "op")  # of residential care nobody asks
LONGEST_ADDRESS = 90  # characters of a block that is nothing but an address


def find_delivery(context: PageContext, levels: Levels) -> Iterator[Observation]:
    """Statements on virtual and in-person attendance in the body of the page."""
    folded = context.folded
    matches = _scanner().find(folded)
    taken = [match.span() for match in matches.get(2, ())]
    for index, field in enumerate(("virtual", "in_person")):
        for match in matches.get(index, ()):
            block = context.block_at(match.start())
            if block is None or block.region is not Region.MAIN or match.end() > block.end:
                continue
            if field == "virtual" and any(a <= match.start() < b for a, b in taken):
                continue
            yield from _statement(context, levels, block, field, match.start(), match.end())


@lru_cache(maxsize=1)
def _scanner() -> Scanner:
    return Scanner([VIRTUAL, IN_PERSON, NOT_PROGRAM])


def _statement(
    context: PageContext, levels: Levels, block: Block, field: str, start: int, end: int
) -> Iterator[Observation]:
    span = context.sentence(block, start)
    sentence = context.folded[span[0] : span[1]]
    only_virtual = ONLY_VIRTUAL.search(context.folded, *span)
    if not PROGRAM.search(sentence) and not block.level and not only_virtual:
        return
    judged = context.judge(block, start, end, "delivery")
    said, value = judged.assertion, True
    only_here = ONLY_HERE.search(context.folded, *span)
    level, tie = governing_level(context, levels, block, start, end)
    make = partial(context.observe, method="delivery", confidence=0.8, tie=tie, level_of_care=level)
    if field == "virtual" and only_here:
        value, said = False, Assertion.AFFIRMED
    elif field == "virtual" and said is Assertion.HEDGED:
        said = Assertion.AFFIRMED  # "may also be attended by telehealth": it can be
    if field == "in_person" and said is Assertion.NEGATED and is_of_few(context.folded, span, start):
        yield make(field, True, start, end, confidence=0.7, demoted=(Demotion.IMPLIED,))
        return
    if said is Assertion.AFFIRMED and _is_anothers(context, span, field, start, end):
        yield make(field, value, start, end, assertion=Assertion.GENERIC, demoted=(Demotion.COMPARISON,))
        return
    if field == "virtual" and only_virtual and said is Assertion.AFFIRMED:
        yield make("in_person", False, *only_virtual.span(), assertion=said, confidence=0.7)
    yield make(field, value, start, end, assertion=said)
    also = _ALSO.search(context.folded, span[0], start) if field == "virtual" and value else None
    if also and said is Assertion.AFFIRMED:
        yield make("in_person", True, also.start(), end, confidence=0.7, demoted=(Demotion.IMPLIED,))


def _is_anothers(context: PageContext, span: tuple[int, int], field: str, start: int, end: int) -> bool:
    is_called = is_called_virtual(context)
    is_crossed = is_called == (field == "in_person")
    return is_of_sister(context.folded, span, start) or (
        is_crossed and is_of_other(context.folded, span, start, end, is_called)
    )


_ZIP = re.compile(r"\b\d{5}(?:-\d{4})?\b")
_TOWNS_SERVED = re.compile(
    r"\b(?:serv(?:e|es|ing)|near|areas?|(?:minutes|clients|people|patients|residents|drive|access|travel\w*|coming) (?:to|from)|residents)\W+(?:\w+\W+){0,4}\Z"
)


def find_place(context: PageContext, levels: Levels, found: list[Observation]) -> list[Observation]:
    """In person, where the body ties a program to the town of the provider's own address.

    A bare address block does not: it stands on every page of a site. Prose, headings, labels ("Location: …") do, and
    so does an address under the heading of a level of care.
    """
    if not levels.subject or is_called_virtual(context):
        return []
    cities = {
        o.value.city
        for o in found
        if isinstance(o.value, Address) and o.value.city and o.assertion is Assertion.AFFIRMED
    }
    ties: dict[str | None, Observation] = {}
    for city in sorted(cities):
        for start, end in places(context.page.text, city):
            block = context.block_at(start)
            if block is None or block.region is not Region.MAIN or block.kind in (Kind.IMAGE, Kind.LINK):
                continue
            level, tie = governing_level(context, levels, block, start, end)
            is_bare = bool(_ZIP.search(block.text)) and len(block.text) < LONGEST_ADDRESS
            if is_bare and tie not in (Tie.HEADING, Tie.HEADINGS, Tie.SENTENCE):
                continue
            span = context.sentence(block, start)
            remote = VIRTUAL.search(context.folded, span[0], start)
            if remote and not IN_PERSON.search(context.folded, *span):
                continue  # "our virtual IOP is open to Salem"
            if is_of_sister(context.folded, span, start):
                continue
            before = context.folded[max(block.start, start - 60) : start]
            if (
                _TOWNS_SERVED.search(before)
                or context.judge(block, start, end, "delivery").assertion is not Assertion.AFFIRMED
            ):
                continue
            make = partial(context.observe, method="delivery", confidence=0.72, tie=tie)
            for code in _codes(context, levels, block) if tie is Tie.HEADINGS else [level]:
                if code in OUTPATIENT and code not in ties:
                    ties[code] = make(
                        "in_person", True, start, end, demoted=(Demotion.IMPLIED,), level_of_care=code
                    )
    return list(ties.values())


def _codes(context: PageContext, levels: Levels, block: Block) -> list[str]:
    """All levels that the nearest heading with any names ("PHP/IOP" over an address)."""
    named = (levels.by_block.get(g.index, []) for g in context.path(block))
    return list(dict.fromkeys(m.code for m in next((found for found in named if found), []) if m.is_here))
