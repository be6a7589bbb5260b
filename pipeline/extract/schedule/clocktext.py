"""Clock times and ranges of them in a text run: "5:30 to 9:00 p.m.", "9a-12p", "from 9 to noon", "de 9 a 12"."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.extract.schedule.grammar_words import names, words
from pipeline.extract.schedule.lexer import Run
from pipeline.normalize.clock import Clock, Meridiem

_TO, _ZONES = words("clock", "to"), words("clock", "zones")
_PARTS: dict[str, Meridiem] = {
    word: "am" if part == "morning" else "pm" for part in names("part") for word in words("part", part)
}
_NOON, _MIDNIGHT, _OCLOCK = words("clock", "noon"), words("clock", "midnight"), words("clock", "oclock")
_ABOUT = words("clock", "about")
CLOCK_WORDS = _NOON | _MIDNIGHT
_COUNTED_SPANISH = words("clock", "counted_spanish")
_COUNTED, _COUNTED_BEFORE = words("clock", "counted"), words("clock", "counted_before")


@dataclass(frozen=True, slots=True)
class Times:
    """A clock time (end None) or a range, at tokens `first` to `after` - 1.

    `is_sure` is false for bare hours ("9-12"), which need clock words or days beside them.
    """

    begin: Clock
    end: Clock | None
    first: int
    after: int
    is_sure: bool


def times(run: Run, i: int) -> Times | None:
    """The clock time or range that begins at token i, if one does."""
    start = clock(run, i)
    if start is None:
        return _military(run, i)
    begin, j, sure = start
    k = _zone(run, j)
    separator = run.word(k)
    between = separator in ("and", "y", "&") and bool({"between", "entre", "from"} & set(run.words(i - 4, i)))
    if separator in _TO or between:
        k += 1
        while run.word(k) in _ABOUT:
            k += 1
        stop = clock(run, k)
        if stop is not None and not (separator == "a" and not _is_spanish(run, i)):
            end, after, end_sure = stop
            after = _zone(run, after)
            if _is_range(run, i, after, begin, end, sure or end_sure):
                return Times(begin, end, i, after, sure or end_sure)
            return None
    return Times(begin, None, i, k, sure) if sure and separator != "%" else None


def _military(run: Run, i: int) -> Times | None:
    """ "0900-1200", "1300 to 1600 hours": four digits at both ends, with a leading zero or the word "hours"."""
    first, last = run.word(i), run.word(i + 2)
    if run.word(i + 1) not in _TO or not all(len(word) == 4 and word.isdecimal() for word in (first, last)):
        return None
    ends = [Clock(int(word[:2]), int(word[2:]), padded=True) for word in (first, last)]
    is_told = first.startswith("0") or run.word(i + 3) in ("hours", "hrs")
    if not is_told or any(end.minute % 5 or not end.is_valid() for end in ends):
        return None
    return Times(ends[0], ends[1], i, i + 3 + (run.word(i + 3) in ("hours", "hrs")), is_sure=True)


def clock(run: Run, i: int) -> tuple[Clock, int, bool] | None:
    """One clock time at token i, the token after it, and whether it can be nothing else."""
    word = run.word(i)
    if word in _NOON:
        return Clock(12, 0, "pm"), i + 1, True
    if word in _MIDNIGHT:
        return Clock(12, 0, "am"), i + 1, True
    if not word or not run.is_number(i) or run.word(i - 1) in ("$", "#"):
        return None
    meridiem, j = _meridiem(run, i + 1)
    parsed = _digits(word, meridiem is not None)
    if parsed is None or (i and run.is_tight(i - 1) and run.word(i - 1) in ("/", ".", ":")):
        return None
    hour, minute, has_minutes = parsed
    if meridiem is None and run.word(i + 1) in CLOCK_WORDS and hour == 12:
        return Clock(12, minute, "am" if run.word(i + 1) in _MIDNIGHT else "pm"), i + 2, True
    if meridiem is None and run.word(i + 1) in _OCLOCK:
        j, has_minutes = i + 2, True
    if meridiem and hour > 12:  # "18:00 pm" says it twice
        meridiem = None
    value = Clock(hour, minute, meridiem, padded=word.startswith("0") and has_minutes)
    if not value.is_valid() or (meridiem is None and minute % 5):
        return None
    is_told = meridiem is not None or has_minutes or run.words(i - 2, i) in (["a", "las"], ["de", "las"])
    return value, j, is_told


def _digits(word: str, has_meridiem: bool) -> tuple[int, int, bool] | None:
    """Hour, minute, and whether minutes are printed; "9.30" and "930" only where am or pm follows."""
    hour, separator, minute = word.partition(":")
    if separator:
        return (
            (int(hour), int(minute), True)
            if hour.isdecimal() and len(hour) < 3 and len(minute) == 2 and minute.isdecimal()
            else None
        )
    hour, separator, minute = word.partition(".")
    if separator:
        return (
            (int(hour), int(minute), True)
            if has_meridiem and len(minute) == 2 and minute.isdecimal() and hour.isdecimal()
            else None
        )
    if not word.isdecimal():
        return None
    if len(word) <= 2:
        return int(word), 0, False
    if has_meridiem and len(word) <= 4:
        return int(word[:-2]), int(word[-2:]), True
    return None


def _meridiem(run: Run, j: int) -> tuple[Meridiem | None, int]:
    """am or pm in any spelling at token j, and the token after it."""
    word = run.word(j)
    if word in ("am", "pm"):
        after = j + 1
        return ("am" if word == "am" else "pm"), after
    if word in ("a", "p"):
        meridiem: Meridiem = "am" if word == "a" else "pm"
        if run.word(j + 1) == "." and run.word(j + 2) == "m":
            after = j + 3
            return meridiem, after + 1 if run.word(after) == "." and run.is_tight(after - 1) else after
        if run.word(j + 1) == "m" and (run.is_tight(j - 1) or run.word(j + 2) == "."):
            return meridiem, j + 3 if run.word(j + 2) == "." else j + 2
        if run.is_tight(j - 1):
            return meridiem, j + 2 if run.word(j + 1) == "." and run.is_tight(j) else j + 1
    for lead in (("in", "the"), ("de", "la"), ("at",), ("por", "la")):
        if word == lead[0] and tuple(run.words(j, j + len(lead))) == lead:
            part = _PARTS.get(run.word(j + len(lead)))
            return (part, j + len(lead) + 1) if part else (None, j)
    return None, j


def _zone(run: Run, j: int) -> int:
    """Past a time zone: "ET", "(EST)", "Eastern Time"."""
    if run.word(j) == "(" and run.word(j + 1) in _ZONES and run.word(j + 2) == ")":
        return j + 3
    if run.word(j) in _ZONES and run.is_capital(j):
        if run.word(j + 1) == "standard":
            j += 1
        return j + 2 if run.word(j + 1) == "time" else j + 1
    return j


def _is_spanish(run: Run, i: int) -> bool:
    return bool({"de", "las", "desde", "la"} & set(run.words(i - 2, i))) or run.word(i + 1) in (
        ".",
        "am",
        "pm",
        "p",
        "a",
    )


def _is_range(run: Run, i: int, after: int, begin: Clock, end: Clock, sure: bool) -> bool:
    """False where the numbers count something, or belong to a date, a phone number, a price or a verse."""
    following, before = run.word(after), run.word(i - 1)
    if sure:
        return True
    if (
        before in ("de", "las")
        and following not in _COUNTED_SPANISH
        and begin.hour < end.hour <= 24
        and begin.hour >= 7
    ):
        return True  # "de 18 a 21", with or without "h"
    if following in _COUNTED or before in _COUNTED_BEFORE:
        return False
    if following in ("-", "/") and run.is_tight(after - 1):
        return False
    if before in ("-", "/", ".", ":") and run.is_tight(i - 1):
        return False
    if following in ("(",) and run.word(after + 1) in _COUNTED:
        return False
    return 1 <= begin.hour <= 12 and 1 <= end.hour <= 12 and begin.hour != end.hour
