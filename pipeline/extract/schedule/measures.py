"""What quantities of a run say of a program: days and hours, length, ages. Read by the tables of `grammar.py`."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.extract.schedule.grammar import Pattern, is_held, line_of, patterns, whose
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


def find_measures(text: str) -> list[Measure]:
    """Every measure of a run, in order of place."""
    printed = quantities(text)
    if not printed:
        return []
    run = read(text)
    by_token = {quantity.first: quantity for quantity in printed if not quantity.is_void}
    line, rows = line_of(text), patterns()
    found: dict[int, Measure] = {}
    for i, char in enumerate(line):
        for pattern in rows.get(char, ()):
            if (measure := _measure(run, line, by_token, pattern, i, found)) is not None:
                found[measure[0]] = measure[1]
                break
    return [found[at] for at in sorted(found)]


def _measure(
    run: Run, line: str, by_token: dict[int, Quantity], pattern: Pattern, i: int, found: dict[int, Measure]
) -> tuple[int, Measure] | None:
    match = pattern.regex.match(line, i)
    if match is None:
        return None
    first, after = match.span(1)
    at = next(k for k in range(first, after) if k in by_token)
    quantity = by_token[at]
    if at in found or not is_held(pattern.holds, quantity, run):
        return None
    after, closing = suffix(run, after)
    if closing and quantity.low == quantity.high:
        quantity = quantity.opened(closing)
    value = _value(quantity, pattern.takes)
    scale = _WEEKS_IN.get(pattern.unit, 1.0)
    low, high = (None if end is None else round(end * scale, 1) for end in value)
    if not all(end is None or 0 <= end <= _MOST[pattern.field] for end in (low, high)):
        return None
    kind, sure = whose(run, line, pattern, quantity, (first, after))
    start, end = run.bounds(first, after)
    return at, Measure(pattern.field, Range(low, high), start, end, kind, sure, pattern.unit)


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
