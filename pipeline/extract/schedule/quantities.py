"""Printed quantities: "nine (9)", "3½", "six to eight", "at least three", "9 or more", "up to 6"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.extract.schedule.grammar_words import Phrases, phrases, words
from pipeline.extract.schedule.lexer import NUMERALS, Run, has_any, read

_UNITS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SPANISH = (
    "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis".split()
)
NUMBER_WORDS: dict[str, float] = {
    **{word: float(i) for i, word in enumerate(_SPANISH, 1) if word != "once"},
    **{word: float(i) for i, word in enumerate(_UNITS, 1)},
    **{word: 20.0 + 10 * i for i, word in enumerate(_TENS)},
}
_DIGITS, _NUMBER_HINTS = tuple("0123456789½¼¾"), tuple(sorted(NUMBER_WORDS, key=len))
_NUMBER_WORDS = frozenset(NUMBER_WORDS)
_LETTERS = re.compile(r"[^\W\d_]+")
_FRACTIONS = {"¼": 0.25, "½": 0.5, "¾": 0.75}
_HALVES = {("half",), ("a", "half"), ("one", "-", "half"), ("one", "half"), ("media",), ("medio",)}
_ALSO = frozenset({"and", "y"})  # of a range after "between" alone
_JOINS = frozenset({"-", "to", "or", "through", "a", "o"})
_GOES_ON = frozenset({",", *_JOINS, *_ALSO})  # behind a number that another may follow
_PARTED = frozenset(
    {"1", *_FRACTIONS, "and", "-", "y", *(half[0] for half in _HALVES)}
)  # behind one with a fraction
# What opens a quantity upwards (a least value) or downwards (a most value), read backwards from the number.
_FORMS = {
    "at_least": "AT_LEAST",
    "more_than": "MORE_THAN",
    "over": "OVER",
    "at_most": "AT_MOST",
    "less_than": "LESS_THAN",
}
FORMS = ("NUMBER", "RANGE", *_FORMS.values(), "OR_MORE")
_KEEPS_LEAST = frozenset({"AT_LEAST", "MORE_THAN", "OVER", "OR_MORE"})
_OPENERS = phrases("quantity", **_FORMS)
_LAST_OPENERS, _LONGEST_OPENER = frozenset(phrase[-1] for phrase in _OPENERS), max(map(len, _OPENERS))
_CLOSERS = Phrases(phrases("quantity", or_more="OR_MORE", or_less="AT_MOST"))
_ABOUT = words("quantity", "about")


class Quantity(NamedTuple):
    """Numbers `low` to `high`, None where open; tokens `first` (opening words too) up to `after`.

    `form` says how it was printed (FORMS): "18 or more" and "at least 18" are the same numbers, and not always the same thing.
    """

    low: float | None
    high: float | None
    first: int
    number: int  # the token of the first numeral
    after: int
    form: str = "NUMBER"

    @property
    def is_void(self) -> bool:
        """A phone number, price or the like."""
        return self.low is None and self.high is None

    def opened(self, form: str) -> Quantity:
        """The same quantity with an open end, as that form leaves it."""
        if form in _KEEPS_LEAST:
            return self._replace(high=None, form=form)
        return self._replace(low=None, high=self.high if self.high is not None else self.low, form=form)


@lru_cache(maxsize=8)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Every quantity of a run, in order. Parts of phone numbers, dates, prices and percentages are none."""
    if not has_any(text, _DIGITS) and (
        not has_any(text, _NUMBER_HINTS) or _NUMBER_WORDS.isdisjoint(_LETTERS.findall(text.lower()))
    ):
        return ()
    run = read(text)
    found, after = [], 0
    for i in [i for i, value in enumerate(run.values) if value[0] in NUMERALS or value in NUMBER_WORDS]:
        if i >= after and (quantity := _quantity(run, i)) is not None:
            found.append(quantity)
            after = quantity.after
    return tuple(found)


def _quantity(run: Run, i: int) -> Quantity | None:
    first = number(run, i)
    if first is None:
        return None
    low, j = first
    high = low
    if run.word(j) in _GOES_ON and (second := _upper(run, i, first)) is not None and second[0] > low:
        high, j = second
    if _is_chained(run, i, j):
        return Quantity(None, None, i, i, j)  # swallowed whole, so that no part of it is read again
    quantity = Quantity(low, high, i, i, j, "NUMBER" if low == high else "RANGE")
    form, begin = opener(run, i)
    if form and low == high:
        quantity = quantity.opened(form)
    after, closing = suffix(run, j)
    if closing and (low == high or closing == "OR_MORE"):  # "20-30+" has no upper end either
        quantity = quantity.opened(closing)
    return quantity._replace(first=begin, after=after)


def _upper(run: Run, i: int, first: tuple[float, int]) -> tuple[float, int] | None:
    """The second number of a range whose first stands at token i, where the words between say that it is one."""
    k = j = _listed(run, first)
    if run.word(k) == "-" and run.word(k + 1) in ("to", "or"):  # six-to-eight
        k += 1
    join = run.word(k)
    if (
        join in _ALSO
        and run.word(j - 1) != ","
        and not {"between", "from", "entre"} & set(run.words(i - 5, i))
    ):
        return None
    if join not in _JOINS | _ALSO:
        return None
    k += 1
    if run.word(k) == "-":
        k += 1
    if join == "a" and run.is_word(j - 1) and run.word(j - 1) not in _SPANISH:
        return None
    return number(run, k)


def _listed(run: Run, first: tuple[float, int]) -> int:
    """Past ", 4," in "3, 4, or 5": numbers that count on up to the last."""
    last, at = first, first[1]
    j = at
    while run.word(at) == "," and (following := number(run, at + 1)) is not None:
        if following[0] != last[0] + 1:
            return j
        at, last = following[1], following
    if run.word(at) == ",":
        at += 1
    return at if at > j + 1 and run.word(at) in ("or", "and", "o", "y", "to") else j


def number(run: Run, i: int) -> tuple[float, int] | None:
    """One number at token i, and the token after it (after its repetition in parentheses too)."""
    word = run.word(i)
    if not word:
        return None
    if run.is_number(i):
        value = _numeral(word)
        if value is None:
            return None
        j = i + 1
    elif word in NUMBER_WORDS:
        value, j = NUMBER_WORDS[word], i + 1
        if word in _TENS and run.word(j) == "-" and run.word(j + 1) in _UNITS[:9]:
            value, j = value + NUMBER_WORDS[run.word(j + 1)], j + 2
    else:
        return None
    extra, j = _fraction(run, j)
    return value + extra, _repetition(run, j)


def _numeral(word: str) -> float | None:
    if ":" in word:
        return None
    fraction = _FRACTIONS.get(word[-1], 0.0)
    digits = word[:-1] if fraction else word
    try:
        return (float(digits.replace(",", "")) if digits else 0.0) + fraction
    except ValueError:  # 978.475.0002
        return None


def _fraction(run: Run, j: int) -> tuple[float, int]:
    if run.word(j) not in _PARTED:
        return 0.0, j
    if run.words(j, j + 3) in (["1", "/", "2"], ["1", "/", "4"]) and run.is_number(j - 1):
        return 1 / int(run.word(j + 2)), j + 3
    if run.word(j) in _FRACTIONS and run.is_number(j - 1):  # "3 ½"
        return _FRACTIONS[run.word(j)], j + 1
    k = j + 1 if run.word(j) in ("and", "-", "y") else j
    if run.words(k, k + 3) == ["1", "/", "2"]:
        return 0.5, k + 3
    if k == j:
        return 0.0, j
    for half in _HALVES:
        if tuple(run.words(k, k + len(half))) == half and run.word(k + len(half)) != "of":
            return 0.5, k + len(half)
    return 0.0, j


def _repetition(run: Run, j: int) -> int:
    """Past "(9)" in "nine (9)", and "(8-10)" in "eight to ten (8-10)"."""
    if run.word(j) == "(" and run.word(j + 2) in _JOINS and run.word(j + 4) == ")" and run.is_word(j - 1):
        return j + 5 if run.is_number(j + 1) and run.is_number(j + 3) else j
    if run.word(j) == "(" and run.word(j + 2) == ")" and run.is_number(j + 1) and run.is_word(j - 1):
        return j + 3
    return j


def _is_chained(run: Run, i: int, j: int) -> bool:
    """True for a part of a phone number, date, price, percentage or the like."""
    before, after = run.word(i - 1), run.word(j)
    if before in ("$", "#", "€") or after in ("%", "°"):
        return True
    if after == "percent" or run.is_word(i):
        return after == "percent"
    tight_before = before in ("-", "/", ".", ":") and run.is_tight(i - 1) and run.is_tight(i - 2)
    tight_after = after in ("-", "/", ":") and run.is_tight(j - 1) and run.is_tight(j)
    return (tight_before and i > 1 and run.is_number(i - 2)) or (
        tight_after and j + 1 < len(run.values) and run.is_number(j + 1)
    )


def opener(run: Run, i: int) -> tuple[str | None, int]:
    """The direction that the words before token i open a quantity in, and the first of those words."""
    end = i
    if run.word(end - 1) in _ABOUT:
        end -= 1
    if run.word(end - 1) not in _LAST_OPENERS:
        return None, i
    for size in range(_LONGEST_OPENER, 0, -1):
        if end - size >= 0 and (direction := _OPENERS.get(tuple(run.words(end - size, end)))):
            return direction, end - size
    return None, i


def suffix(run: Run, j: int) -> tuple[int, str | None]:
    """Past "or more", "(or more)", "+" and the like at token j, with the direction that it opens in."""
    k = j + 1 if run.word(j) == "(" else j
    closed = _CLOSERS.at(run.values, k)
    if closed is None:
        return j, None
    direction, after = closed
    return (after + 1 if k > j and run.word(after) == ")" else after), direction
