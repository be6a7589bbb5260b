"""Names of organizations and sites as comparable words: spelling, abbreviations, legal forms and "DBA" out of the way.

The words are those of `pipeline/vocabulary/name_words.csv`. A normalised name is for comparing, never for showing.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_APOSTROPHES = re.compile(r"['’`´]")
_WORD = re.compile(r"[a-z0-9]+")
_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}")
_DBA = re.compile(r"\bd\.?\s?[/.]?b\.?\s?[/.]?a\.?\b|\bdoing business as\b|\ba/?k/?a\b", re.I)
_DANGLING = re.compile(r"(?:\b(?:and|of|for|at|the|in|by)|[&/,-])\s*$", re.I)


@dataclass(frozen=True, slots=True)
class Names:
    """What one record calls itself, as lists of comparable words.

    `primary` is the operator's or first name, `label` what distinguishes the site or program under it, `alias` a
    trade name ("DBA …"). Empty where nothing is printed.
    """

    primary: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    alias: tuple[str, ...] = ()


@cache
def name_words() -> Mapping[str, Mapping[str, str]]:
    """Words by kind: abbreviation → words, phrase → acronym, and the legal, stop, place and program words."""
    tables: dict[str, dict[str, str]] = {}
    text = files("pipeline.vocabulary").joinpath("name_words.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        tables.setdefault(row["kind"], {})[row["word"]] = row["canonical"]
    return tables


@cache
def _expansions() -> Mapping[str, tuple[str, ...]]:
    """Every word that changes → what it becomes, () where it is dropped."""
    words = name_words()
    dropped = dict.fromkeys(words["stop"], ()) | dict.fromkeys(words["legal"], ())
    return {word: tuple(text.split()) for word, text in words["abbreviation"].items()} | dropped


def normalize_name(text: str | None) -> tuple[str, ...]:
    """Comparable words of a name, in order: "St. George Behav Hlth Ctr, LLC" → saint george behavioral health center.

    Legal forms, professional titles and stop words go; a name of nothing else keeps its words.
    """
    if not text:
        return ()
    folded = _fold(text)
    words = _WORD.findall(folded)
    changes = _expansions()
    out: list[str] = []
    for place, word in enumerate(words):
        if word == "co" and place < len(words) - 1 and words[place + 1] not in changes:
            out.append("county")
            continue
        becomes = changes.get(word)
        if becomes is not None:
            out.extend(becomes)
        elif len(word) > 3 and word[-1] == "s" and word[-2] not in "su":
            singular = word[:-1]
            out.extend(changes.get(singular, (singular,)) or (singular,))
        else:
            out.append(word)
    return _phrases(out) if out else tuple(words)


def _phrases(words: list[str]) -> tuple[str, ...]:
    """Names with a common acronym as that acronym: Veterans Affairs, YMCA."""
    if "veteran" in words or "young" in words or "volunteer" in words:
        text = f" {' '.join(words)} "
        for phrase, acronym in name_words()["phrase"].items():
            text = text.replace(f" {phrase} ", f" {acronym} ")
        words = text.split()
    return tuple(words)


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
    found = _DBA.search(text)
    return (text[: found.start()].strip(), text[found.end() :].strip()) if found else (text, "")


def _fold(text: str) -> str:
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = _APOSTROPHES.sub("", text.lower())
    return _INITIALS.sub(lambda found: found[0].replace(".", ""), text) if "." in text else text
