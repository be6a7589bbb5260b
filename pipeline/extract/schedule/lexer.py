"""Tokens of a text run for the small grammars (sessions, dose, duration, ages): read once, shared by all four.

Dashes, spaces and apostrophes are made alike; soft hyphens and zero-width characters vanish; the offsets of a
token are always those of the text as it was given.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from pipeline.extract.parsing.text import fold, sentences

STOPS = frozenset({";", "|", "•", "\n"})
LONGEST = 50_000  # characters of one run that are read; no block of a real page comes near
_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")
# A number, a word, or a mark or line end. Each kind begins with characters of its own: see `Run.is_number` and so on.
_TOKEN = re.compile(
    r"([0-9]+(?:[.:,][0-9]+)*[¼½¾]?|[¼½¾]|(?:walk|check|drop)-ins?\b|[^\W\d_¼½¾]+(?:'[^\W\d_]+)?|[^\w\s]|\n)"
)
_ASCII_TOKEN = re.compile(  # the same of ASCII text, where classes of letters are quicker to test
    r"([0-9]+(?:[.:,][0-9]+)*|(?:walk|check|drop)-ins?\b|[a-z]+(?:'[a-z]+)?|[^\w\s]|\n)"
)
NUMERALS = frozenset("0123456789¼½¾")


@dataclass(frozen=True, slots=True)
class Run:
    """A text run with its tokens: token i is the lower-case word `values[i]` at text[starts[i]:ends[i]], in the sentence
    with the number `sentence[i]`."""

    text: str
    values: list[str]
    starts: list[int]
    ends: list[int]
    sentence: list[int]

    def is_number(self, i: int) -> bool:
        return self.values[i][0] in NUMERALS

    def is_word(self, i: int) -> bool:
        first = self.values[i][0]
        return first not in NUMERALS and first.isalnum()

    def is_mark(self, i: int) -> bool:
        """Whether token i is punctuation or a line end."""
        return not self.values[i][0].isalnum()

    def printed(self, i: int) -> str:
        """Token i as the text prints it."""
        return self.text[self.starts[i] : self.ends[i]]

    def word(self, i: int) -> str:
        """The value of token i, "" beyond either end."""
        try:
            return self.values[i] if i >= 0 else ""
        except IndexError:
            return ""

    def words(self, i: int, j: int) -> list[str]:
        return self.values[i if i > 0 else 0 : j if j > 0 else 0]

    def is_tight(self, i: int) -> bool:
        """True where nothing stands between tokens i and i + 1."""
        return 0 <= i < len(self.values) - 1 and self.ends[i] == self.starts[i + 1]

    def is_capital(self, i: int) -> bool:
        return 0 <= i < len(self.values) and self.text[self.starts[i]].isupper()

    def back(self, i: int, size: int) -> int:
        """Up to `size` tokens before token i, within its sentence and after the last stop: the first of them."""
        first = at = min(i, len(self.values))
        sentence = self.sentence[min(i, len(self.values) - 1)]
        while (
            at > max(i - size, 0) and self.sentence[at - 1] == sentence and self.values[at - 1] not in STOPS
        ):
            at -= 1
        return min(at, first)

    def ahead(self, i: int, size: int) -> int:
        """Up to `size` tokens from token i on, in the sentence of the token before it and up to the next stop: the token
        after the last of them."""
        at, end = i, min(i + size, len(self.values))
        while at < end and self.sentence[at] == self.sentence[max(i - 1, 0)] and self.values[at] not in STOPS:
            at += 1
        return at

    def before(self, i: int, size: int) -> list[str]:
        """Up to `size` words before token i, within its sentence and after the last stop (";", "|", "•")."""
        return self.values[self.back(i, size) : i]

    def behind(self, i: int, size: int) -> list[str]:
        """Up to `size` words from token i on, within the sentence of the token before it and up to the next stop."""
        return self.values[i : self.ahead(i, size)]

    def bounds(self, i: int, j: int) -> tuple[int, int]:
        """Offsets of tokens i to j - 1."""
        return self.starts[i], self.ends[j - 1]


def has_any(text: str, hints: tuple[str, ...]) -> bool:
    """Whether one of the lower-case hints occurs in the text: the cheap test before a grammar reads it."""
    low = text.lower()
    for hint in hints:  # noqa: SIM110 - asked of every block of every page, and a generator takes twice as long
        if hint in low:
            return True
    return False


@lru_cache(maxsize=8)
def read(text: str) -> Run:
    """Tokenize a run; the last few are kept, because every grammar asks for the same one in turn."""
    printed, places = _visible(text[:LONGEST])
    clean = fold(printed)
    pattern = _ASCII_TOKEN if clean.isascii() else _TOKEN
    parts = pattern.split(clean)  # what is between, a token, what is between, …
    bounds = list(accumulate(map(len, parts)))
    starts, ends = bounds[:-1:2], bounds[1::2]
    numbers = _sentences(printed, clean, starts)
    if places is not None:
        starts, ends = [places[at] for at in starts], [places[at - 1] + 1 for at in ends]
    return Run(text, parts[1::2], starts, ends, numbers)


def _visible(text: str) -> tuple[str, list[int] | None]:
    """The text without invisible characters, and where its characters stand if there were any."""
    if text.isascii() or not _INVISIBLE.search(text):
        return text, None
    places = [i for i, character in enumerate(text) if not _INVISIBLE.match(character)]
    return _INVISIBLE.sub("", text), places


def _sentences(printed: str, folded: str, starts: list[int]) -> list[int]:
    """The number of each token's sentence, of tokens that begin there; ";" and bullets are stops within one."""
    numbers: list[int] = []
    ends = [end for _, end in sentences(printed, folded, 0, len(folded)) if folded[end - 1] not in "; "]
    for number, end in enumerate(ends):
        numbers += [number] * (bisect_left(starts, end) - len(numbers))
    return numbers + [len(ends)] * (len(starts) - len(numbers))
