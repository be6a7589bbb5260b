"""What quantities of a run say of a program: days and hours, length, ages. Read by the tables of `grammar.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.extract.schedule.grammar import Pattern, any_of_rows, beginnings, cues, line_of, patterns
from pipeline.extract.schedule.grammar_words import section
from pipeline.extract.schedule.lexer import Run, read
from pipeline.extract.schedule.quantities import Quantity, quantities, suffix
from pipeline.values import Range

_MOST = {
    "days_per_week": 7.0,
    "hours_per_day": 12.0,
    "hours_per_week": 60.0,
    "duration_weeks": 104.0,
    "ages": 100.0,
}
# One of these words stands in every run that is read: what is counted, and whose age it is.
_COUNTED = frozenset(
    word
    for name in (
        "HOURS",
        "DAYS",
        "TIMES",
        "SESSION",
        "LONG_DAY",
        "LONG_WEEK",
        "LONG_MONTH",
        "AGE",
        "YEAR",
        "ALONE_YEARS",
        "PEOPLE",
    )
    for word in section("class")[name].split()
) | {"x", "+", "older", "younger", "over", "under", "up", "above", "below", "mayores", "menores"}
_WEEKS_IN = {"day": 1 / 7, "business_day": 1 / 5, "week": 1.0, "month": 13 / 3}


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity as printed at text[start:end]: `value` in the unit of its field, None for an open end.

    `kind`: of the program; of a component of it; a length printed in days or months; ages that are turned away; or other
    (compared with, a phone line's hours, years of experience). `unit` is the printed one of a length.
    """

    field: str
    value: Range
    start: int
    end: int
    kind: str = "program"
    confidence: float = 0.9
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a row of `patterns.csv` reads at tokens `first` to `after` - 1: a quantity, or a word at token `at`."""

    pattern: Pattern
    at: int
    first: int
    after: int
    quantity: Quantity
    kind: str
    confidence: float


def find_measures(text: str) -> list[Measure]:
    """Every measure of a run, in order of place."""
    if all(quantity.is_void for quantity in quantities(text)) or _COUNTED.isdisjoint(
        (run := read(text)).values
    ):
        return []
    return [measure for said in interpret(text) if (measure := _measure(run, said)) is not None]


def interpret(text: str, of_parts: bool = False) -> list[Said]:
    """What the rows of `patterns.csv` (for parts of the week, or for quantities) read in a run, in order of place."""
    run, line, rows, likely = read(text), line_of(text), patterns(of_parts), any_of_rows(of_parts)
    printed = {quantity.first: quantity for quantity in quantities(text) if not quantity.is_void}
    found: dict[int, Said] = {}
    for begin in beginnings(of_parts).finditer(line):
        i = begin.start()
        if not likely[begin[0]].match(line, i):
            continue
        for pattern in rows[begin[0]]:
            match = pattern.regex.match(line, i)
            if match is None:
                continue
            first, after = match.span(1)
            at = next((k for k in range(first, after) if k in printed), first)
            quantity = printed.get(at) or Quantity(1, 1, at, at, at)
            if at in found or not _holds(run, pattern.holds, quantity, match.span()):
                continue
            after, closing = suffix(run, after)
            if closing and quantity.low == quantity.high:
                quantity = quantity.opened(closing)
            kind, confidence = _whose(run, line, pattern, quantity, first, after)
            found[at] = Said(pattern, at, first, after, quantity, kind, confidence)
    return [found[at] for at in sorted(found)]


def _measure(run: Run, said: Said) -> Measure | None:
    pattern, scale = said.pattern, _WEEKS_IN.get(said.pattern.unit, 1.0)
    value = _value(said.quantity, pattern.takes)
    low, high = (None if end is None else round(end * scale, 1) for end in value)
    if not all(end is None or 0 <= end <= _MOST[pattern.field] for end in (low, high)):
        return None
    start, end = run.bounds(said.first, said.after)
    return Measure(pattern.field, Range(low, high), start, end, said.kind, said.confidence, pattern.unit)


def _value(quantity: Quantity, takes: str) -> tuple[float | None, float | None]:
    """What a row takes of a quantity: it as printed, or its least, its most, or what is below it."""
    printed = [end for end in (quantity.low, quantity.high) if end is not None]
    if takes == "least":
        return min(printed), None
    if takes == "most":
        return None, max(printed)
    if takes == "below":
        return None, max(printed) - 1
    if takes == "and a half":
        return tuple(None if end is None else end + 0.5 for end in (quantity.low, quantity.high))  # type: ignore[return-value]
    if takes == "through" and quantity.form == "OVER":
        return quantity.low, quantity.low
    return quantity.low, quantity.high


def _holds(run: Run, conditions: Iterable[str], quantity: Quantity, span: tuple[int, int]) -> bool:
    """Whether a quantity, or the words at tokens `span` ("alone": nothing else in their sentence), meet the conditions."""
    value = quantity.high if quantity.high is not None else quantity.low
    least = quantity.low if quantity.low is not None else quantity.high
    if value is None or least is None:
        return False
    for condition in conditions:
        if condition == "digits":
            is_met = run.is_number(quantity.number)
        elif condition == "alone":
            is_met = run.back(span[0], 1) == span[0] and run.ahead(span[1], 1) == span[1]
        elif condition.startswith(">="):
            is_met = least >= float(condition[2:])
        elif condition.startswith("<"):
            is_met = value < float(condition[1:])
        else:
            is_met = least in {float(each) for each in condition[1:].split("|")}
        if not is_met:
            return False
    return True


def _whose(
    run: Run, line: str, pattern: Pattern, quantity: Quantity, first: int, after: int
) -> tuple[str, float]:
    """Whose it is what stands at tokens `first` to `after` - 1, and how sure: by its row, else by the first cue near it."""
    if pattern.whose:
        return pattern.whose, pattern.confidence
    for cue in cues().get(pattern.unit or pattern.field, ()):
        if cue.where == "before":
            window = line[run.back(first, cue.reach) : first]
        elif cue.where == "inside":
            window = line[quantity.after : after]
        else:
            window = line[after : run.ahead(after, cue.reach)]
        if cue.is_in(window) and _holds(run, cue.holds, quantity, (first, after)):
            return cue.whose, cue.confidence or pattern.confidence
    return "program", pattern.confidence
