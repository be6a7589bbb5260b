"""Sessions, dose, duration, ages and times of day of the body, with the level of care that each belongs to.

The grammars (`sessions`, `dose`, `duration`, `ages`, `daytime`) read runs of text; here runs are cut from the page,
mentions are placed in their block, judged, and given their level.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from typing import Protocol

from pipeline.extract.parsing.page import Block
from pipeline.extract.schedule.daylists import days_named
from pipeline.extract.schedule.daytime import HINTS as PART_HINTS
from pipeline.extract.schedule.daytime import times_of_day
from pipeline.extract.schedule.grammar_words import any_of
from pipeline.extract.schedule.measures import Measure, find_measures
from pipeline.extract.schedule.quantities import NUMBER_WORDS
from pipeline.extract.schedule.sessions import DAY_HINTS, SessionMention, find_sessions
from pipeline.extract.words.context import PageContext
from pipeline.extract.words.levels import Levels, governing_level
from pipeline.extract.words.pieces import pieces
from pipeline.records import Assertion, Demotion, Observation, Tie
from pipeline.values import Session, Value

MAX_RUN = 4_000
MOST = 4_000  # statements on times of one page; no page of a provider has a tenth of them
_DEFINITION = re.compile(rf"\b{any_of('general', 'definition')}")
_COMPARING = re.compile(rf"\b{any_of('compare', 'phrases')}")
_VAGUE = re.compile(rf"\b{any_of('general', 'vague')}")
DEFINED = 0.25  # less sure of what a definition says of such programs in general
SHORTEST_STAY = 1.0  # weeks; "five days" alone is how often, not how long
_RANGE_BEFORE = re.compile(r"\d\s?(?:[-–—]|to)\s?\Z")


def find_times(context: PageContext, levels: Levels) -> list[Observation]:
    """Every statement on when, how much, how long and for what age, affirmed or not.

    What a comparison says of another level ("PHP is more intensive: six hours a day") counts only where the page says
    something of that level besides.
    """
    found = list(islice(_found(context, levels), MOST))
    described = {levels.subject} | {
        o.level_of_care
        for o in found
        if o.assertion is Assertion.AFFIRMED and Demotion.COMPARISON not in o.demoted
    }
    return [
        o
        if o.level_of_care in described
        or Demotion.COMPARISON not in o.demoted
        or o.assertion is not Assertion.AFFIRMED
        else o.but(assertion=Assertion.GENERIC)
        for o in found
    ]


def _found(context: PageContext, levels: Levels) -> Iterator[Observation]:
    hints = sorted(context.spots(_HINTS))
    for start, end, head in _runs(context):
        at = bisect_left(hints, start)
        if at == len(hints) or hints[at] >= end:
            continue
        text = context.page.text[start:end]
        found = [_with_days(context, m, start) for m in find_sessions(text, head)]
        observe = partial(_observe, context, levels, start)
        for session in found:
            value, kind = _session(context, session, start)
            yield from observe(session, "session", value, kind=kind, governed=session.governed_level)
        parts = times_of_day(text, [s for s in found if s.kind == "program"])
        for statement in chain.from_iterable(parts.values()):
            if _RANGE_BEFORE.search(text, max(0, statement.start - 5), statement.start):
                continue  # "5–7 days a week" promises no weekend
            topic = "time" if statement.from_session else "daytime"
            yield from observe(statement, statement.part, True, topic=topic)
        for measure in find_measures(text):
            if measure.kind != "excluded" and not _is_short(measure):
                yield from observe(measure, measure.field, measure.value, kind=measure.kind)


def _is_short(measure: Measure) -> bool:
    """ "Five days" alone is how often, not how long."""
    return measure.unit == "day" and (measure.value[1] or measure.value[0] or 0) <= SHORTEST_STAY


# One of these stands in every run that says anything of times: a digit, a number, a day or a part of one.
_HINTS = pieces((*"0123456789", *sorted(NUMBER_WORDS), *DAY_HINTS, *PART_HINTS))


def _runs(context: PageContext) -> Iterator[tuple[int, int, str]]:
    """(start, end, heading) of stretches of body text under one heading; table cells stand alone."""
    blocks = context.main
    at = 0
    while at < len(blocks):
        first = last = blocks[at]
        at += 1
        head = context.page.blocks[first.headings[-1]].text if first.headings else ""
        if not (first.header or first.level):
            while (
                at < len(blocks)
                and blocks[at].headings == first.headings
                and not blocks[at].header
                and not blocks[at].level
                and blocks[at].index == last.index + 1
                and blocks[at].end - first.start < MAX_RUN
            ):
                last = blocks[at]
                at += 1
        yield first.start, last.end, head


_ASIDE = re.compile(r"\s*\([^()]*\)\W*$")  # "Sunday (optional)"
_MEAL = re.compile(rf"\W*{any_of('no_session', 'begins')}", re.I)


def _with_days(context: PageContext, mention: SessionMention, offset: int) -> SessionMention:
    """Days from the column or row header, or from the label or heading over it, where the place gives only the clock."""
    days, start, end = mention.value
    block = context.block_at(offset + mention.start)
    if days is None and block is not None:
        for governor in context.path(block)[: len(block.header) + 1]:
            if named := days_named(_ASIDE.sub("", governor.text)):
                return replace(mention, value=(named, start, end))
    return mention


def _session(context: PageContext, mention: SessionMention, offset: int) -> tuple[Session, str]:
    """A session, and whose it is: meals in a table of a day are nobody's."""
    block = context.block_at(offset + mention.start)
    term = context.page.blocks[block.lead].text if block is not None and block.lead is not None else ""
    return Session(*mention.value), "other" if _MEAL.match(term) else mention.kind


def _is_compared(context: PageContext, levels: Levels, block: Block, sentence: tuple[int, int]) -> bool:
    """Whether a sentence, or the question that it answers, sets levels of care against each other."""
    if any(context.tells(governor, _COMPARING) for governor in context.path(block)[:2]):
        return True
    return context.holds(sentence, _COMPARING) and any(
        sentence[0] <= mention.start < sentence[1] for mention in levels.by_block.get(block.index, ())
    )


_OWN_GROUP = re.compile(rf"\w[\w'’-]* {any_of('group_title', 'ends')}(?: (?:meetings?|schedule|times?))?\W*$")
_NO_GROUP = re.compile(rf"\b{any_of('group_title', 'unless')}")


def _is_of_own_group(context: PageContext, block: Block) -> bool:
    """Whether the heading over a block names a group that is no level of care: "Relapse Prevention Group"."""
    if not block.headings:
        return False
    heading = context.page.blocks[block.headings[-1]]
    return heading.level != 1 and context.tells(heading, _OWN_GROUP) and not context.tells(heading, _NO_GROUP)


_RELATIVE = re.compile(r"[\w ]{0,24},? (?:which|where|that|whose)\b|[\w ]{0,24} \(")


def _is_of_another(
    context: PageContext, levels: Levels, block: Block, sentence: tuple[int, int], start: int
) -> bool:
    """Whether words speak of a level that is only compared with: "asks less of you than a PHP, which takes up five days"."""
    before = [m for m in levels.by_block.get(block.index, ()) if sentence[0] <= m.start < m.end <= start]
    return (
        bool(before)
        and not before[-1].is_here
        and _RELATIVE.match(context.folded, before[-1].end, start) is not None
    )


class Printed(Protocol):
    """What the grammars find in a run: at text[start:end]."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def confidence(self) -> float: ...


def _observe(
    context: PageContext,
    levels: Levels,
    offset: int,
    found: Printed,
    field: str,
    value: Value,
    *,
    kind: str = "program",
    topic: str = "time",
    governed: str | None = None,
) -> Iterator[Observation]:
    """What was found in the run that begins at `offset`. `kind` is whose time it is (program, component, office, intake,
    other); `topic` which cues speak of it; `governed` the level that the phrase names."""
    start, end, confidence = offset + found.start, offset + found.end, found.confidence
    block = context.block_at(start)
    if block is None:
        return
    judged = context.judge(block, start, end, topic)
    said, demoted = judged.assertion, list(judged.demoted)
    if kind != "program":
        demoted.insert(0, Demotion(kind))
        said = Assertion.GENERIC if said is Assertion.AFFIRMED else said
    sentence = context.sentence(block, start)
    if context.holds(sentence, _DEFINITION):
        demoted.append(Demotion.DEFINED)
        confidence -= DEFINED
        if field == "duration_weeks" and context.holds(sentence, _VAGUE):
            said = Assertion.GENERIC
    if topic == "daytime" and said is Assertion.NEGATED:
        value = False  # "no evening groups"
    level, tie = (governed, Tie.PHRASE) if governed else governing_level(context, levels, block, start, end)
    if tie is Tie.SUBJECT and _is_of_own_group(context, block):
        demoted.append(Demotion.OTHER)
        said = Assertion.GENERIC if said is Assertion.AFFIRMED else said
    elif _is_of_another(context, levels, block, sentence, start):
        demoted.append(Demotion.COMPARISON)
        said = Assertion.GENERIC if said is Assertion.AFFIRMED else said
    elif _is_compared(context, levels, block, sentence):
        demoted.append(Demotion.COMPARISON)
        confidence -= DEFINED
    yield context.observe(
        field=field,
        value=value,
        start=start,
        end=end,
        assertion=said,
        method="times",
        confidence=confidence,
        tie=tie,
        demoted=tuple(demoted),
        level_of_care=level,
    )
