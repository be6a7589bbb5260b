"""Names of organizations and sites as comparable words: spelling, abbreviations, legal forms and "DBA" out of the way.

The words are those of `pipeline/vocabulary/name_words.csv`. A normalised name is for comparing, never for showing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from pipeline.vocabulary import by_kind

NAME_WORDS = by_kind("name_words.csv")
"""Words by kind: abbreviation → words, phrase → acronym, and the legal, stop, place and program words."""
_APOSTROPHES = re.compile(r"['’`´]")
_WORD = re.compile(r"[a-z0-9]+")
_INITIALS = re.compile(r"\b([a-z])\.")
_DBA = re.compile(r"\bd\.?\s?[/.]?b\.?\s?[/.]?a\.?\b|\bdoing business as\b|\ba/?k/?a\b", re.I)


CAREFUL = r"(?i)[^\x00-\x7F]|\.|\b(?:co|d\W?\s?/?b\W?\s?/?a|doing|a/?k/?a|veterans?|young|volunteers?)\b"
"""A name where more than its single words may matter: trade names, phrases, initials, accents."""
DANGLING = r"(?i)(?:\b(?:and|of|for|at|the|in|by)|[&/,-])\s*$"
"""A name that goes on in the next field."""
_DANGLING = re.compile(DANGLING)


@dataclass(frozen=True, slots=True)
class Names:
    """What one record calls itself, as lists of comparable words.

    `primary` is the operator's or first name, `label` what distinguishes the site or program under it, `alias` a
    trade name ("DBA …"). Empty where nothing is printed.
    """

    primary: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    alias: tuple[str, ...] = ()


class _Becomes(dict[str, tuple[str, ...]]):
    """What a word becomes: () where it is dropped. Filled as words are met."""

    def __missing__(self, word: str) -> tuple[str, ...]:
        found: tuple[str, ...] = (word,)
        if len(word) > 3 and word[-1] == "s" and word[-2] not in "su":
            found = self[word[:-1]] or (word[:-1],)
        self[word] = found
        return found


@cache
def _becomes() -> _Becomes:
    known = {word: tuple(text.split()) for word, text in NAME_WORDS["abbreviation"].items()}
    return _Becomes(known | dict.fromkeys((*NAME_WORDS["stop"], *NAME_WORDS["legal"]), ()))


def normalize_name(text: str | None) -> tuple[str, ...]:
    """Comparable words of a name, in order: "St. George Behav Hlth Ctr, LLC" → saint george behavioral health center.

    Legal forms, professional titles and stop words go; a name of nothing else keeps its words.
    """
    if not text:
        return ()
    words, becomes = _WORD.findall(_fold(text)), _becomes()
    out: list[str] = []
    for word in words:
        out.extend(becomes[word])
    if "co" in words:
        out = _counties(words)
    return _phrases(out) if out else tuple(words)


def _counties(words: list[str]) -> list[str]:
    """ "Delaware Co Alcohol Service" is of a county, "Acme Co" a company."""
    becomes = _becomes()
    ahead = zip(words, [*words[1:], ""], strict=True)
    return [
        w
        for word, after in ahead
        for w in (("county",) if word == "co" and after and becomes[after] else becomes[word])
    ]


def becomes(word: str) -> tuple[str, ...]:
    """What one lower-case word becomes in a normalised name; () where it is dropped."""
    return _becomes()[word]


def _phrases(words: list[str]) -> tuple[str, ...]:
    """Names with a common acronym as that acronym: Veterans Affairs, YMCA."""
    starts = _phrase_starts()
    if starts.isdisjoint(words):
        return tuple(words)
    text = f" {' '.join(words)} "
    for phrase, acronym in NAME_WORDS["phrase"].items():
        text = text.replace(f" {phrase} ", f" {acronym} ")
    return tuple(text.split())


@cache
def _phrase_starts() -> frozenset[str]:
    return frozenset(phrase.split()[0] for phrase in NAME_WORDS["phrase"])


def normalize_names(name1: str | None, name2: str | None) -> Names:
    """The names of a record that prints two: a name broken over both fields is joined, a trade name told apart."""
    first, second = (name1 or "").strip(), (name2 or "").strip()
    if not first:
        first, second = second, ""
    if second and _DANGLING.search(first):
        first, second = f"{first} {second}", ""
    before, after = _trade_name(first)
    if after:
        return Names(
            normalize_name(before or after), normalize_name(second), normalize_name(after) if before else ()
        )
    before, after = _trade_name(second)
    return Names(normalize_name(first), normalize_name(before), normalize_name(after))


def _trade_name(text: str) -> tuple[str, str]:
    found = _DBA.search(text) if text else None
    return (text[: found.start()].strip(), text[found.end() :].strip()) if found else (text, "")


def _fold(text: str) -> str:
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = _APOSTROPHES.sub("", text.lower())
    return _INITIALS.sub(r"\1", text) if "." in text else text
