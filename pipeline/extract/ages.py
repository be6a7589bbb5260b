"""Ages that a program takes: "ages 13-17", "18+", "adults 18 and over", "13 a 17 años", as (least, most) years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.extract.lexer import Run, read
from pipeline.extract.quantities import Quantity, quantities

AgeKind = Literal["accepted", "excluded", "other"]

OLDEST, LEAST_BARE = 100, 4
_AGE_WORDS = frozenset({"age", "ages", "aged", "edad", "edades"})
_YEARS = frozenset({"year", "years", "yr", "yrs", "yo", "y", "años"})
_PEOPLE = frozenset(
    "adult adults teen teens teenagers teenager tween tweens adolescent adolescents youth youths child children kids men women boys "
    "girls individuals people clients patients students males females person persons anyone seniors preteens minors participants "
    "adultos adolescentes jóvenes niños veterans members".split()
)
_OLDER = (("and", "older"), ("or", "older"), ("and", "over"), ("or", "over"), ("and", "up"), ("and", "above"), ("or", "above"),
          ("and", "olders"), ("y", "mayores"), ("o", "más"), ("y", "más"), ("+",), ("plus",), ("years", "and", "older"))  # fmt: skip
_YOUNGER = (("and", "under"), ("and", "younger"), ("or", "younger"), ("or", "under"), ("and", "below"))
_UNDER = frozenset({"under", "below", "menores"})
_OVER = frozenset({"over", "above", "mayores"})
_NOT_TAKEN = frozenset(
    {"not", "no", "cannot", "n't", "don't", "unable", "excluded", "ineligible", "except", "doesn't", "can't"}
)
_OTHER = frozenset(
    "experience history business founded celebrating serving served anniversary median mean average survey percent % "
    "national statistics prevalence study studies accommodations insurance dependents insured coverage plan onset housing "
    "according sobriety sober diagnosed reported".split()
)
_COMPANY = frozenset(
    "company organization agency provider business history center practice tradition study clinic hospital building".split()
)
_STOPS = frozenset({";", "|", "•", "\n"})


@dataclass(frozen=True, slots=True)
class AgeMention:
    """Ages in years (least, most), None where open, at text[start:end]."""

    years: tuple[float | None, float | None]
    start: int
    end: int
    kind: AgeKind = "accepted"
    confidence: float = 0.9


def find_ages(text: str) -> list[AgeMention]:
    """Every printed age or range of ages of a run, in order of place."""
    run_quantities = quantities(text) if any(c in text for c in "0123456789") or _may_be_worded(text) else ()
    run = read(text) if run_quantities else None
    mentions = (_age(run, quantity) for quantity in run_quantities if run is not None)
    return [mention for mention in mentions if mention is not None]


def _may_be_worded(text: str) -> bool:
    low = text.lower()
    return any(word in low for word in ("age", "year", "older", "over", "under"))


def _age(run: Run, quantity: Quantity) -> AgeMention | None:
    numbers = [n for n in (quantity.low, quantity.high) if n is not None]
    if not numbers or any(n > OLDEST or n != int(n) for n in numbers):
        return None
    first, i = quantity.number, quantity.after
    low, high = quantity.low, quantity.high
    end_word = run.words(i - 1, i)
    is_plus = low is not None and high is None and end_word in (["+"], ["plus"], ["up"], ["above"])
    first_age, has_age = _age_word(run, first)
    after, has_years = _years(run, i)
    after, opened = _opened(run, after)
    if not has_years:
        after, has_years = _years(run, after)
    has_people = (
        bool(_PEOPLE & set(run.words(first_age - 3, first_age)))
        or run.word(after) in _PEOPLE
        or (run.word(first - 1) == "(" and run.word(first - 2) in _PEOPLE)
    )
    under, over, limit = _limits(run, first_age)
    if not _is_age(run, quantity, has_age, has_years, has_people, opened or is_plus, under or over, after):
        return None
    if opened == "low" or (over and high == low):
        high = None
    if opened == "high":
        low = None
    elif under:
        low, high = None, (high if high is not None else low or 0) - 1
    begin = limit if under or over else min(first_age, quantity.first)
    start, end = run.bounds(begin, after)
    return AgeMention((low, high), start, end, *_kind(run, begin, after))


def _age_word(run: Run, first: int) -> tuple[int, bool]:
    """The token of "ages" before a number, past "between the", "of", "from", "(" and the like."""
    for k in range(first - 1, max(first - 6, -1), -1):
        word = run.word(k)
        if word in _AGE_WORDS:
            return k, True
        if word not in (
            "of",
            "from",
            "between",
            "range",
            ":",
            "(",
            "-",
            "is",
            "are",
            "over",
            "under",
            "at",
            "least",
            "to",
            "up",
            "the",
            "group",
            "groups",
            "ages",
            "entre",
            "de",
        ):
            break
    return first, False


def _years(run: Run, i: int) -> tuple[int, bool]:
    """Past "years old", "years of age", "-year-olds", "y/o" at token i."""
    j = i + 1 if run.word(i) == "-" else i
    if run.word(j) not in _YEARS:
        return i, False
    j += 1
    if run.word(j - 1) == "y" and run.words(j, j + 2) == ["/", "o"]:
        return j + 2, True
    if run.word(j) == "." and run.is_tight(j - 1) and run.word(j - 1) in ("yr", "yrs"):
        j += 1
    if run.word(j) == "-" and run.word(j + 1) in ("old", "olds"):
        return j + 2, True
    if run.word(j) in ("old", "olds"):
        return j + 1, True
    if run.words(j, j + 2) == ["of", "age"] or run.words(j, j + 2) == ["de", "edad"]:
        return j + 2, True
    return (j, True) if run.word(j - 1) in ("años", "yo") else (j, False)


def _opened(run: Run, i: int) -> tuple[int, str | None]:
    for direction, endings in (("low", _OLDER), ("high", _YOUNGER)):
        for ending in endings:
            if tuple(run.words(i, i + len(ending))) == ending:
                return i + len(ending), direction
    return i, None


def _limits(run: Run, i: int) -> tuple[bool, bool, int]:
    """Whether "under" or "over" stands before token i ("under the age of 18", "younger than 18"), and where."""
    k = i - 1
    while run.word(k) in ("the", "than", "of", "de"):
        k -= 1
    word = run.word(k)
    if word in ("younger", "less") and run.word(k + 1) == "than":
        return True, False, k
    if word == "older" and run.word(k + 1) == "than":
        return False, True, k
    return word in _UNDER, word in _OVER, k


def _is_age(
    run: Run,
    quantity: Quantity,
    has_age: bool,
    has_years: bool,
    has_people: bool,
    is_open: str | bool | None,
    limit: bool,
    after: int,
) -> bool:
    if has_age or has_years:
        return True
    if run.word(after) in (
        "hour",
        "hours",
        "day",
        "days",
        "week",
        "weeks",
        "month",
        "months",
        "percent",
        "%",
        "minutes",
        "clients",
        "patients",
        "members",
        "years",
        "-",
        "locations",
        "states",
        "/",
        ":",
    ):
        return False
    is_range = quantity.low is not None and quantity.high is not None and quantity.low != quantity.high
    least = quantity.low if quantity.low is not None else quantity.high
    if (
        least is None
        or run.tokens[quantity.number].kind != "n"
        or run.word(quantity.number - 1) in ("of", "level", "$", "phase")
    ):
        return False
    if is_open:
        return 5 <= least <= 75 and (has_people or least in (18, 55, 60, 65, 21))
    if limit:
        return least in (12, 13, 14, 16, 17, 18, 21, 26, 65)
    return (
        is_range
        and has_people
        and least >= LEAST_BARE
        and run.word(quantity.number - 1)
        in ("(", ",", "-", "adults", "teens", "adolescents", "youth", "children", "kids", "tweens", "age")
    )


def _kind(run: Run, first: int, after: int) -> tuple[AgeKind, float]:
    sentence = run.sentence[first]
    before = [run.word(k) for k in range(max(first - 10, 0), first) if run.sentence[k] == sentence]
    behind = [
        run.word(k) for k in range(after, min(after + 8, len(run.tokens))) if run.sentence[k] == sentence
    ]
    if _OTHER & set(before[-6:]) or _OTHER & set(behind[:5]) or _COMPANY & set(behind[:2]):
        return "other", 0.9
    if before[-1:] == ["at"] or before[-1:] == ["since"] or before[-2:] == ["by", "the"]:
        return "other", 0.7
    for stop in _STOPS:
        if stop in before:
            before = before[len(before) - before[::-1].index(stop) :]
    told_out = _NOT_TAKEN & set(before[-6:]) or (
        _NOT_TAKEN & set(behind[:6])
        and {"accepted", "eligible", "admitted", "served", "appropriate"} & set(behind[:8])
    )
    return ("excluded" if told_out else "accepted"), 0.9
