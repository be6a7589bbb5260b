"""Lists of weekdays as pages print them: "Mon–Thu", "M/W/F", "Tues., Wed. & Thurs.", "lunes a viernes"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from pipeline.extract.schedule.grammar_words import Phrases, names, phrases, words
from pipeline.extract.schedule.lexer import Run, read
from pipeline.normalize.clock import (
    DAYS,
    WEEKDAYS,
    WEEKEND,
    day_range,
    in_order,
    weekday_words,
    words_that_need_case,
)

_THROUGH, _ALSO = words("days", "through"), words("days", "also")
_LETTERS = {letters: day for day in names("day_letters") for letters in words("day_letters", day)}
_GLUED = re.compile(r"(?:M|Tu|T(?!h)|W|Th|R|F|Sa|Su){2,7}")
_GLUED_DAY = re.compile(r"Tu|Th|Sa|Su|M|T|W|R|F")
_GLUED_KNOWN = words("days", "glued")
_PHRASES = Phrases(phrases("days", every_day=DAYS, weekdays=WEEKDAYS, weekends=WEEKEND))
_VAGUE = words("days", "vague")
DAY_STARTS = frozenset({*weekday_words(), *_LETTERS, *_GLUED_KNOWN, *_PHRASES.starts})
_ORDINALS, _MONTHS = words("days", "ordinals"), words("days", "months")


@dataclass(frozen=True, slots=True)
class DayList:
    """Days named by tokens `first` to `after` - 1.

    `is_vague` is true of "daily" and "every day", which yield to days by name; `is_date` of "Tuesday, Sept. 5"
    and "every 4th Wednesday", which are no weekly days; `is_single` of one day without plural.
    """

    days: tuple[str, ...]
    first: int
    after: int
    is_vague: bool = False
    is_date: bool = False
    is_single: bool = False
    is_letters: bool = False
    is_group: bool = False  # "weekdays", "weekends"
    members: int = 1  # how many days and ranges of days it was printed as


def day_list(run: Run, i: int, is_joined: bool = False) -> DayList | None:
    """The list of days that begins at token i, if one does. Days that stand side by side are a list, unless
    `is_joined` asks for words or marks between them ("closed Sunday, Monday 9-5")."""
    if (every := _every_day(run, i)) is not None:
        return every
    first = _day_or_letters(run, i)
    if first is None:
        return None
    members, j, letters = [first[0]], first[1], first[2]
    joins: list[str] = []  # what leads to each further member: "-", a word of a range, or "" in a list
    while run.word(i) not in _VAGUE and (following := _next(run, j, letters, is_joined)) is not None:
        (codes, after, more_letters), is_range = following
        if len(members) > 1 and "or" in run.words(j, after) and _is_listed(run, after):
            break  # "Mon, Wed, Fri or Tue, Thu" are two lists to choose from
        joins.append(run.word(j) if is_range else "")
        members.append(codes)
        letters, j = letters and more_letters, after
    if letters and len(members) == 1 and run.word(i) not in _GLUED_KNOWN:
        return None
    days, count = _days_of(members, joins), len(members)
    word = run.word(i)
    return DayList(
        in_order(days),
        i,
        j,
        is_vague=word in _VAGUE,
        is_date=_is_date(run, i, j),
        is_single=count == 1 and len(days) == 1 and (not word.endswith("s") or word.endswith("'s")),
        is_letters=letters,
        is_group=count == 1 and len(days) > 1,
        members=count,
    )


def _is_listed(run: Run, j: int) -> bool:
    """Whether another day follows at token j after a comma, a slash, a dash or the like."""
    return run.word(j) in _ALSO | _THROUGH and run.word(j) != "or" and _day_or_letters(run, j + 1) is not None


def _days_of(members: list[tuple[str, ...]], joins: list[str]) -> set[str]:
    """The days of a list with ranges in it; "Mon - Wed - Fri" lists three days, for no range has a middle."""
    days = set(members[0])
    is_listed = any(one == other == "-" for one, other in pairwise(joins))
    for previous, join, codes in zip(members, joins, members[1:], strict=False):
        is_range = join and not is_listed and len(previous) == 1
        days |= set(day_range(previous[0], codes[0])) if is_range else set(codes)
    return days


def _every_day(run: Run, i: int) -> DayList | None:
    """ "every day", "7 days a week", "each weekday": days by a phrase."""
    found = _PHRASES.at(run.values, i)
    if found is None or run.word(i - 1) in ("-", "to", "or"):  # "5-7 days a week"
        return None
    codes, j = found
    if codes != DAYS:
        return DayList(codes, i, j, is_group=True)
    if run.word(i) not in ("7", "seven"):
        return DayList(DAYS, i, j, is_vague=True)
    is_rate = run.word(j) in ("a", "per", "each", "/", "every") and run.word(j + 1) in ("week", "wk")
    return DayList(DAYS, i, j + 2, is_vague=True) if is_rate else None


def days_named(text: str) -> tuple[str, ...] | None:
    """The days that a short label names and nothing else, as the header of a table does: "Mon–Thu", "W", "Friday:"."""
    run = read(text)
    values = [value for value in run.values if value not in (":", ".", "\n")]
    if len(values) == 1 and values[0] in _LETTERS:
        return (_LETTERS[values[0]],)
    days = day_list(run, 0)
    is_whole = (
        days is not None
        and not days.is_date
        and all(value in (":", ".", "\n") for value in run.values[days.after :])
    )
    return days.days if days is not None and is_whole else None


def _day_or_letters(run: Run, i: int, in_list: bool = False) -> tuple[tuple[str, ...], int, bool] | None:
    """Day codes at token i, the token after them, and whether they are mere letters."""
    word = run.word(i)
    base = word.removesuffix("'s") if word.endswith("'s") else word
    if base in weekday_words():
        if base in words_that_need_case() and not (in_list or run.is_capital(i)):
            return None
        j = i + 1
        if run.word(j) == "." and run.is_tight(i) and len(base) <= 5:
            j += 1
        if run.word(j) == "(" and run.word(j + 1) == "s" and run.word(j + 2) == ")":
            j += 3
        return weekday_words()[base], j, False
    if not word or not run.is_capital(i):
        return None
    text = run.printed(i)
    if word in _LETTERS:
        return (_LETTERS[word],), i + 1, True
    if word in _GLUED_KNOWN and (text.isupper() or _GLUED.fullmatch(text)):
        glued = (
            text if not text.isupper() else text.replace("TH", "Th").replace("TU", "Tu").replace("SA", "Sa")
        )
        return tuple(_LETTERS[m.lower()] for m in _GLUED_DAY.findall(glued)), i + 1, True
    return None


def _next(
    run: Run, j: int, letters: bool, is_joined: bool
) -> tuple[tuple[tuple[str, ...], int, bool], bool] | None:
    """The next member of a list at token j and whether a range leads to it."""
    k = j
    through = False
    if run.word(k) in _THROUGH:
        through, k = True, k + 1
        if run.word(k) == "-":
            k += 1
    else:
        while k < j + 4 and run.word(k) in _ALSO:
            k += 1
        if k == j and not (letters and run.word(k) in _LETTERS):
            beside = None if is_joined or letters else _day_or_letters(run, k)
            return (beside, False) if beside and not beside[2] and run.word(k) not in _VAGUE else None
    member = _day_or_letters(run, k, in_list=True)
    if member is None or (through and len(member[0]) != 1):
        return None
    if member[2] and not letters and run.word(j) not in ("-", "/", "&", ","):
        return None
    if through and run.word(k - 1) == "a" and letters:
        return None
    return member, through


def _is_date(run: Run, i: int, j: int) -> bool:
    k = j + 1 if run.word(j) == "," else j
    if run.word(k) in _MONTHS and run.word(k) != "may":
        return True
    if run.word(k) == "may" and k + 1 < len(run.values) and run.is_number(k + 1):
        return True
    if "/" in run.words(k, k + 2) and run.is_number(k):
        return True
    before = run.word(i - 1)
    return before in _ORDINALS and run.word(i - 2) != "at"
