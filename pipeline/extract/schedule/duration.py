"""How long a program usually lasts: "2-4 weeks", "90 days", "a maximum of six weeks", with the printed unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.extract.schedule.grammar_words import words
from pipeline.extract.schedule.lexer import Run, has_any, read
from pipeline.extract.schedule.quantities import Quantity, opener, quantities, suffix

DurationKind = Literal["program", "component", "other"]
DurationUnit = Literal["day", "business_day", "week", "month"]

_NAMED: tuple[DurationUnit, ...] = ("day", "week", "month")
_UNITS = {word: unit for unit in _NAMED for word in words("duration", unit)}
_WEEKS_IN: dict[DurationUnit, float] = {"day": 1 / 7, "business_day": 1 / 5, "week": 1.0, "month": 13 / 3}
_LONGEST_WEEKS = 104.0
_HINTS = ("week", "wk", "month", "day", "semana", "mes", "día", "dia")
_PER, _BETWEEN, _BUSINESS = (
    words("duration", "per"),
    words("duration", "between"),
    words("duration", "business"),
)
_BEFORE_OTHER, _BEHIND_OTHER = words("duration", "before_other"), words("duration", "behind_other")
_WAIT, _PART, _PROGRAM = words("duration", "wait"), words("duration", "part"), words("duration", "program")
_TREATED, _SHORT = words("duration", "treated"), words("duration", "short")


@dataclass(frozen=True, slots=True)
class DurationMention:
    """A length in weeks (least, most), None for an open end, converted from the printed `unit`, at text[start:end].

    `kind`: of the program; of a component ("8-week parent workshop"); or other ("within two weeks of intake").
    """

    weeks: tuple[float | None, float | None]
    unit: DurationUnit
    start: int
    end: int
    kind: DurationKind = "program"
    confidence: float = 0.9


def find_durations(text: str) -> list[DurationMention]:
    """Every printed length of time in days, weeks or months of a run, in order of place."""
    if not has_any(text, _HINTS) or not (printed := quantities(text)):
        return []
    run = read(text)
    mentions = (_duration(run, quantity) for quantity in printed)
    return [mention for mention in mentions if mention is not None]


def _duration(run: Run, quantity: Quantity) -> DurationMention | None:
    i = quantity.after
    if quantity.low is None and quantity.high is None:
        return None
    is_attached = run.word(i) == "-"
    while run.word(i) in _BETWEEN:
        i += 1
    unit = _UNITS.get(run.word(i))
    if unit is None or _is_rate(run, i + 1):
        return None
    if unit == "day" and _BUSINESS & set(run.words(quantity.after, i)):
        unit = "business_day"
    quantity = quantity.spread(run)
    after = i + 3 if run.words(i + 1, i + 3) == ["-", "long"] else i + 1
    after, closing = suffix(run, after)
    if closing and quantity.low == quantity.high:
        quantity = quantity.opened(closing)
    weeks = _weeks(quantity.low, unit), _weeks(quantity.high, unit)
    if any(value is not None and not 0 < value <= _LONGEST_WEEKS for value in weeks):
        return None
    kind, is_told = _kind(run, quantity, after, unit)
    start, end = run.bounds(quantity.first, after)
    return DurationMention(weeks, unit, start, end, kind, 0.9 if is_told or is_attached else 0.6)


def _is_rate(run: Run, i: int) -> bool:
    """ "3 days a week", "5-day-a-week", "5 days/week" count days in a week; they are no length."""
    i += run.word(i) == "-"
    word, following = run.word(i), run.word(i + 1)
    if word == "a":
        return following in _UNITS or following in ("-", "year")
    return word in _PER


def _weeks(value: float | None, unit: DurationUnit) -> float | None:
    return None if value is None else round(value * _WEEKS_IN[unit], 1)


def _kind(run: Run, quantity: Quantity, after: int, unit: DurationUnit) -> tuple[DurationKind, bool]:
    """What the time is the length of, and whether the words say so."""
    before, behind = run.before(quantity.first, 14), run.behind(after, 8)
    if _is_other(before, behind):
        return "other", True
    of_part = _PART & set(behind[:3]) and not {"iop", "outpatient", "program"} & set(behind[:4])
    if of_part or _PART & set(before[-5:]):
        return "component", True
    if unit == "day" and (quantity.high or quantity.low or 0) <= 7 and not _SHORT & set(before[-4:]):
        return "other", False  # more likely days of a week
    is_told = bool(_PROGRAM & (set(before) | set(behind[:5]))) or opener(run, quantity.number)[0] is not None
    return "program" if is_told or unit == "week" else "other", is_told


def _is_other(before: list[str], behind: list[str]) -> bool:
    """A point in time, a wait or a stretch of the past, rather than a length of treatment."""
    if behind[:1] == ["of"] and _TREATED & set(behind[1:3]) and not {"first", "within"} & set(before[-2:]):
        return False  # "after two to four weeks of treatment"
    nearest = set(before[-2:]) - ({"last"} if _is_verb(before, "last") else set())
    soon = set(behind[1:3]) - {"after", "from", "following"}
    return bool(
        _BEFORE_OTHER & nearest
        or _BEHIND_OTHER & (set(behind[:1]) | soon)
        or _WAIT & (set(before[-6:]) | set(behind[:3]))
    )


def _is_verb(before: list[str], word: str) -> bool:
    """ "programs last 2-4 weeks", unlike "the last 2 weeks"."""
    if word not in before[-2:]:
        return False
    at = len(before) - 1 - before[::-1].index(word)
    return at > 0 and before[at - 1] not in ("the", "in", "over", "during", "within", "your", "our", "of")
