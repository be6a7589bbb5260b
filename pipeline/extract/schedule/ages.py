"""Ages that a program takes: "ages 13-17", "18+", "adults 18 and over", "13 a 17 años", as (least, most) years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.extract.schedule.grammar_words import Phrases, phrases, words
from pipeline.extract.schedule.lexer import Run, has_any, read
from pipeline.extract.schedule.quantities import Quantity, quantities

AgeKind = Literal["accepted", "excluded", "other"]

OLDEST, YOUNGEST_BARE, OLDEST_BARE = 100, 4, 75
# Ages that need no other word beside "18+" and "under 21": those that laws and programs draw lines at.
_COMMON_LEAST = frozenset({18, 21, 55, 60, 65})
_COMMON_MOST = frozenset({12, 13, 14, 16, 17, 18, 21, 26, 65})
_HINTS = (*"123456789", "age", "year", "older", "over", "under", "años", "edad", "and up")
_AGE_WORDS, _YEARS, _PEOPLE, _LEAD = (words("age", name) for name in ("age", "years", "people", "lead"))
_OPENED = Phrases(phrases("age", older="low", younger="high"))
_UNDER, _OVER = words("age", "under"), words("age", "over")
_NOT_TAKEN, _TAKEN = words("age", "not_taken"), words("age", "taken")
_OTHER, _COMPANY = words("age", "other"), words("age", "company")
_LIMIT_BEHIND = words("age", "limit_behind")
_COUNTED, _NOT_BEFORE = words("age", "counted"), words("age", "not_before")


@dataclass(frozen=True, slots=True)
class AgeMention:
    """Ages in years (least, most), None where open, at text[start:end].

    `kind`: ages that are accepted, ages that are turned away, or other (years of experience, statistics).
    """

    years: tuple[float | None, float | None]
    start: int
    end: int
    kind: AgeKind = "accepted"
    confidence: float = 0.9


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around a quantity that may be an age, up to token `after`."""

    begin: int
    after: int
    has_age: bool  # "ages", "years old"
    has_people: bool
    direction: str | None  # "low" for "and older", "high" for "and under"
    limit: str | None  # "over" or "under" before it


def find_ages(text: str) -> list[AgeMention]:
    """Every printed age or range of ages of a run, in order of place."""
    if not has_any(text, _HINTS) or not (printed := quantities(text)):
        return []
    run = read(text)
    mentions = (_age(run, quantity) for quantity in printed)
    return [mention for mention in mentions if mention is not None]


def _age(run: Run, quantity: Quantity) -> AgeMention | None:
    printed = [n for n in (quantity.low, quantity.high) if n is not None]
    if not printed or any(n > OLDEST or n != int(n) for n in printed):
        return None
    around = _around(run, quantity)
    if not (around.has_age or _is_bare_age(run, quantity, around)):
        return None
    low, high = quantity.low, quantity.high
    if around.limit == "under":
        low, high = None, max(printed) - 1
    elif around.direction == "high":
        low, high = None, max(printed)
    elif around.direction == "low" or (around.limit == "over" and low == high):
        low, high = min(printed), None
    kind, confidence = _kind(run, around)
    start, end = run.bounds(around.begin, around.after)
    return AgeMention((low, high), start, end, kind, confidence)


def _around(run: Run, quantity: Quantity) -> _Around:
    age_word = _age_word(run, quantity.number)
    begin = quantity.number if age_word is None else age_word
    limit, limit_at = _limit(run, begin)
    after, has_years = _years(run, quantity.after)
    after, direction = _opened(run, after)
    if not has_years:
        after, has_years = _years(run, after)
    closing = run.word(quantity.after - 1)
    if (
        direction is None
        and quantity.low is not None
        and quantity.high is None
        and closing in ("+", "plus", "up", "above")
    ):
        direction = "low"
    if direction is None and run.words(begin - 2, begin) == ["up", "to"]:
        begin, direction = begin - 2, "high"
    lead = run.words(begin - 3, begin)
    has_people = bool(_PEOPLE & set(lead)) or run.word(after) in _PEOPLE
    begin = limit_at if limit else min(begin, quantity.first)
    return _Around(begin, after, age_word is not None or has_years, has_people, direction, limit)


def _age_word(run: Run, first: int) -> int | None:
    """The token of "ages" before a number, past "between the", "of", "from", "(" and the like."""
    for k in range(first - 1, max(first - 6, -1), -1):
        if run.word(k) in _AGE_WORDS:
            return k
        if run.word(k) not in _LEAD:
            return None
    return None


def _years(run: Run, i: int) -> tuple[int, bool]:
    """Past "years old", "years of age", "-year-olds", "y/o" at token i, and whether they stand there."""
    j = i + 1 if run.word(i) == "-" else i
    word = run.word(j)
    if word not in _YEARS:
        return i, False
    j += 1
    if run.word(j) == "." and word in ("yr", "yrs"):
        j += 1
    rest = run.words(j, j + 2)
    if rest in (["/", "o"], ["-", "old"], ["-", "olds"], ["of", "age"], ["de", "edad"]):
        return j + 2, True
    if rest[:1] in (["old"], ["olds"]):
        return j + 1, True
    return (j, True) if word in ("años", "yo") else (j, False)


def _opened(run: Run, i: int) -> tuple[int, str | None]:
    """Past "and older" or "and under" at token i, with the end that it opens."""
    opened = _OPENED.at(run.values, i)
    return (opened[1], opened[0]) if opened else (i, None)


def _limit(run: Run, i: int) -> tuple[str | None, int]:
    """ "under" or "over" where such words stand before token i ("under the age of 18", "younger than 18"), and where."""
    k = i - 1
    while k >= 0 and run.word(k) in ("the", "than", "of", "de"):
        k -= 1
    word, is_than = run.word(k), run.word(k + 1) == "than"
    if word in _UNDER or (is_than and word in ("younger", "less")):
        return "under", k
    if word in _OVER or (is_than and word == "older"):
        return "over", k
    return None, i


def _is_bare_age(run: Run, quantity: Quantity, around: _Around) -> bool:
    """Whether numbers without "age" or "years old" are ages: "adults 18+", "teens (13-17)", "under 18"."""
    least = quantity.low if quantity.low is not None else quantity.high
    before = run.word(quantity.number - 1)
    if (
        least is None
        or run.tokens[quantity.number].kind != "n"
        or before in _NOT_BEFORE
        or run.word(around.after) in _COUNTED
    ):
        return False
    if around.direction:
        return YOUNGEST_BARE < least <= OLDEST_BARE and (around.has_people or least in _COMMON_LEAST)
    if around.limit:
        is_end = around.after >= len(run.tokens) or run.tokens[around.after].kind == "p"
        return least in _COMMON_MOST and (
            around.has_people or is_end or run.word(around.after) in _LIMIT_BEHIND
        )
    is_range = quantity.low is not None and quantity.high is not None and quantity.low < quantity.high
    return is_range and around.has_people and least >= YOUNGEST_BARE and before in _PEOPLE | {"(", ",", "-"}


def _kind(run: Run, around: _Around) -> tuple[AgeKind, float]:
    before, behind = run.before(around.begin, 10), run.behind(around.after, 8)
    if _OTHER & (set(before[-6:]) | set(behind[:5])) or _COMPANY & set(behind[:2]):
        return "other", 0.9
    if before[-1:] in (["at"], ["since"]) or before[-2:] == ["by", "the"]:
        return "other", 0.7
    is_out = _NOT_TAKEN & set(before[-6:]) or (_NOT_TAKEN & set(behind[:6]) and _TAKEN & set(behind))
    return ("excluded" if is_out else "accepted"), 0.9
