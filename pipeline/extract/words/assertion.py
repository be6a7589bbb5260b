"""How the words around a mention stand to it: affirmed, negated, hedged, generic, question or conditional.

ConText (Harkema et al. 2009, doi:10.1016/j.jbi.2009.05.002) and NegEx (Chapman et al. 2001,
doi:10.1006/jbin.2001.1029): cue phrases with a direction, whose scope runs to the end of the sentence unless a
termination word ends it. The cues are data (`assertion_cues.csv`): "(may|might) offer" stands for two phrases, `topic`
names the kinds of mention that a cue speaks of (empty: all), `pseudo` cues look like others and mean nothing. Cues of
addresses are judged in `standing.py`: there `next` reaches the next address, `label` wants the cue to stand for itself.
Additions for program pages: comparison, history ("after detox"), target ("step down to"), referral and future.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.extract.parsing.text import spaced
from pipeline.records import Assertion, Demotion
from pipeline.vocabulary.tables import cells, phrases

CUES = Path(__file__).with_name("assertion_cues.csv")
ADJACENT = 3  # characters between a cue and the words that it surely governs
SHORT, LONG = (
    38,
    160,
)  # characters that a cue of short reach spans (some six words), and one after the mention
_TERMINATOR = re.compile(
    r"\b(?:but|however|although|though|except|whereas|yet|instead|while we|and we|we do|we also|we offer|we provide|we treat|we accept|our|so that|because|seeking|looking for|want to)\b"
    r"|[;:](?=\s)|\.\s| - "
)
_TURN = re.compile(r"\b(?:but|however|although|instead|we do|we offer|we treat|we provide)\b")
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
ELSEWHERE = ("comparison", "history", "target")  # what they govern is another place's
_ORDER = tuple(KEPT)


class Meaning(NamedTuple):
    """A row of the table: what a cue says, of which words (`pre`: after it, `post`: before it, `any`), of which topics."""

    category: str
    direction: str
    reach: str
    topics: frozenset[str]


class Cue(NamedTuple):
    """A cue phrase at [start, end) of the folded text."""

    meaning: Meaning
    start: int
    end: int

    @property
    def category(self) -> str:
        return self.meaning.category


class Judgement(NamedTuple):
    """The assertion of one mention and the cue that decided it (None: nothing speaks against it)."""

    assertion: Assertion
    cue: Cue | None = None

    @property
    def demoted(self) -> tuple[Demotion, ...]:
        """The cue as a reason of the observation."""
        return (Demotion(self.cue.category),) if self.cue else ()


AFFIRMED, ASKED = Judgement(Assertion.AFFIRMED), Judgement(Assertion.QUESTION)


def cue_phrases() -> Mapping[str, Sequence[Meaning]]:
    """Every cue phrase, as plain text has it, and what it says."""
    table: dict[str, list[Meaning]] = {}
    with CUES.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            meaning = Meaning(row["category"], row["direction"], row["reach"], frozenset(cells(row["topic"])))
            for phrase in phrases(row["words"]):
                table.setdefault(spaced(phrase), []).append(meaning)
    return table


def written() -> Iterator[tuple[str, str]]:
    """(table, entry) of every cue, as written."""
    with CUES.open(encoding="utf-8", newline="") as rows:
        yield from ((CUES.stem, entry) for row in csv.DictReader(rows) for entry in cells(row["words"]))


# Start, minus end (the longest sorts first), meanings, whether a word goes on before it, and behind it.
CueHit = tuple[int, int, Sequence[Meaning], bool, bool]


class Cues:
    """The cue phrases of a page, of which each sentence takes its own."""

    def __init__(self, hits: Iterable[CueHit]) -> None:
        self._hits = sorted(hits)
        self._starts = [hit[0] for hit in self._hits]

    def within(self, start: int, end: int) -> list[Cue]:
        """The cues of one sentence by place, the longest first; pseudo cues take away what begins within them."""
        found: list[Cue] = []
        taken = 0
        low = bisect_left(self._starts, start)
        for at, minus_end, meanings, is_ending, is_beginning in self._hits[
            low : bisect_left(self._starts, end)
        ]:
            stop = -minus_end
            if at < taken or stop > end or (is_ending and at > start) or (is_beginning and stop < end):
                continue
            for meaning in meanings:
                if meaning.category == "pseudo":
                    taken = stop
                else:
                    found.append(Cue(meaning, at, stop))
        return found


def governing(
    folded: str, cues: list[Cue], start: int, end: int, topic: str, asks: bool = False
) -> list[Cue]:
    """The cues that speak of the mention at [start, end), of those at one place the longest; `asks`: of a question."""
    found: list[Cue] = []
    longest: dict[int, int] = {}
    for cue in cues:
        if cue.meaning.topics and topic not in cue.meaning.topics:
            continue
        is_longest = longest.setdefault(cue.start, cue.end) == cue.end
        if is_longest and (asks or cue.category != "question") and _governs(folded, cue, start, end):
            found.append(cue)
    return found


def judge(folded: str, cues: list[Cue], start: int, end: int, topic: str, asks: bool = False) -> Judgement:
    """The assertion of the mention at [start, end) given the cues of its sentence."""
    found = governing(folded, cues, start, end, topic, asks) if cues else ()
    for cue in found:  # "step down from residential care, we connect you with …"
        if cue.category in ELSEWHERE and 0 <= start - cue.end <= ADJACENT:
            return Judgement(KEPT[cue.category], cue)
    if found:
        best = min(found, key=lambda cue: _ORDER.index(cue.category))
        return Judgement(KEPT[best.category], best)
    return ASKED if asks else AFFIRMED


def _governs(folded: str, cue: Cue, start: int, end: int) -> bool:
    _, direction, reach, _ = cue.meaning
    if direction == "any":
        return True
    if direction == "pre":
        if cue.end > start:
            return False
        between = folded[cue.end : start].lstrip(" :").removeprefix("our ")
        if reach == "short":
            if len(between) > SHORT or _TERMINATOR.search(between):
                return False
            return len(_LIST_JOINT.findall(between)) <= 2
        return not (_TURN if reach == "sentence" else _TERMINATOR).search(between)
    if cue.start < end:
        return False
    between = folded[end : cue.start].strip(" :")  # "Weekend IOP: coming soon"
    return len(between) <= (SHORT if reach == "short" else LONG) and not _TERMINATOR.search(between)
