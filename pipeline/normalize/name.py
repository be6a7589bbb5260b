"""Names of organizations and sites as comparable words: spelling, abbreviations, legal forms and "DBA" out of the way.

The words are those of `pipeline/vocabulary/name_words.csv`. A normalised name is for comparing, never for showing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from pipeline.vocabulary.tables import by_kind

NAME_WORDS = by_kind("name_words.csv")
"""Words by kind: abbreviation → words, phrase → acronym, and the legal, stop, place and program words."""
_DROPPED = NAME_WORDS["stop"].keys() | NAME_WORDS["legal"].keys()
PHRASE = re.compile(rf"\b(?:{'|'.join(NAME_WORDS['phrase'])})\b")
"""Comparable words that become an acronym."""
_APOSTROPHES = re.compile(r"['’`´]")
_WORD = re.compile(r"[a-z0-9]+")
_INITIALS = re.compile(r"\b([a-z])\.")
DBA = r"(?i)\bd\.?\s?[/.]?b\.?\s?[/.]?a\.?\b|\bdoing business as\b|\ba/?k/?a\b"
"""What parts a legal name from a trade name, as the regular expressions of Python and of Polars both read it."""
UNFINISHED = r"(?i)(?:\b(?:and|of|for|at|the|in|by|on)|[&/,-])$"
"""The end of a name that a form cut, seen in the last four characters; the same."""
_DBA, _UNFINISHED = re.compile(DBA), re.compile(UNFINISHED)


class Names(NamedTuple):
    """What one record calls itself, as lists of comparable words.

    `primary` is the operator's or first name, `label` what distinguishes the site or program under it, `alias` a
    trade name ("DBA …"). Empty where nothing is printed.
    """

    primary: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    alias: tuple[str, ...] = ()


def whole_names(name1: str, name2: str) -> tuple[str, str]:
    """Two printed names, the first never empty beside a second; a name that a form cut over both fields ("Elm Counseling
    and" | "Guidance Center") is put together."""
    first, second = name1.strip(), name2.strip()
    if not first:
        return second, ""
    return (f"{first} {second}", "") if second and _UNFINISHED.search(first[-4:]) else (first, second)


def normalize_names(name1: str | None, name2: str | None) -> Names:
    """The names of a record that prints two: a name broken over both fields is joined, a trade name told apart."""
    first, second = whole_names(name1 or "", name2 or "")
    before, after = around_dba(first)
    if after:
        return Names(before or after, normalize_name(second), after if before else ())
    label, alias = around_dba(second)
    return Names(normalize_name(first), label, alias)


@lru_cache(maxsize=65_536)
def around_dba(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What stands before "DBA", and the trade name after it."""
    found = _DBA.search(text)
    if not found:
        return normalize_name(text), ()
    return normalize_name(text[: found.start()]), normalize_name(text[found.end() :])


@lru_cache(maxsize=65_536)
def normalize_name(text: str | None) -> tuple[str, ...]:
    """Comparable words of a name, in order: "St. George Behav Hlth Ctr, LLC" → saint george behavioral health center.

    Legal forms, professional titles and stop words go; a name of nothing else keeps its words. Common names become
    their acronym (Veterans Affairs, YMCA).
    """
    printed = _WORD.findall(_fold(text or ""))
    if "co" in printed:  # "Delaware Co Alcohol Service" is of a county, "Acme Co" a company
        printed = [
            "county" if word == "co" and comparable(after) else word
            for word, after in pairwise([*printed, ""])
        ]
    words = [plain for word in printed for plain in comparable(word)]
    return tuple(PHRASE.sub(lambda found: NAME_WORDS["phrase"][found[0]], " ".join(words or printed)).split())


@cache
def comparable(word: str) -> tuple[str, ...]:
    """What a word becomes: its long form, its singular, or () where it is dropped."""
    if not word or word in _DROPPED:
        return ()
    if word in NAME_WORDS["abbreviation"]:
        return tuple(NAME_WORDS["abbreviation"][word].split())
    if len(word) > 3 and word[-1] == "s" and word[-2] not in "su":
        return comparable(word[:-1]) or (word[:-1],)
    return (word,)


def _fold(text: str) -> str:
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = _APOSTROPHES.sub("", text.lower())
    return _INITIALS.sub(r"\1", text) if "." in text else text
