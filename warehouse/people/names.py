"""Names of people in printed names and streets: found by titles, degrees and letters' "care of", and by given names.

A title or a degree tells a person for certain, and their name is taken out; what is left is the name of the place, or nothing.
A plain "Jane Sample" or "Sample, Jane" may be a person or a place that is named for one: that is for people to decide. Words that
institutions are called by tell those apart: the `Dr. Jane Sample Health Center` is one. The words are data: `words.toml`,
`given_names.csv`.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple
from unicodedata import combining, normalize

HERE = Path(__file__).parent
TOKEN = re.compile(r"[^\W_](?:[\w.'’&/+]|-(?=\w))*|&|[^\w\s]")
INITIAL = re.compile(r"[A-Z]\.?(?:[A-Z]\.?)?")
NUMBER = re.compile(r"\d")
VOWEL = re.compile(r"[aeiouyAEIOUY]")
PARTS = re.compile(r"[-/]")
APART = re.compile(r"[\s/,-]+")
NAME_MARKS = re.compile(r"['’.-]")
NICKNAME = re.compile(r"""(?<=[a-z] )["“(][A-Z][a-z]+["”)](?= [A-Z])""")  # `Jane "Jo" Sample`
BREAKS = set(";:()[]|—–-,•*")  # where one name ends and another may begin
RANKS = ("jr", "sr", "i", "ii", "iii", "iv", "c")  # behind a name, or behind a license: `MHRT-C`
BETWEEN = {",", "-", "–", "—", "(", ")", "&", "#", ".", "|"}  # a name and its degree
JOINS = ("and", "&")
STOPS = re.compile(r"[^\w&]")
MOST_LETTERS = 5  # of a degree
MOST_WORDS = 4  # of a name, without initials' stops: `Mary Jo de Sample`


class Kind(StrEnum):
    """What a name is, after what is certainly a person's was taken out of it."""

    PERSON = "person"  # nothing else was in it
    MAYBE = "maybe_person"  # called like one, without title or degree


class Told(NamedTuple):
    """What a printed name says: who it is (None: a place or institution), and what may be printed of it."""

    kind: Kind | None
    public: str


@dataclass(frozen=True, slots=True)
class Word:
    """A token of a name: where it stands, and what is compared of it."""

    text: str
    key: str
    start: int
    end: int

    @property
    def is_break(self) -> bool:
        return self.text in BREAKS or self.key in words("alias")

    @property
    def is_degree(self) -> bool:
        """A degree, also `LICSW-R` and `LADC/MH`."""
        return (
            self.key in words("degrees")
            or self.key in words("phrases")
            or _key(PARTS.split(self.text)[0]) in words("degrees")
        )

    @property
    def is_name(self) -> bool:
        """May be part of a person's name."""
        if self.key in words("institution") or self.is_degree or self.key in words("titles"):
            return False
        if self.key in words("particles") or INITIAL.fullmatch(self.text):
            return True
        letters = NAME_MARKS.sub("", self.text)
        return (
            self.text[0].isupper()
            and letters.isalpha()
            and (not self.text.isupper() or bool(VOWEL.search(_plain(letters))))
        )

    @property
    def may_be_degree(self) -> bool:
        """Short and in capitals, as what is not in the list of degrees."""
        return self.text.isupper() and len(self.key) <= MOST_LETTERS and self.key not in words("institution")

    @property
    def is_full(self) -> bool:
        """A name and no initial."""
        return len(self.key) > 1 and self.is_name and self.key not in words("particles")


@cache
def words(kind: str) -> frozenset[str]:
    """A list of words of `words.toml`, or the `given` names."""
    if kind == "given":
        with (HERE / "given_names.csv").open(encoding="utf-8", newline="") as file:
            return frozenset(row["name"] for row in csv.DictReader(file))
    if kind == "signs":
        return words("titles") | words("degrees")
    apart = r"\s*\|\s*" if kind == "phrases" else r"[\s|]+"
    return frozenset(_key(word) for word in re.split(apart, _file()[kind]))


@cache
def _file() -> dict[str, str]:
    return tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))


@cache
def _phrases() -> re.Pattern[str]:
    """Degrees and roles of several words; the longest that fits. `Ph. D.` wants its stop, `PH D` is no degree."""
    found = sorted(re.split(r"\s*\|\s*", _file()["phrases"]), key=len, reverse=True)
    each = (r"\s".join(map(re.escape, phrase.split())).removesuffix(r"\.") for phrase in found)
    return re.compile(rf"\b(?:{'|'.join(each)})\b\.?", re.IGNORECASE)


@cache
def _mark() -> re.Pattern[str]:
    """What stands before an addressee."""
    marks = (re.escape(mark).replace(":", r"\s*:") for mark in _file()["in_care_of"].split("|"))
    return re.compile(rf"(?<!\w)(?:{'|'.join(marks)})(?!\w)", re.IGNORECASE)


@cache
def _care_of() -> re.Pattern[str]:
    return re.compile(rf"[\s,;(–—-]*{_mark().pattern}[.:\s]*([^(),;|]*)\)?", re.IGNORECASE)


@cache
def told(name: str) -> Told:
    """Whose name it is, and the name without people: `River Center c/o Jane Sample, LMHC` is `River Center`."""
    if not _may_name_somebody(name):
        return Told(None, name)
    public = _tidy(_without_addressee(_without_spans(name)), name)
    if not _has_substance(public):
        return Told(Kind.PERSON if public != name else None, "" if public != name else name)
    return Told(Kind.MAYBE if _is_bare(public) else None, public)


def _may_name_somebody(text: str) -> bool:
    """Most names hold no word that only people have: they need no closer look."""
    keys = [_key(part) for part in APART.split(text)]
    if not words("signs").isdisjoint(keys) or _mark().search(text) or _phrases().search(text):
        return True
    return len(keys) <= MOST_WORDS + 1 and not words("given").isdisjoint(keys)


def _without_addressee(text: str) -> str:
    """Without `c/o` and what follows, unless that is an institution."""

    def gone(found: re.Match[str]) -> str:
        addressee = [word for word in _tokens(found[1]) if not word.is_break]
        known = any(word.key in words("institution") or NUMBER.search(word.text) for word in addressee)
        nobody = addressee and not any(word.is_full for word in addressee)
        return found[0] if known or nobody else " "

    return _care_of().sub(gone, text)


def _without_spans(text: str) -> str:
    """Without names that have a title or a degree, unless an institution bears them."""
    tokens = _tokens(text)
    kept, at = [], 0
    for start, end in _people(tokens):
        kept.append(text[at : tokens[start].start])
        at = tokens[end - 1].end
    return " ".join([*kept, text[at:]])


def _people(tokens: list[Word]) -> Iterator[tuple[int, int]]:
    """From which token to which a person is named, in order."""
    at = 0
    while at < len(tokens):
        span = _titled(tokens, at) or _with_degree(tokens, at)
        if span and not _bears(tokens, span):
            yield span
        at = span[1] if span else at + 1


def _titled(tokens: list[Word], at: int) -> tuple[int, int] | None:
    """`Dr. Jane Sample, MD` from its title on."""
    if tokens[at].key not in words("titles"):
        return None
    end = at + 1
    while end < len(tokens) and _goes_on(tokens, at + 1, end) and end - at <= MOST_WORDS:
        end += 1
    full = sum(word.is_full for word in tokens[at + 1 : end])
    if not full:
        return None
    inverted = at == 2 and full == 1 and tokens[1].text == "," and tokens[0].is_full  # `Sample, Mrs. Jane`
    return 0 if inverted else at, _degrees_end(tokens, end)


def _with_degree(tokens: list[Word], at: int) -> tuple[int, int] | None:
    """`Jane Q. Sample, LICSW` or `Sample, Jane LICSW` from its first word on."""
    end = at
    while end < len(tokens) and _goes_on(tokens, at, end) and end - at < MOST_WORDS:
        end += 1
    full = [word for word in tokens[at:end] if word.is_full or word.key in words("surnames")]
    inverted = False
    if len(full) == 1 and end == at + 1 and end < len(tokens) and tokens[end].text == ",":
        rest = end + 1
        while rest < len(tokens) and tokens[rest].is_name and rest - end <= 2:
            rest += 1
        if any(word.is_full for word in tokens[end + 1 : rest]):
            full, end, inverted = tokens[at:rest], rest, True
    if len(full) < 2 and not (full and any(INITIAL.fullmatch(word.text) for word in tokens[at:end])):
        return None
    last = _degrees_end(tokens, end)
    degrees = {word.key for word in tokens[end:last] if word.is_degree}
    return (at, last) if degrees and _are_sure(tokens, tokens[at:end], degrees, inverted) else None


def _are_sure(tokens: list[Word], named: list[Word], degrees: set[str], inverted: bool) -> bool:
    """Whether words that may be a name and what may be degrees are: `Silver Spring, MD` and `9 Elm St, Boston, MA` are places."""
    if degrees - words("shared"):
        return True
    if (degrees <= words("states") and any(word.key.isdigit() for word in tokens)) or degrees <= words(
        "weak"
    ):
        return False
    given = named[2 if inverted else 0].key in words("given")
    return given or any(INITIAL.fullmatch(word.text) or word.key in RANKS for word in named)


def _goes_on(tokens: list[Word], at: int, end: int) -> bool:
    """A name that began at `at` goes on, maybe with a second person: `Jane and Max Sample`."""
    word = tokens[end]
    if word.key in JOINS:
        return at < end < len(tokens) - 1 and tokens[end + 1].is_name
    before = tokens[end - 1] if end > at else None
    given = before is not None and (
        before.key in words("given") or INITIAL.fullmatch(before.text) is not None
    )
    return word.is_name or (given and word.key in words("surnames"))


def _degrees_end(tokens: list[Word], at: int) -> int:
    """Behind the degrees that stand at `at`, and what stands between them."""
    end = here = at
    shouted = all(word.text.isupper() for word in tokens if len(word.key) > MOST_LETTERS)
    while here < len(tokens):
        word = tokens[here]
        if word.is_degree or word.key in RANKS or (end > at and not shouted and word.may_be_degree):
            end = here + 1
        elif word.key.isdigit() and here > at and tokens[here - 1].text == "#":
            end = here + 1  # a license's number
        elif word.text not in BETWEEN and word.key not in words("fillers"):
            break
        here += 1
    return end


def _bears(tokens: list[Word], span: tuple[int, int]) -> bool:
    """An institution is called after the person: its words follow without a break, as in `Dr. Jane Sample Health Center`,
    or stand before, as in Spanish."""
    if span[0] and tokens[span[0] - 1].key in words("before_names"):
        return True
    for word in tokens[span[1] :]:
        if word.is_break:
            return False
        if word.text in BETWEEN or word.key.isdigit():
            continue
        if word.key not in words("fillers") or word.key in JOINS:
            return True
    return False


def _is_bare(name: str) -> bool:
    """`Jane Q. Sample`, `Sample, Jane`: a given name and another, and no word of an institution."""
    tokens = [word for word in _tokens(name) if word.key not in RANKS]
    while tokens and tokens[-1].text == ",":  # of `Sample, Jane, Jr.`
        tokens.pop()
    if len(tokens) > 3 and tokens[1].key in JOINS and tokens[2].key in words("given"):
        tokens = [tokens[0], *tokens[3:]]  # `Jane and Max Sample`
    comma = [number for number, word in enumerate(tokens) if word.text == ","]
    surname = tokens[: comma[0]] if comma else []
    if len(comma) == 1 and 0 < sum(word.key not in words("particles") for word in surname) <= 2:
        tokens = tokens[comma[0] + 1 :] + tokens[: comma[0]]
    if not 2 <= len(tokens) <= MOST_WORDS or not all(word.is_name for word in tokens):
        return False
    return tokens[0].key in words("given") and tokens[0].is_full and tokens[-1].is_full


def _has_substance(text: str) -> bool:
    return any(
        word.key
        and word.key not in words("fillers")
        and not word.is_degree
        and word.key not in words("alias")
        for word in _tokens(text)
        if word.text not in BREAKS
    )


def _tokens(text: str) -> list[Word]:
    text = NICKNAME.sub(lambda found: " " * len(found[0]), text)
    return [Word(found[0], _key(found[0]), found.start(), found.end()) for found in _token().finditer(text)]


@cache
def _token() -> re.Pattern[str]:
    return re.compile(rf"(?i:{_phrases().pattern})|{TOKEN.pattern}")


def _plain(text: str) -> str:
    """Without accents."""
    return "".join(letter for letter in normalize("NFKD", text) if not combining(letter))


def _key(word: str) -> str:
    return STOPS.sub("", _plain(word).lower() if not word.isascii() else word.lower())


def _tidy(text: str, before: str) -> str:
    """Spaces and breaks that a removal left over; what nothing was removed from stays as it is."""
    if text == before:
        return before
    text = re.sub(r"\(\s*\)|\[\s*\]", " ", text)
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"^(?:d/?b/?a|aka)\b\.?|\b(?:and|&)$", "", text, flags=re.IGNORECASE)
    return re.sub(r"\s+([,;:.)])", r"\1", text).strip(" ,;:|–—-/&")
