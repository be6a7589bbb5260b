"""Sessions, dose, duration, ages and times of day of the body, with the level of care that each belongs to.

The grammars (`sessions`, `dose`, `duration`, `ages`, `daytime`) read runs of text; here runs are cut from the page,
mentions are placed in their block, judged, and given their level.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from pipeline.extract.parsing.page import Region
from pipeline.extract.schedule.ages import find_ages
from pipeline.extract.schedule.daytime import HINTS as PART_HINTS
from pipeline.extract.schedule.daytime import times_of_day
from pipeline.extract.schedule.dose import find_dose
from pipeline.extract.schedule.duration import find_durations
from pipeline.extract.schedule.lexer import has_any
from pipeline.extract.schedule.sessions import DAY_HINTS, SessionMention, find_sessions
from pipeline.extract.words.context import PageContext
from pipeline.extract.words.levels import Levels, governing_level
from pipeline.extract.words.vocabulary import spots
from pipeline.records import Assertion, Observation

MAX_RUN = 4_000
_DEFINITION = re.compile(
    r"\b(?:iops|phps|(?:intensive outpatient|partial hospitali[sz]ation|day treatment) programs|an (?:iop|intensive outpatient program)|a (?:php|partial hospitali[sz]ation program))\b"
)
_VAGUE = re.compile(
    r"\b(?:anywhere from|can (?:be|last|range|vary)|may last|recommended minimum|usually|varies|vary|depending)\b"
)
SHORTEST_STAY = 1.0  # weeks; "five days" alone is how often, not how long
_RANGE_BEFORE = re.compile(r"\d\s?(?:[-–—]|to)\s?\Z")
_DIGITS = frozenset("0123456789")


def find_times(context: PageContext, levels: Levels) -> Iterator[Observation]:
    """Every statement on when, how much, how long and for what age, affirmed or not."""
    hints = sorted(spots(context.folded, _HINTS))
    for start, end, head in _runs(context):
        at = bisect_left(hints, start)
        if at == len(hints) or hints[at] >= end:
            continue
        text = context.page.text[start:end]
        found = [_with_days(context, m, start) for m in find_sessions(text, head)]
        for session in found:
            yield from _session(context, levels, session, start)
        for part, statements in times_of_day(text, [s for s in found if s.kind == "program"]).items():
            for statement in statements:
                if _RANGE_BEFORE.search(text, max(0, statement.start - 5), statement.start):
                    continue  # "5–7 days a week" promises no weekend
                span = (start + statement.start, start + statement.end)
                topic = "time" if statement.from_session else "daytime"
                yield from _observe(
                    context, levels, part, "true", *span, statement.confidence, "grammar", topic=topic
                )
        if not _may_count(text):
            continue
        for dose in find_dose(text):
            yield from _observe(
                context,
                levels,
                dose.field,
                _range(dose.value),
                start + dose.start,
                start + dose.end,
                dose.confidence,
                dose.kind,
            )
        for length in find_durations(text):
            if length.unit == "day" and (length.weeks[1] or length.weeks[0] or 0) <= SHORTEST_STAY:
                continue
            yield from _observe(
                context,
                levels,
                "duration_weeks",
                _range(length.weeks),
                start + length.start,
                start + length.end,
                length.confidence,
                length.kind,
            )
        for age in find_ages(text):
            field = "exclusion" if age.kind == "excluded" else "ages"
            if field == "ages":
                yield from _observe(
                    context,
                    levels,
                    field,
                    _range(age.years),
                    start + age.start,
                    start + age.end,
                    age.confidence,
                    "program" if age.kind == "accepted" else "other",
                )


_UNITS = (
    "hour",
    "hr",
    "week",
    "day",
    "night",
    "month",
    "age",
    "year",
    "session",
    "time",
    "evening",
    "hora",
    "semana",
    "día",
    "mes",
    "edad",
    "+",
    "over",
    "older",
    "and up",
    "at least",
)
_NUMBERS = (
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "twel",
    "teen",
    "twenty",
    "thirty",
    "half",
    "few",
    "daily",
    "weekday",
    "every",
    "each",
    "once",
    "twice",
    "dos",
    "tres",
    "cuatro",
    "cinco",
)
# One of these stands in every run that says anything of times: a digit, a number, a day or a part of one.
_HINTS = tuple(dict.fromkeys((*sorted(_DIGITS), *_NUMBERS, *DAY_HINTS, *PART_HINTS)))


def _may_count(text: str) -> bool:
    """Whether a run holds a number, in digits or words, and something that it could count."""
    folded = text.lower()
    return (not _DIGITS.isdisjoint(folded) or has_any(folded, _NUMBERS)) and has_any(folded, _UNITS)


def _runs(context: PageContext) -> Iterator[tuple[int, int, str]]:
    """(start, end, heading) of stretches of body text under one heading; table cells stand alone."""
    blocks = [b for b in context.page.blocks if b.region is Region.MAIN]
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


_DAY = re.compile(  # "Salem" and "Weymouth" begin like days
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun|mo|tu|we|th|fr|sa|su)(?:day)?s?\.?"
)
_MEAL = re.compile(
    r"\W*(?:lunch|breakfast|dinner|snack|breaks?|office hours|phone hours|telephone|visiting)\b", re.I
)


def _with_days(context: PageContext, mention: SessionMention, offset: int) -> SessionMention:
    """Days from the column or row header where a table cell gives only the clock."""
    days, start, end = mention.value
    block = context.block_at(offset + mention.start)
    if days is None and block is not None and block.header:
        for index in block.header:
            day = _DAY.fullmatch(context.page.blocks[index].text.strip().lower())
            if day:
                return replace(mention, value=((day[0][:2],), start, end))
    return mention


def _session(
    context: PageContext, levels: Levels, mention: SessionMention, offset: int
) -> Iterator[Observation]:
    days, start, end = mention.value
    value = json.dumps({"days": list(days) if days else None, "start": start, "end": end})
    block = context.block_at(offset + mention.start)
    term = context.page.blocks[block.lead].text if block is not None and block.lead is not None else ""
    kind = "other" if _MEAL.match(term) else mention.kind
    yield from _observe(
        context,
        levels,
        "session",
        value,
        offset + mention.start,
        offset + mention.end,
        mention.confidence,
        kind,
        mention.governed_level,
    )


def _observe(
    context: PageContext,
    levels: Levels,
    field: str,
    value: str,
    start: int,
    end: int,
    confidence: float,
    kind: str,
    governed: str | None = None,
    topic: str = "time",
) -> Iterator[Observation]:
    block = context.block_at(start)
    if block is None:
        return
    judged = context.judge(block, start, end, topic)
    said = judged.assertion
    span = context.sentence(block, start)
    is_defined = _DEFINITION.search(context.folded, *span) is not None
    is_vague = field == "duration_weeks" and is_defined and _VAGUE.search(context.folded, *span)
    if is_vague or (said is Assertion.AFFIRMED and kind not in ("program", "grammar")):
        said = Assertion.GENERIC
    if topic == "daytime" and said is Assertion.NEGATED:
        value = "false"  # "no evening groups"
    level, how = (governed, "phrase") if governed else governing_level(context, levels, block, start, end)
    cue = f".{judged.cue.category}" if judged.cue else ""
    yield Observation(
        field=field,
        value=value,
        quote=context.page.text[start:end],
        start=start,
        end=end,
        assertion=said,
        method=f"times.{how}.{kind}{cue}" + (".defined" if is_defined else ""),
        confidence=confidence - (0.25 if is_defined else 0),
        level_of_care=level,
        section=context.page.heading_path(block) or None,
    )


def _range(pair: tuple[float | None, float | None]) -> str:
    return json.dumps([int(v) if v is not None and v == int(v) else v for v in pair])
