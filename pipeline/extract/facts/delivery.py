"""Delivery: whether a program can be attended virtually or in person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache, partial

from pipeline.extract.parsing.page import Block, Kind
from pipeline.extract.words.context import PageContext
from pipeline.extract.words.levels import Levels, governing_level
from pipeline.extract.words.scanner import Scanner
from pipeline.records import Assertion, Demotion, Observation, Region, Tie
from pipeline.values import Address

VIRTUAL = re.compile(
    r"\b(?:virtual(?:ly|es|mente)?|telesalud|live online|in-person or online|in person or online|online or in-? ?person|en l[ií]nea|por video(?:llamada|conferencia)?|tele-?health|tele-?medicine|tele-?therapy|online (?:\w+ )?(?:iop|php|programs?|programming|therapy|treatment|sessions?|groups?|options?|counseling|care|services|format|track|intensive)|(?:attends?|attending|joins?|joining|participates?|participating|meets?|held|offered|available|delivered|provided|treatment|sessions|groups|program) (?:\w+ )?online|remote(?:ly)?|hybrid|from (?:the comfort of )?(?:your|their) (?:own )?home|"
    r"(?:via|over|on|through) zoom|(?:by|via|over) (?:(?:secure|live|two-way|encrypted) ){0,2}video|video conferenc\w+|web-based)\b"
)
IN_PERSON = re.compile(
    r"\b(?:in-? ?person|on-? ?site|face-to-face|on campus|(?:at|in) (?:our|the) (?:[\w.'-]+ ){0,4}(?:facility|center|centre|campus|office|clinic|location|hospital|site|building)\b(?! of\b)|at (?:all|both|any|either|each|one|two|three|four|several|various|multiple) (?:of )?(?:our )?(?:[\w'-]+ ){0,3}(?:facilities|centers|campuses|offices|clinics|locations|sites)|check(?:s|ing)? in(?:to)? (?:to )?(?:our|the) (?:facility|center|clinic)|(?:same|our) office setting|in the room\b|in-clinic|hybrid|arrives?|travel to (?:the|our) (?:facility|center|clinic)|(?:is|are|conveniently|program,?) located (?:in|at|on) (?:the|our|downtown|\d))\b"
)
NOT_PROGRAM = re.compile(
    r"\b(?:virtual tours?|online (?:form|assessment|screening|chat|portal|payment|bill ?pay|reviews?|booking|quiz|scheduling|store|"
    r"community|resources|insurance|verification|directory|classes)|(?:visit|find|follow|contact|verify|apply|pay|book|schedule|fill|available|reach|learn more) (?:\w+ ){0,3}online|"
    r"remote(?:ly)? (?:area|location|control|work)|work(?:ing)? (?:remotely|online)|remote setting|online gam\w+|online safety|(?:far )?from your home town|virtual reality|"
    r"telehealth (?:visits?|appointments?|consult\w*|assessments?|evaluations?|psychiatry|therapy appointments?|intake)|hybrid model of|away from (?:your|their) home)\b"
)
ONLY_HERE = re.compile(
    r"\b(?:in-? ?person only|only in-? ?person|exclusively in-? ?person|not (?:offer|provide)\w* (?:\w+ ){0,3}(?:virtual|telehealth|online)|no (?:virtual|telehealth|online)|always in-? ?person|fully in-? ?person)\b"
)
_ONLY_VIRTUAL = re.compile(
    r"\b(?:(?:fully|100%|completely|entirely|exclusively|all) (?:virtual|online|remote)|(?:virtual|online) only|virtual-only|entirely from home)\b|\b100% (?:virtual|online|remote)"
)
# "The evening group is also open by video": so it meets in a room as well.
_ALSO = re.compile(
    r"\b(?:is|are|can|may) also (?:be )?(?:open|available|offered|held|attended|joined|provided|accessible|accessed|run)?(?: (?:by|via|through|over|as|in|an?|secure))* ?\Z"
)
LONGEST_ADDRESS = 90  # characters of a block that is nothing but an address
PROGRAM = re.compile(
    r"\b(?:iop|viop|php|programs?|programming|track|treatment|sessions?|groups?|therapy|outpatient|care|options?|services?|attend\w*|join\w*|participate|participants?|format|patients?|clients?|members|arrives?|everyone|programas?|grupos?|sesiones|tratamiento|terapia|servicios)\b"
)


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
    if not PROGRAM.search(sentence) and not block.level:
        return
    judged = context.judge(block, start, end, "delivery")
    said, value = judged.assertion, True
    only_here = ONLY_HERE.search(context.folded, *span)
    only_virtual = _ONLY_VIRTUAL.search(context.folded, *span)
    level, tie = governing_level(context, levels, block, start, end)
    make = partial(context.observe, method="delivery", confidence=0.8, tie=tie, level_of_care=level)
    if field == "virtual" and only_here:
        value, said = False, Assertion.AFFIRMED
    elif field == "virtual" and said is Assertion.HEDGED:
        said = Assertion.AFFIRMED  # "may also be attended by telehealth": it can be
    if field == "virtual" and only_virtual and said is Assertion.AFFIRMED:
        yield make("in_person", False, *only_virtual.span(), assertion=said, confidence=0.7)
    yield make(field, value, start, end, assertion=said)
    also = _ALSO.search(context.folded, span[0], start) if field == "virtual" and value else None
    if also and said is Assertion.AFFIRMED:
        yield make("in_person", True, also.start(), end, confidence=0.7, demoted=(Demotion.IMPLIED,))


_ZIP = re.compile(r"\b\d{5}(?:-\d{4})?\b")
_TOWNS_SERVED = re.compile(
    r"\b(?:serv(?:e|es|ing)|near|areas?|(?:minutes|clients|people|patients|residents|drive|access|travel\w*|coming) (?:to|from)|residents)\W+(?:\w+\W+){0,4}\Z"
)


def find_place(context: PageContext, levels: Levels, found: list[Observation]) -> list[Observation]:
    """In person, where the body ties a program to the town of the provider's own address.

    A bare address block does not: it stands on every page of a site. Prose, headings, labels ("Location: …") do, and
    so does an address under the heading of a level of care.
    """
    if not levels.subject:
        return []
    cities = {
        o.value.city
        for o in found
        if isinstance(o.value, Address) and o.value.city and o.assertion is Assertion.AFFIRMED
    }
    ties: dict[str | None, Observation] = {}
    for city in sorted(cities):
        for match in re.finditer(rf"\b{re.escape(city)}\b", context.page.text):
            block = context.block_at(match.start())
            if block is None or block.region is not Region.MAIN or block.kind in (Kind.IMAGE, Kind.LINK):
                continue
            level, tie = governing_level(context, levels, block, *match.span())
            is_bare = bool(_ZIP.search(block.text)) and len(block.text) < LONGEST_ADDRESS
            if is_bare and tie not in (Tie.HEADING, Tie.HEADINGS, Tie.SENTENCE):
                continue
            before = context.folded[max(block.start, match.start() - 60) : match.start()]
            if (
                _TOWNS_SERVED.search(before)
                or context.judge(block, *match.span(), "delivery").assertion is not Assertion.AFFIRMED
            ):
                continue
            make = partial(context.observe, method="delivery", confidence=0.72, tie=tie)
            for code in _codes(context, levels, block) if tie is Tie.HEADINGS else [level]:
                if code in ("iop", "php", levels.subject) and code not in ties:
                    ties[code] = make(
                        "in_person", True, *match.span(), demoted=(Demotion.IMPLIED,), level_of_care=code
                    )
    return list(ties.values())


def _codes(context: PageContext, levels: Levels, block: Block) -> list[str]:
    """All levels that the nearest heading with any names ("PHP/IOP" over an address)."""
    named = (levels.by_block.get(g.index, []) for g in context.path(block))
    return list(dict.fromkeys(m.code for m in next((found for found in named if found), []) if m.is_here))
