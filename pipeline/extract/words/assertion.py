"""How the words around a mention stand to it: affirmed, negated, hedged, generic, question or conditional.

ConText (Harkema et al. 2009, doi:10.1016/j.jbi.2009.05.002) and NegEx (Chapman et al. 2001,
doi:10.1006/jbin.2001.1029): cue phrases with a direction, whose scope runs to the end of the sentence unless a
termination word ends it. The cues are data (`assertion_cues.csv`); `pseudo` cues look like others and mean nothing.
Additions for program pages: comparison, history ("after detox"), target ("step down to"), referral and future.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import ahocorasick

from pipeline.extract.parsing.text import spaced
from pipeline.records import Assertion, Demotion

CUES = Path(__file__).with_name("assertion_cues.csv")
ADJACENT = 3  # characters between a cue and the words that it surely governs
SHORT = 38  # characters that a cue of short reach spans: some six words
_TERMINATOR = re.compile(
    r"\b(?:but|however|although|though|except|whereas|yet|instead|while we|and we|we do|we also|we offer|we provide|we treat|our|so that|because|seeking|looking for|want to)\b"
    r"|[;:](?=\s)|\.\s| - "
)
_LIST_JOINT = re.compile(r"(?:,|\band\b|\bor\b)")

KEPT = {
    "negated": Assertion.NEGATED,
    "future": Assertion.NEGATED,
    "referral": Assertion.NEGATED,
    "generic": Assertion.GENERIC,
    "hedged": Assertion.HEDGED,
    "conditional": Assertion.CONDITIONAL,
    "question": Assertion.QUESTION,
    "comparison": Assertion.GENERIC,
    "history": Assertion.GENERIC,
    "target": Assertion.GENERIC,
}
LEVEL_ONLY = frozenset(
    {"comparison", "history", "target"}
)  # what they govern is another place's level of care
_ORDER = tuple(KEPT)


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue phrase at [start, end) of the folded text."""

    category: str
    direction: str
    reach: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """The assertion of one mention and the cue that decided it (None: nothing speaks against it)."""

    assertion: Assertion
    cue: Cue | None = None

    @property
    def demoted(self) -> tuple[Demotion, ...]:
        """The cue as a reason of the observation."""
        return (Demotion(self.cue.category),) if self.cue else ()


AFFIRMED = Judgement(Assertion.AFFIRMED)


@lru_cache(maxsize=1)
def _automaton() -> ahocorasick.Automaton:
    table: dict[str, list[tuple[str, str, str]]] = {}
    with CUES.open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            for word in row["words"].split(";"):
                if word := spaced(word.strip()):
                    table.setdefault(word, []).append((row["category"], row["direction"], row["reach"]))
    automaton = ahocorasick.Automaton()
    for word, meanings in table.items():
        automaton.add_word(word, (len(word), tuple(meanings)))
    automaton.make_automaton()
    return automaton


def cues_in(folded: str, start: int, end: int) -> list[Cue]:
    """The cues of one sentence, the longest at each place; pseudo cues take away what begins within them."""
    plain = spaced(folded[start:end])
    longest: dict[int, tuple[int, tuple[tuple[str, str, str], ...]]] = {}
    for last, (length, meanings) in _automaton().iter(plain):
        at = last + 1 - length
        if (at and plain[at - 1].isalnum()) or (last + 1 < len(plain) and plain[last + 1].isalnum()):
            continue
        if at not in longest or longest[at][0] < length:
            longest[at] = (length, meanings)
    found = []
    taken = 0
    for at in sorted(longest):
        length, meanings = longest[at]
        if at < taken:
            continue
        for category, direction, reach in meanings:
            if category == "pseudo":
                taken = at + length
            else:
                found.append(Cue(category, direction, reach, start + at, start + at + length))
    return found


def judge(
    folded: str, cues: list[Cue], start: int, end: int, is_level: bool = False, question: bool = False
) -> Judgement:
    """The assertion of the mention at [start, end) given the cues of its sentence."""
    best: Judgement | None = None
    for cue in cues:
        if cue.category in LEVEL_ONLY and not is_level:
            continue
        if cue.category == "question" and not question:
            continue
        if not _governs(folded, cue, start, end):
            continue
        if cue.category in LEVEL_ONLY and 0 <= start - cue.end <= ADJACENT:
            return Judgement(
                KEPT[cue.category], cue
            )  # "step down from residential care, we connect you with …"
        if best is None or best.cue is None or _ORDER.index(cue.category) < _ORDER.index(best.cue.category):
            best = Judgement(KEPT[cue.category], cue)
    if best is None and question:
        return Judgement(Assertion.QUESTION)
    return best or AFFIRMED


def _governs(folded: str, cue: Cue, start: int, end: int) -> bool:
    if cue.direction == "pre":
        if cue.end > start:
            return False
        between = folded[cue.end : start].lstrip(" :").removeprefix("our ")
        if cue.reach == "short":
            return (
                len(between) <= SHORT
                and not _TERMINATOR.search(between)
                and len(_LIST_JOINT.findall(between)) <= 2
            )
        if cue.reach == "sentence":
            return not re.search(
                r"\b(?:but|however|although|instead|we do|we offer|we treat|we provide)\b", between
            )
        return not _TERMINATOR.search(between)
    if cue.start < end:
        return False
    between = folded[end : cue.start].lstrip(" :")
    return not _TERMINATOR.search(between) and len(between) <= (SHORT if cue.reach == "short" else 160)
