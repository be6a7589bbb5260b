"""How long a program usually lasts: "2-4 weeks", "90 days", "a maximum of six weeks", with the printed unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.extract.lexer import Run, read
from pipeline.extract.quantities import Quantity, opener, quantities, suffix

DurationKind = Literal["program", "component", "other"]
DurationUnit = Literal["day", "business_day", "week", "month"]

_UNITS: dict[str, DurationUnit] = {
    "week": "week", "weeks": "week", "wk": "week", "wks": "week", "semana": "week", "semanas": "week", "day": "day",
    "days": "day", "días": "day", "dias": "day", "month": "month", "months": "month", "mes": "month", "meses": "month",
}  # fmt: skip
_WEEKS_IN: dict[DurationUnit, float] = {"day": 1 / 7, "business_day": 1 / 5, "week": 1.0, "month": 13 / 3}
_LONGEST_WEEKS = 104.0
_PER = frozenset({"per", "a", "each", "every", "/", "por", "x"})
_BEFORE_OTHER = frozenset(
    "within past last previous first next every after before since following prior preceding under final ago initial "
    "until every another".split()
)
_BEHIND_OTHER = frozenset(
    "ago of-sobriety sober old pregnant pregnancy postpartum later prior before notice earlier advance abstinent clean "
    "sobriety abstinence away experience following after from".split()
)
_WAIT = frozenset(
    "wait waiting waitlist appointment follow-up followup discharge relapse trial study studies survey cancellation enrolled".split()
)
_PART = frozenset(
    "detox medication individual family workshop parent injection visit refill certificate residential inpatient ".split()
)
_PROGRAM = frozenset(
    "program programs programme programa iop php soap treatment last lasts lasting length duration stay attend attends complete range ranges "
    "average typically commitment course period participate participation spend spends enrolled run runs long cycle episode "
    "track timeframe frame participants patients clients sessions dura duración up rolling outpatient".split()
)


@dataclass(frozen=True, slots=True)
class DurationMention:
    """A length in weeks (least, most), None for an open end, converted from the printed `unit`, at text[start:end]."""

    weeks: tuple[float | None, float | None]
    unit: DurationUnit
    start: int
    end: int
    kind: DurationKind = "program"
    confidence: float = 0.9


def find_durations(text: str) -> list[DurationMention]:
    """Every printed length of time in days, weeks or months of a run, in order of place."""
    low = text.lower()
    if not any(unit in low for unit in ("week", "wk", "month", "day", "semana", "mes", "día")):
        return []
    run = read(text)
    mentions = (_duration(run, quantity) for quantity in quantities(text))
    return [mention for mention in mentions if mention is not None]


def _duration(run: Run, quantity: Quantity) -> DurationMention | None:
    if quantity.low is None and quantity.high is None:
        return None
    i = quantity.after
    attached = run.word(i) == "-"
    while run.word(i) in (
        "-",
        "full",
        "consecutive",
        "business",
        "working",
        "calendar",
        "treatment",
        "program",
        "additional",
        "short",
    ):
        i += 1
    unit = _UNITS.get(run.word(i))
    if unit is None:
        return None
    if unit == "day" and {"business", "working"} & set(run.words(quantity.after, i)):
        unit = "business_day"
    after = i + 1
    if run.word(after) in _PER and not (
        run.word(after) == "a" and run.word(after + 1) not in ("week", "day", "month", "year")
    ):
        return None
    if run.word(after) == "-" and run.word(after + 1) in (*_PER, "per"):
        return None
    if run.word(after) == "-" and run.word(after + 1) == "long":
        after += 2
    after, closing = suffix(run, after)
    if closing and quantity.low == quantity.high:
        quantity = quantity.opened(closing)
    weeks = _weeks(quantity.low, unit), _weeks(quantity.high, unit)
    if any(value is not None and not 0 < value <= _LONGEST_WEEKS for value in weeks):
        return None
    kind, is_told = _kind(run, quantity, after, unit, attached)
    start, end = run.bounds(quantity.first, after)
    return DurationMention(weeks, unit, start, end, kind, 0.9 if is_told else 0.6)


def _weeks(value: float | None, unit: DurationUnit) -> float | None:
    return None if value is None else round(value * _WEEKS_IN[unit], 1)


def _kind(
    run: Run, quantity: Quantity, after: int, unit: DurationUnit, attached: bool
) -> tuple[DurationKind, bool]:
    """What the time is the length of, and whether the words say so."""
    sentence = run.sentence[quantity.number]
    before = [
        run.word(k) for k in range(max(quantity.first - 14, 0), quantity.first) if run.sentence[k] == sentence
    ]
    behind = [
        run.word(k) for k in range(after, min(after + 8, len(run.tokens))) if run.sentence[k] == sentence
    ]
    nearest = set(before[-2:]) - ({"last"} if _is_verb(before, "last") else set())
    if (
        _BEFORE_OTHER & nearest
        or (behind and behind[0] in _BEHIND_OTHER)
        or _BEHIND_OTHER & set(behind[1:3]) - {"after", "from", "following"}
    ):
        return "other", True
    if _WAIT & set(before[-6:]) or _WAIT & set(behind[:3]):
        return "other", True
    if (_PART & set(behind[:3]) and not {"iop", "outpatient", "program"} & set(behind[:4])) or _PART & set(
        before[-2:]
    ):
        return "component", True
    told = (
        bool(_PROGRAM & set(before) or _PROGRAM & set(behind[:5]))
        or opener(run, quantity.number)[0] is not None
    )
    if unit in ("day", "business_day", "month") and not told:
        return "other", False
    return "program", told or attached


def _is_verb(before: list[str], word: str) -> bool:
    """ "programs last 2-4 weeks", unlike "the last 2 weeks"."""
    if word not in before[-2:]:
        return False
    at = len(before) - 1 - before[::-1].index(word)
    return at == 0 or before[at - 1] not in ("the", "in", "over", "during", "within", "your", "our")
