"""What the words of a name or a link speak for: `links.csv`, made quick to ask.

A site may offer 50,000 names, so only those patterns are tried whose first letters a word has.
"""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

LINKS = Path(__file__).with_name("links.csv")
NEVER = -5.0  # blogs, jobs, people, legal pages: whatever else their names say
EXTENSION = re.compile(r"\.(?:html?|php|aspx?|jsp|cfm)$", re.IGNORECASE)
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
SEPARATORS = re.compile(r"[\W_]+")
MAX_GLUED = 40


class Phrase(NamedTuple):
    """One alternative of a row's pattern, matched from the beginning of a word."""

    topic: str
    score: float
    pattern: re.Pattern[str]


class Said(NamedTuple):
    """What words speak for and against, of which topic they are, and the words that said so."""

    good: float = 0.0
    bad: float = 0.0
    topic: str = ""
    key: str = ""  # equal for names that differ in words that we do not know: towns, titles, numbers
    length: int = 0  # in words


def _alternatives(pattern: str) -> list[str]:
    """A pattern's alternatives, those in brackets left together."""
    found, depth = [""], 0
    for letter in pattern:
        depth += (letter == "(") - (letter == ")")
        if letter == "|" and not depth:
            found.append("")
        else:
            found[-1] += letter
    return found


@cache
def rows(topic: str) -> tuple[tuple[float, str], ...]:
    """Scores and patterns of one topic."""
    with LINKS.open(encoding="utf-8", newline="") as file:
        return tuple((float(r["score"]), r["pattern"]) for r in csv.DictReader(file) if r["topic"] == topic)


TOPICS = ("iop", "program", "place", "town", "contact", "payment", "entry", "about", "away", "unless_iop")


@cache
def _phrases() -> dict[str, tuple[Phrase, ...]]:
    """By the two letters that a word must begin with; under "" those to be searched for in the whole."""
    found: dict[str, list[Phrase]] = {"": []}
    for topic in TOPICS:
        for score, pattern in rows(topic):
            for alternative in _alternatives(pattern):
                plain = re.match(r"\^?([a-z]{2})(?![?*])", alternative)
                phrase = Phrase(topic, score, re.compile(rf"\b(?:{alternative})(?!\w)"))
                found.setdefault(plain[1] if plain else "", []).append(phrase)
    return {start: tuple(phrases) for start, phrases in found.items()}


@lru_cache(maxsize=20_000)
def say(words: str) -> Said:
    """What words speak for, in lower case and parted by one space each."""
    found: set[tuple[float, str]] = set()
    key: set[str] = set()
    for phrase, match in _found(words):
        found.add((phrase.score, phrase.topic))
        if phrase.score > 0:
            key.add("@" if phrase.topic == "town" else match.rstrip("s"))
    length = words.count(" ") + 1
    if not found:
        return Said(length=length)
    good = sorted((f for f in found if f[0] > 0), reverse=True)
    named = [f for f in good if f[1] != "town"]  # a town adds nothing to what else a name says
    topic = named[0][1] if named else "place" if good else ""
    told = [score for score, _ in named or good]
    # An IOP for clinicians is no page about clinicians.
    bad = [score for score, t in found if score < 0 and (topic != "iop" or t != "unless_iop")]
    worth = told[0] + 0.2 * sum(told[1:3]) if told else 0.0
    return Said(worth, min(bad, default=0.0), topic, " ".join(sorted(key)), length)


def _found(words: str) -> list[tuple[Phrase, str]]:
    """The phrases in words, with what they matched. Of those that speak for a page the longest at a place counts,
    and what is within it does not: a "service area" is no service."""
    found: list[tuple[Phrase, str]] = []
    table, position, covered = _phrases(), 0, 0
    for word in words.split(" "):
        best: tuple[int, list[tuple[Phrase, str]]] = (0, [])
        for phrase in table.get(word[:2], ()):
            if match := phrase.pattern.match(words, position):
                if phrase.score < 0:
                    found.append((phrase, match[0]))
                elif position >= covered and match.end() >= best[0]:
                    best = match.end(), [*(best[1] if match.end() == best[0] else ()), (phrase, match[0])]
        found += best[1]
        covered = max(covered, best[0])
        position += len(word) + 1
    for phrase in table[""]:
        if match := phrase.pattern.search(words):
            found.append((phrase, match[0]))
    return found


def words_of(text: str) -> str:
    """A text's words in lower case, parted by one space each."""
    return SEPARATORS.sub(" ", text.lower()).strip()


@cache
def _glued() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Names made of known words alone, and one such word; the longest first."""
    known = sorted(rows("word")[0][1].split("|"), key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(known)}){{2,}}"), re.compile("|".join(known))


@lru_cache(maxsize=20_000)
def name_of(segment: str) -> str:
    """The words of a path's segment: "OurLocations.aspx", "our-locations" and "ourlocations" are alike."""
    text = EXTENSION.sub("", segment) if "." in segment else segment
    if not text.islower():
        text = CAMEL.sub(" ", text)
    text = words_of(text)
    if 8 <= len(text) <= MAX_GLUED and text.isalpha():
        whole, one = _glued()
        if whole.fullmatch(text):
            text = " ".join(one.findall(text))
    return text
