"""How much treatment: days per week, hours per day, hours per week, as printed in words or numerals.

Nothing is computed: "three 3-hour sessions per week" gives days and hours a day, and no hours a week. Parts of a
program ("one hour of individual therapy a week") are kept apart as components.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from pipeline.extract.lexer import Run, read
from pipeline.extract.quantities import Quantity, number, quantities, suffix

if TYPE_CHECKING:
    from pipeline.extract.sessions import SessionMention

DoseField = Literal["days_per_week", "hours_per_day", "hours_per_week"]
DoseKind = Literal["program", "component", "other"]
Range = tuple[float | None, float | None]

_HOURS = frozenset({"hour", "hours", "hr", "hrs", "horas", "hora"})
_DAYS = frozenset(
    "day days weekday weekdays evening evenings night nights morning mornings afternoon afternoons días dias".split()
)
_TIMES = frozenset({"time", "times", "x", "veces"})
_SESSIONS = frozenset(
    {
        "session",
        "sessions",
        "group",
        "groups",
        "block",
        "blocks",
        "class",
        "classes",
        "visit",
        "visits",
        "meetings",
    }
)
_WEEK = frozenset({"week", "weekly", "wk", "semana"})
_DAY = frozenset(
    {
        "day",
        "daily",
        "session",
        "group",
        "evening",
        "night",
        "visit",
        "weekday",
        "morning",
        "meeting",
        "time",
        "día",
    }
)
_PER = frozenset({"per", "a", "each", "every", "/", "por", "al", "cada", "one", "in"})
_FILLERS = frozenset(
    "full consecutive therapeutic clinical total structured intensive treatment program programming contact evening of "
    "morning afternoon day different separate total iop php long duration half regular per weekly daily scheduled or . - live".split()
)
_COMPONENT = frozenset(
    "individual family parent parents caregiver psychiatrist psychiatric psychiatry therapist counselor nutrition "
    "nutritionist dietitian medication multifamily multi-family yoga one-on-one physician doctor aa na meal homework "
    "case couples physical art music academic school tutoring peer alumni exercise case".split()
)
_COMPARED = frozenset({"unlike", "versus", "vs", "compared", "rather", "instead", "whereas", "opposed"})
_ON_CALL = frozenset(
    {
        "call",
        "phone",
        "hotline",
        "helpline",
        "support",
        "line",
        "reach",
        "answer",
        "admissions",
        "nursing",
        "speak",
    }
)
_MOST = {"days_per_week": 7.0, "hours_per_day": 12.0, "hours_per_week": 60.0}


@dataclass(frozen=True, slots=True)
class DoseMention:
    """A dose as printed: `value` (least, most) with None for an open end, at text[start:end]."""

    field: DoseField
    value: Range
    start: int
    end: int
    kind: DoseKind = "program"
    confidence: float = 0.9


@dataclass(frozen=True, slots=True)
class _Unit:
    """The unit found after a quantity, and the tokens that say it."""

    name: Literal["hours", "days", "times", "sessions"]
    after: int
    adjectives: tuple[str, ...] = ()
    is_modifier: bool = False  # "3-hour session", "5-day week"


def may_have_dose(text: str) -> bool:
    """A cheap test that most runs fail."""
    low = text.lower()
    return any(
        unit in low for unit in ("hour", "hr", "day", "week", "evening", "night", "hora", "día", "semana")
    )


def find_dose(text: str) -> list[DoseMention]:
    """Every printed dose in a text run, in order of place."""
    if not may_have_dose(text):
        return []
    run = read(text)
    found: list[DoseMention] = []
    loose: list[tuple[Quantity, _Unit]] = []
    for quantity in quantities(text):
        if quantity.low is None and quantity.high is None:
            continue
        unit = _unit(run, quantity)
        if unit is None:
            if (counted := _counted_sessions(run, quantity)) is not None:
                found.append(counted)
            continue
        mention = _measure(run, quantity, unit)
        if mention is not None:
            found.append(mention)
        elif unit.name in ("hours", "days"):
            loose.append((quantity, unit))
    found += _loose_hours(run, loose, found)
    return sorted(found, key=lambda mention: mention.start)


def days_from_sessions(sessions: Iterable[SessionMention]) -> Range | None:
    """Days per week where every program session that names days names the same number of them."""
    sizes = {
        len(mention.value[0])
        for mention in sessions
        if mention.kind == "program" and mention.value[0] and (mention.value[1] or len(mention.value[0]) > 2)
    }
    if len(sizes) != 1:
        return None
    size = float(sizes.pop())
    return size, size


def _unit(run: Run, quantity: Quantity) -> _Unit | None:
    i = quantity.after
    hyphen = run.word(i) == "-"
    if hyphen:
        i += 1
    adjectives: list[str] = []
    while len(adjectives) < 4:
        word = run.word(i)
        name = _unit_name(word)
        if name == "sessions" and run.word(i + 1) in ("therapy", "session", "sessions", "counseling"):
            name = None
        if name:
            following = run.word(i + 1)
            attached = (
                name == "hours"
                and (hyphen or following == "-" or word in ("hour", "hr"))
                and quantity.high != 1.0
            )
            if word in ("x",) and not run.is_tight(i - 1) and following not in _PER | _WEEK:
                return None
            return _Unit(name, i + 1, tuple(adjectives), attached)
        if (
            not word
            or run.tokens[i].kind != "w"
            or word in ("and", "minute", "minutes", "week", "weeks", "month", "years", "with")
        ):
            return None
        adjectives.append(word)
        i += 1
        if run.word(i) == "-":
            i += 1
    return None


def _counted_sessions(run: Run, quantity: Quantity) -> DoseMention | None:
    """The "three" of "three 3-hour sessions per week": so many days a week."""
    hours = number(run, quantity.after)
    if hours is None or run.word(hours[1] + (run.word(hours[1]) == "-")) not in _HOURS:
        return None
    noun = next((j for j in range(hours[1], hours[1] + 7) if run.word(j) in _SESSIONS), None)
    if noun is None:
        return None
    period, after = _period(run, noun + 1)
    return (
        _mention(run, "days_per_week", quantity, after, _kind(run, quantity, noun))
        if period == "week"
        else None
    )


def _unit_name(word: str) -> Literal["hours", "days", "times", "sessions"] | None:
    if word in _HOURS:
        return "hours"
    if word in _DAYS:
        return "days"
    if word in _TIMES:
        return "times"
    return "sessions" if word in _SESSIONS else None


def _measure(run: Run, quantity: Quantity, unit: _Unit) -> DoseMention | None:
    """The dose that a quantity and its unit say together with the period that follows, if they say one."""
    if unit.name == "hours":
        return _hours(run, quantity, unit)
    period, after = _period(run, unit.after)
    weekly_before = "weekly" in unit.adjectives
    if period != "week" and not weekly_before:
        all_days = run.word(quantity.first - 1) == "all" and unit.name == "days"
        if not all_days:
            return None
    if unit.name == "days" and set(unit.adjectives) - _FILLERS:
        return None
    kind = _kind(run, quantity, after)
    if unit.name == "sessions" and kind == "program" and set(unit.adjectives) - _FILLERS - {"hour"}:
        kind = "component"
    if unit.name == "sessions" and run.word(unit.after - 1) not in ("session", "sessions", "visits"):
        kind = "component"
    return _mention(run, "days_per_week", quantity, after, kind)


def _hours(run: Run, quantity: Quantity, unit: _Unit) -> DoseMention | None:
    if set(unit.adjectives) - _FILLERS - {"weekly"}:
        return None
    kind = _kind(run, quantity, unit.after)
    if "weekly" in unit.adjectives or run.word(quantity.first - 1) == "weekly":
        return _mention(run, "hours_per_week", quantity, unit.after, kind)
    if "daily" in unit.adjectives:
        return _mention(run, "hours_per_day", quantity, unit.after, kind)
    period, after = _modified(run, unit.after) if unit.is_modifier else (None, unit.after)
    if period is None:
        period, after = _period(run, unit.after)
    if period is None:
        return None
    return _mention(run, "hours_per_week" if period == "week" else "hours_per_day", quantity, after, kind)


def _modified(run: Run, i: int) -> tuple[str | None, int]:
    """ "3-hour [group] session": the noun that an hour count describes, within four words."""
    for j in range(i, i + 5):
        word = run.word(j)
        if word in _SESSIONS or word in ("day", "days", "evening", "duration", "visit"):
            return "day", j + 1
        if (
            not word
            or run.tokens[j].kind == "n"
            or word in ("week", ".", ",", ";", "\n", "and", "of", "a", "per")
        ):
            return None, i
    return None, i


def _period(run: Run, i: int) -> tuple[str | None, int]:
    """The period that a dose is measured in ("per week", "/day", "of therapy each week"), and the token after."""
    first = i
    if i >= len(run.tokens):
        return None, first
    sentence = run.sentence[i - 1]
    for j in range(i, min(i + 14, len(run.tokens))):
        word = run.word(j)
        if run.sentence[j] != sentence or word in (";", "\n", "•", "|"):
            break
        if run.tokens[j].kind == "n" and word != "1":
            break
        if j > i and (word in _HOURS or word in ("for", "in", "over", "plus")) and word != "in":
            break
        before = run.word(j - 1)
        if word in ("weekly", "daily") and not (word == "daily" and j - i > 8):
            return word.removesuffix("ly").replace("dai", "day"), j + 1
        if word in ("/", "-") or before not in _PER or (before == "in" and word != "semana"):
            continue
        if word in _WEEK or (before == "/" and word == "w"):
            return "week", j + 1
        if word in _DAY or (before == "/" and word == "d"):
            return "day", j + 1
        if word in ("single", "treatment", "program", "group", "given") and run.word(j + 1) in _DAY | _WEEK:
            return ("week" if run.word(j + 1) in _WEEK else "day"), j + 2
    return None, first


def _loose_hours(
    run: Run, loose: list[tuple[Quantity, _Unit]], found: list[DoseMention]
) -> list[DoseMention]:
    """Hours without a period, beside a number of days: "five days, at least three hours", "3x a week for 3 hours"."""
    extra: list[DoseMention | None] = []
    days = [mention for mention in found if mention.field == "days_per_week" and mention.kind == "program"]
    for quantity, unit in loose:
        start, end = run.bounds(quantity.first, unit.after)
        if unit.name == "days":
            following = [q for q, u in loose if u.name == "hours" and 0 < q.first - unit.after < 5]
            if following and run.sentence[following[0].first] == run.sentence[quantity.first]:
                extra.append(_mention(run, "days_per_week", quantity, unit.after, "program", 0.7))
            continue
        near = [m for m in days if 0 <= start - m.end < 40 or 0 <= m.start - end < 12]
        beside = any(u.name == "days" and 0 < quantity.first - u.after < 5 for _, u in loose)
        if (near or beside) and _kind(run, quantity, unit.after) == "program" and _fits(quantity, 12.0):
            extra.append(_mention(run, "hours_per_day", quantity, unit.after, "program", 0.75))
        elif (
            not near
            and _kind(run, quantity, unit.after) == "program"
            and (quantity.low or 0) >= 9
            and _is_treatment(run, unit.after)
        ):
            extra.append(_mention(run, "hours_per_week", quantity, unit.after, "program", 0.55))
    return [mention for mention in extra if mention is not None]


def _is_treatment(run: Run, i: int) -> bool:
    return run.word(i) == "of" and bool({"treatment", "therapy", "programming"} & set(run.words(i, i + 4)))


def _fits(quantity: Quantity, most: float) -> bool:
    return all(end is None or 0 < end <= most for end in (quantity.low, quantity.high))


def _mention(
    run: Run, field: DoseField, quantity: Quantity, after: int, kind: DoseKind, confidence: float = 0.9
) -> DoseMention | None:
    after, closing = suffix(run, after)
    if closing and quantity.low == quantity.high:
        quantity = quantity.opened(closing)
    if not _fits(quantity, _MOST[field]):
        return None
    start, end = run.bounds(quantity.first, after)
    return DoseMention(field, (quantity.low, quantity.high), start, end, kind, confidence)


def _kind(run: Run, quantity: Quantity, after: int) -> DoseKind:
    """Program, or a component of it ("of individual therapy"), or something else (comparisons, phone lines)."""
    sentence = run.sentence[quantity.number]
    before = _near(run, quantity.first - 12, quantity.first, sentence)
    behind = _near(run, after, after + 8, sentence)
    if _COMPARED & set(before):
        return "other"
    if "24" in before[-8:] or _ON_CALL & set(before):
        return "other"
    words = behind if "group" not in behind and "groups" not in behind else []
    near = set(words[:6]) | set(before[-3:])
    if _COMPONENT & near and not {"group", "groups"} & set(before[-3:]):
        return "component"
    return "program"


def _near(run: Run, i: int, j: int, sentence: int) -> list[str]:
    """Words of tokens i to j - 1 in the same sentence; behind a dose they end at a semicolon."""
    words = [run.word(k) for k in range(max(i, 0), min(j, len(run.tokens))) if run.sentence[k] == sentence]
    return words[: words.index(";")] if ";" in words else words


def with_kind(mention: DoseMention, kind: DoseKind) -> DoseMention:
    """The mention with another kind, for a caller who sees more than the run."""
    return replace(mention, kind=kind)
