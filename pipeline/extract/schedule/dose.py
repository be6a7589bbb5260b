"""How much treatment: days per week, hours per day, hours per week, as printed in words or numerals.

Nothing is computed: "three 3-hour sessions per week" gives days and hours a day, and no hours a week. Parts of a
program ("one hour of individual therapy a week") are kept apart as components.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from pipeline.extract.schedule.grammar_words import words
from pipeline.extract.schedule.lexer import Run, has_any, read
from pipeline.extract.schedule.quantities import NUMBER_WORDS, Quantity, number, quantities, suffix
from pipeline.extract.schedule.session_cues import level_in

DoseField = Literal["days_per_week", "hours_per_day", "hours_per_week"]
DoseKind = Literal["program", "component", "other"]
Period = Literal["day", "week"]
Range = tuple[float | None, float | None]

_UNITS = {word: name for name in ("hours", "days", "times", "sessions") for word in words("dose", name)}
_HOURS, _SESSIONS, _WEEK, _DAY = (words("dose", name) for name in ("hours", "sessions", "week", "day"))
_PER, _FILLERS, _NOT_FILLERS = words("dose", "per"), words("dose", "fillers"), words("dose", "not_fillers")
_COMPONENT, _PROGRAM = words("dose", "component"), words("dose", "program")
_COMPARED, _STEPPING, _ON_CALL = (words("dose", name) for name in ("compared", "stepping", "on_call"))
_LASTS, _SPREAD = words("dose", "lasts"), words("dose", "spread")
_END_OF_NOUN, _END_OF_PERIOD = words("dose", "end_of_noun"), words("dose", "end_of_period")
_LABELS: dict[tuple[str, ...], DoseField] = {
    ("hours", "per", "week"): "hours_per_week",
    ("hours", "/", "week"): "hours_per_week",
    ("weekly", "hours"): "hours_per_week",
    ("days", "per", "week"): "days_per_week",
    ("days", "/", "week"): "days_per_week",
    ("hours", "per", "day"): "hours_per_day",
    ("hours", "/", "day"): "hours_per_day",
}
_HINTS = ("hour", "hr", "day", "week", "evening", "night", "hora", "día", "semana", "weekly")
_MOST = {"days_per_week": 7.0, "hours_per_day": 12.0, "hours_per_week": 60.0}
SHORTEST_DAY = 1.5  # hours; what is shorter is one session of a program, not its day
LEAST_WEEK = 9.0  # hours; the least week of an IOP (ASAM 2.1), told from the parts of one
NEIGHBOUR = 9  # tokens between days and hours that speak of the same thing


@dataclass(frozen=True, slots=True)
class DoseMention:
    """A dose as printed: `value` (least, most) with None for an open end, at text[start:end].

    `kind`: of the program; of a component of it; or other (compared with, a phone line's hours).
    """

    field: DoseField
    value: Range
    start: int
    end: int
    kind: DoseKind = "program"
    confidence: float = 0.9


@dataclass(frozen=True, slots=True)
class _Measured:
    """A quantity with its unit, the tokens up to `after`, and the dose that they say if they say one."""

    quantity: Quantity
    unit: str
    after: int
    adjectives: frozenset[str] = frozenset()
    is_modifier: bool = False  # "3-hour session"
    dose: DoseMention | None = None


def find_dose(text: str) -> list[DoseMention]:
    """Every printed dose in a text run, in order of place."""
    if not has_any(text, _HINTS) or not (printed := quantities(text)):
        return []
    run = read(text)
    items = [item for quantity in printed if (item := _measured(run, quantity)) is not None]
    found = [item.dose or _beside(run, items, k) for k, item in enumerate(items)]
    return sorted((dose for dose in found if dose), key=lambda dose: dose.start)


def _measured(run: Run, quantity: Quantity) -> _Measured | None:
    if quantity.low is None and quantity.high is None:
        return None
    item = _counted_sessions(run, quantity) or _labelled(run, quantity) or _with_unit(run, quantity)
    if item is None or item.dose is not None:
        return item
    if item.unit == "days":
        item = replace(item, quantity=quantity.spread(run))
    dose = _hours(run, item) if item.unit == "hours" else _days(run, item)
    return replace(item, dose=dose)


def _with_unit(run: Run, quantity: Quantity) -> _Measured | None:
    """The quantity with the unit that follows it, past up to three adjectives."""
    i = quantity.after
    hyphen = run.word(i) == "-"
    i += hyphen
    adjectives: list[str] = []
    while len(adjectives) < 4:
        word, following = run.word(i), run.word(i + 1)
        unit = _UNITS.get(word)
        if unit and not (
            unit == "sessions" and (following in _SESSIONS or following in ("therapy", "counseling"))
        ):
            if word == "x" and not run.is_tight(i - 1) and following not in _PER | _WEEK:
                return None
            is_modifier = unit == "hours" and (hyphen or following == "-" or word in ("hour", "hr"))
            return _Measured(quantity, unit, i + 1, frozenset(adjectives), is_modifier)
        if not word or run.tokens[i].kind != "w" or word in _NOT_FILLERS:
            return None
        adjectives.append(word)
        i += 1 + (following == "-")
    return None


def _counted_sessions(run: Run, quantity: Quantity) -> _Measured | None:
    """The "three" of "three 3-hour sessions per week": so many days a week."""
    hours = number(run, quantity.after)
    if hours is None or run.word(hours[1] + (run.word(hours[1]) == "-")) not in _HOURS:
        return None
    noun = next((j for j in range(hours[1], hours[1] + 7) if run.word(j) in _SESSIONS), None)
    if noun is None:
        return None
    period, after = _period(run, noun + 1)
    dose = (
        _dose(run, "days_per_week", quantity, after, _kind(run, quantity, "sessions", noun, after))
        if period == "week"
        else None
    )
    return _Measured(quantity, "sessions", after, dose=dose) if dose else None


def _labelled(run: Run, quantity: Quantity) -> _Measured | None:
    """ "Hours per week: 9-15", "Days: 3 per week": the unit stands before the quantity, on its line or the one above."""
    colon = quantity.first - 1 - (run.words(quantity.first - 2, quantity.first) == [":", "\n"])
    if run.word(colon) not in (":", "\n"):
        return None
    label, after = run.words(colon - 4, colon), quantity.after
    said, field = next(
        ((said, field) for said, field in _LABELS.items() if tuple(label[-len(said) :]) == said), ((), None)
    )
    if field is None and label[-1:] in (["hours"], ["days"]):
        period, after = _period(run, quantity.after)
        is_next = period is not None and after - quantity.after <= 2
        said, field = tuple(label[-1:]), _LABELS.get((label[-1], "per", period or "")) if is_next else None
    if field is None:
        return None
    dose = _dose(run, field, replace(quantity, first=colon - len(said)), after, "program")
    return _Measured(quantity, "labelled", after, dose=dose) if dose else None


def _days(run: Run, item: _Measured) -> DoseMention | None:
    """Days, times or sessions with a week behind them: "3 days a week", "meets 3x/week", "all five days"."""
    period, after = _period(run, item.after)
    is_all = item.unit == "days" and run.word(item.quantity.first - 1) == "all"
    if period != "week" and "weekly" not in item.adjectives and not is_all:
        return None
    if item.unit == "days" and item.adjectives - _FILLERS:
        return None
    kind = _kind(run, item.quantity, item.unit, item.after, after)
    counted = run.word(item.after - 1)
    if item.unit == "sessions" and (
        item.adjectives - _FILLERS - {"hour"} or counted not in ("session", "sessions", "visits")
    ):
        kind = "component" if kind == "program" else kind
    if item.unit == "times" and kind == "program" and _is_of_acronym(run, item.quantity.first):
        kind = "component"
    return _dose(run, "days_per_week", item.quantity, after, kind)


def _is_of_acronym(run: Run, i: int) -> bool:
    """ "TMS usually 5x weekly": an acronym that is no level of care names a part of the program."""
    return any(
        (printed := run.text[run.tokens[k].start : run.tokens[k].end]).isupper()
        and len(printed) > 2
        and not level_in(run, k, k + 1)
        for k in range(max(i - 3, 0), i)
    )


def _hours(run: Run, item: _Measured) -> DoseMention | None:
    """Hours of a week or a day: "9 hours per week", "three-hour sessions", "3 hours of group therapy daily"."""
    if item.adjectives - _FILLERS:
        return None
    period: Period | None = None
    after = item.after
    lead = run.before(item.quantity.first, 3)
    if "weekly" in item.adjectives or ("weekly" in lead and "," not in lead):
        period = "week"
    elif "daily" in item.adjectives:
        period = "day"
    elif item.is_modifier:
        period, after = _noun(run, item.after)
    if period is None:
        period, after = _period(run, item.after)
    if period is None:
        return None
    kind = _kind(run, item.quantity, item.unit, item.after, after)
    most = item.quantity.high or item.quantity.low or 0.0
    if kind == "program" and period == "day" and most < SHORTEST_DAY:
        kind = "component"
    return _dose(run, "hours_per_week" if period == "week" else "hours_per_day", item.quantity, after, kind)


def _noun(run: Run, i: int) -> tuple[Period | None, int]:
    """ "3-hour [group] session": the noun that hours describe, within five words."""
    for j in range(i, i + 5):
        word = run.word(j)
        if word in _SESSIONS or word in ("day", "days", "evening", "duration"):
            return "day", j + 1
        if not word or run.tokens[j].kind == "n" or word in _END_OF_NOUN:
            break
    return None, i


def _period(run: Run, i: int) -> tuple[Period | None, int]:
    """The period that is measured ("per week", "/day", "of therapy each week") and the token after it."""
    if i > len(run.tokens):
        return None, i
    for k, word in enumerate(run.behind(i, 14)):
        j = i + k
        is_number = run.tokens[j].kind == "n" or word in NUMBER_WORDS
        if (is_number and word not in ("1", "one")) or (k and (word in _HOURS or word in _END_OF_PERIOD)):
            break
        if word == "weekly" or (word == "daily" and k <= 8):
            return ("week" if word == "weekly" else "day"), j + 1
        before, following = run.word(j - 1 - (run.word(j - 1) == "-")), run.word(j + 1)  # "five-day-a-week"
        if word in ("/", "-") or before not in _PER:
            continue
        if word in _WEEK or (before == "/" and word == "w"):
            return "week", j + 1
        if word in _DAY or (before == "/" and word == "d"):
            return "day", j + 1
        if word in ("single", "treatment", "program", "group", "given") and following in _DAY | _WEEK:
            return ("week" if following in _WEEK else "day"), j + 2
    return None, i


def _beside(run: Run, items: list[_Measured], k: int) -> DoseMention | None:
    """Days or hours without a period, by what stands beside them: "five days, at least three hours"."""
    item = items[k]
    if item.unit not in ("hours", "days") or item.adjectives - _FILLERS:
        return None
    kind = _kind(run, item.quantity, item.unit, item.after, item.after)
    if kind != "program":
        return None
    near = [
        other for other in items[max(k - 1, 0) : k + 2] if other is not item and _is_near(run, item, other)
    ]
    if item.unit == "days":
        is_beside = any(other.unit == "hours" for other in near)
        return _dose(run, "days_per_week", item.quantity, item.after, kind, 0.7) if is_beside else None
    if _is_spread(run, items, k):
        return _dose(run, "hours_per_week", item.quantity, item.after, kind, 0.75)
    is_day = (item.quantity.high or item.quantity.low or 0) >= SHORTEST_DAY
    if is_day and any(
        other.unit != "hours" and (other.dose is None or other.dose.kind == "program") for other in near
    ):
        return _dose(run, "hours_per_day", item.quantity, item.after, kind, 0.75)
    if is_day and _is_session_length(run, item):
        return _dose(run, "hours_per_day", item.quantity, item.after, kind, 0.75)
    if (item.quantity.low or 0) >= LEAST_WEEK and _is_of_treatment(run, item.after):
        return _dose(run, "hours_per_week", item.quantity, item.after, kind, 0.55)
    return None


def _is_spread(run: Run, items: list[_Measured], k: int) -> bool:
    """ "Nine hours of programming over three days each week": hours of the week, and not of each day."""
    if k + 1 == len(items) or items[k + 1].unit != "days" or not _is_near(run, items[k], items[k + 1]):
        return False
    between = set(run.words(items[k].after, items[k + 1].quantity.number))
    return bool(_SPREAD & between)


def _is_session_length(run: Run, item: _Measured) -> bool:
    """ "Each session lasts three hours", "groups are 3 hours long"."""
    before = run.before(item.quantity.first, 5)
    return bool(_SESSIONS & set(before)) and bool(_LASTS & set(before[-2:]))


def _is_near(run: Run, one: _Measured, other: _Measured) -> bool:
    first, second = sorted((one, other), key=lambda item: item.quantity.first)
    gap = second.quantity.first - (first.after if first.dose is None else _period(run, first.after)[1])
    return gap <= NEIGHBOUR and run.sentence[first.quantity.number] == run.sentence[second.quantity.number]


def _is_of_treatment(run: Run, i: int) -> bool:
    return run.word(i) == "of" and bool({"treatment", "therapy", "programming"} & set(run.words(i, i + 4)))


def _dose(
    run: Run, field: DoseField, quantity: Quantity, after: int, kind: DoseKind, confidence: float = 0.9
) -> DoseMention | None:
    after, closing = suffix(run, after)
    if closing and quantity.low == quantity.high:
        quantity = quantity.opened(closing)
    if not all(end is None or 0 < end <= _MOST[field] for end in (quantity.low, quantity.high)):
        return None
    start, end = run.bounds(quantity.first, after)
    return DoseMention(field, (quantity.low, quantity.high), start, end, kind, confidence)


def _kind(run: Run, quantity: Quantity, unit: str, unit_after: int, after: int) -> DoseKind:
    """Of the program, of a component ("of individual therapy"), or of something else (comparison, phone line)."""
    before, behind, tail = run.before(quantity.first, 12), run.behind(unit_after, 8), run.behind(after, 8)
    if _COMPARED & set(before) or (_STEPPING & set(before[-8:]) and {"from", "to"} & set(before[-2:])):
        return "other"
    if "24" in before[-8:] or (quantity.high == 7 and _ON_CALL & set(before)):
        return "other"
    if _is_only_group(behind) and (quantity.high or LEAST_WEEK) < LEAST_WEEK:
        return "component"
    lead = set(before[-3:] if unit == "hours" else before[-6:])
    if (_COMPONENT & lead and not _PROGRAM & lead) or _is_of_component(behind) or _is_of_component(tail):
        return "component"
    return "program"


def _is_of_component(behind: list[str]) -> bool:
    """ "of individual therapy", "with a psychiatrist", where no group is named along with it."""
    scope = set(behind if behind[:1] in (["of"], ["with"], ["for"]) else behind[:2])
    return bool(_COMPONENT & scope) and not {"group", "groups"} & scope


def _is_only_group(behind: list[str]) -> bool:
    """ "6 hours/wk of group": the groups of a program, where "of group therapy" says what the program is."""
    if "of" not in behind[:4]:
        return False
    at = behind.index("of")
    return behind[at + 1 : at + 2] in (["group"], ["groups"]) and behind[at + 2 : at + 3] not in (
        ["therapy"],
        [","],
        ["and"],
    )
