"""Vocabulary words found in text in one pass (Aho–Corasick), longest first, whole words only."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import ahocorasick

VOCABULARY = Path(__file__).resolve().parents[2] / "vocabulary"
_ALIKE = tuple(zip("’‘‐‑–—\u00a0\u202f\u2009", "''----   ", strict=True))


@dataclass(frozen=True, slots=True)
class Word:
    """A phrase of a vocabulary. `code` is None for a phrase that means something else and hides shorter ones."""

    code: str | None
    phrase: str
    ambiguous: bool = False

    @property
    def is_acronym(self) -> bool:
        return self.phrase.isupper() and len(self.phrase) <= 6


@dataclass(frozen=True, slots=True)
class Match:
    start: int
    end: int
    word: Word


class Finder:
    """Finds the words in a text. Acronyms match in capitals only; ambiguous words need a capital initial."""

    def __init__(self, words: Iterable[Word]) -> None:
        entries: dict[str, list[Word]] = {}
        for word in words:
            entries.setdefault(plain(word.phrase), []).append(word)
        self._automaton = ahocorasick.Automaton()
        for key, found in entries.items():
            self._automaton.add_word(key, (len(key), found))
        self._automaton.make_automaton()

    def find(self, text: str) -> list[Match]:
        """Matches from left to right that do not overlap; of overlapping ones the longest is kept."""
        same = plain(text)
        spans: list[tuple[int, int, Word]] = []
        for last, (length, words) in self._automaton.iter(same):
            start, end = last - length + 1, last + 1
            if (start and same[start - 1].isalnum()) or (end < len(same) and same[end].isalnum()):
                continue
            spans += [(start, end, word) for word in words if _case_fits(text[start:end], word)]
        spans.sort(key=lambda span: (span[0], -span[1]))
        kept: list[Match] = []
        until = 0
        for start, end, word in spans:
            if start >= until or (kept and start == kept[-1].start and end == until and word.code):
                kept.append(Match(start, end, word))
                until = end
        return [match for match in kept if match.word.code is not None]


@lru_cache(maxsize=8)
def plain(text: str) -> str:
    """Lower case with plain quotes, dashes and spaces; every character keeps its place."""
    if text.isascii():
        return text.lower()
    for printed, alike in _ALIKE:
        text = text.replace(printed, alike)
    lower = text.lower()
    return (
        lower if len(lower) == len(text) else "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
    )


def spots(text: str, pieces: tuple[str, ...]) -> list[int]:
    """Offsets where any of the pieces (parts of words, lower case) begins; the cheap look before a costly pattern."""
    return [last - length + 1 for last, length in _pieces(pieces).iter(plain(text))]


@cache
def _pieces(pieces: tuple[str, ...]) -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for piece in pieces:
        automaton.add_word(piece, len(piece))
    automaton.make_automaton()
    return automaton


@cache
def finder(file: str) -> Finder:
    """Finder of the words of `pipeline/vocabulary/<file>` (columns code, words, and if given ambiguous and unless)."""
    return Finder(word for row in rows(file) for word in _words(row))


@cache
def rows(file: str) -> tuple[dict[str, str], ...]:
    with (VOCABULARY / file).open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


def split(cell: str | None) -> list[str]:
    """The entries of a cell, "; " between."""
    return [part.strip() for part in (cell or "").split(";") if part.strip()]


def _words(row: dict[str, str]) -> Iterable[Word]:
    ambiguous = {plain(word) for word in split(row.get("ambiguous"))}
    for phrase in split(row["words"]):
        yield Word(row["code"], phrase, plain(phrase) in ambiguous)
    for phrase in split(row.get("unless")):
        yield Word(None, phrase)


def _case_fits(printed: str, word: Word) -> bool:
    if word.is_acronym:
        return printed.isupper()
    return not word.ambiguous or word.code is None or " " in word.phrase or printed[:1].isupper()
