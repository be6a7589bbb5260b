"""Lists that share their head or tail: "mood, anxiety and personality disorders", "individual / group / family counseling".

`heads.csv` names the words that close such a list (in Spanish open it), `modifiers.csv` what a modifier means before them.
A head takes its `alone` words after one modifier, its `shared` ones only after two or more. Every member of a list is a
mention of its own, the one beside the head together with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pipeline.extract.parsing.text import fold, spaced
from pipeline.vocabulary.tables import cells, phrases, rows

_OPENING = frozenset((":", "(", "-"))
FARTHEST = 24  # characters between two members of a list
_LINK = r"(?:\s*[,/&+|•·]\s*(?:(?:and/or|and|or|y/o|y|o|e|u|as well as)\s)?|\s(?:and|or|and/or|as well as|plus|y|o|e|u|y/o|así como)\s|-)\s*"
_OTHER = r"(?:(?:other|weekly|various|different|daily|monthly|otros|otras)\s)?"
_JOINT = re.compile(_LINK + _OTHER)
_JOINT_BEFORE = re.compile(_LINK + _OTHER + r"\Z")
_WORD_BEFORE = re.compile(r"[\s-]\w+[\s-]\Z")  # "individual and group process sessions"
_OPENS = re.compile(r"\s?[:(]\s?|\s-\s")  # "therapy (individual, group)"


class Sense(NamedTuple):
    """What a modifier means before (after) the heads of a set."""

    field: str
    code: str
    sets: frozenset[str]


class Head(NamedTuple):
    """A word that lists share, of one set."""

    set: str
    opens: bool  # it stands before its list
    is_alone: bool  # one modifier suffices


class _Part(NamedTuple):
    start: int
    end: int
    senses: tuple[Sense, ...]


Part = tuple[tuple[Head, ...], tuple[Sense, ...]]
Member = tuple[int, int, tuple[tuple[str, str], ...]]  # start, end, (field, code) of each meaning


def written() -> Iterator[tuple[str, str]]:
    """(table, entry) of both tables, as written."""
    for row in rows("heads.csv"):
        yield from (("heads", entry) for column in ("alone", "shared") for entry in cells(row[column]))
    for row in rows("modifiers.csv"):
        yield from (("modifiers", entry) for entry in cells(row["words"]))


def list_words() -> Mapping[str, Part]:
    """Every word of both tables, as plain text has it: as the heads and the modifiers that it is."""
    heads: dict[str, list[Head]] = {}
    for row in rows("heads.csv"):
        for column in ("alone", "shared"):
            for word in phrases(row[column]):
                head = Head(row["set"], row["side"] == "before", column == "alone")
                heads.setdefault(spaced(fold(word)), []).append(head)
    senses: dict[str, list[Sense]] = {}
    for row in rows("modifiers.csv"):
        sense = Sense(row["field"], row["code"], frozenset(cells(row["sets"])))
        for word in phrases(row["words"]):
            senses.setdefault(spaced(fold(word)), []).append(sense)
    return {w: (tuple(heads.get(w, ())), tuple(senses.get(w, ()))) for w in {*heads, *senses}}


def lists_in(plain: str, folded: str, words: Iterable[tuple[int, int, Part]]) -> Iterator[Member]:
    """The members of all lists with a shared head; `plain` is the spaced form of `folded`, `words` what stands there of the
    tables, by where it ends."""
    ends: dict[int, _Part] = {}
    starts: dict[int, _Part] = {}
    heads: list[tuple[int, int, tuple[Head, ...]]] = []
    latest = -FARTHEST  # where the last modifier ended
    for start, end, (own, senses) in words:
        if own and (
            start - latest < FARTHEST or own[0].opens or folded[end : end + 2].strip()[:1] in _OPENING
        ):
            heads.append((start, end, own))
        if senses:
            part, latest = _Part(start, end, senses), end
            if end not in ends or ends[end].start > start:
                ends[end] = part
            if start not in starts or starts[start].end < end:
                starts[start] = part
    for start, end, own in heads:
        opens = _OPENS.match(folded, end)
        if own[0].opens:
            yield from _opened(folded, starts, start, opens.end() if opens else end + 1, own, 1)
            continue
        yield from _closed(plain, folded, ends, start, end, own)
        if opens:
            yield from _opened(folded, starts, end, opens.end(), own, 2)


def _closed(
    plain: str, folded: str, ends: dict[int, _Part], start: int, end: int, heads: tuple[Head, ...]
) -> Iterator[Member]:
    """The list that the head at [start, end) closes, the member beside it first."""
    at, is_beside = start - 1, True
    part = ends.get(at)
    if part is None and (word := _WORD_BEFORE.search(plain, max(0, start - FARTHEST), start)):
        at, is_beside = word.start(), False
        part = ends.get(at)
    found: list[_Part] = []
    while part is not None and _meant(part, heads):
        found.append(part)
        joint = _JOINT_BEFORE.search(folded, max(0, part.start - FARTHEST), part.start)
        part = ends.get(joint.start()) if joint else None
    yield from _members(found, heads, is_beside, found[0].start if found else start, end)


def _opened(
    folded: str, starts: dict[int, _Part], start: int, at: int, heads: tuple[Head, ...], fewest: int
) -> Iterator[Member]:
    """The list that the head at `start` opens and whose first member stands at `at`."""
    found: list[_Part] = []
    part = starts.get(at)
    while part is not None and _meant(part, heads):
        found.append(part)
        joint = _JOINT.match(folded, part.end)
        part = starts.get(joint.end()) if joint else None
    if len(found) >= fewest:
        yield from _members(found, heads, fewest == 1, start, found[0].end)


def _members(
    found: list[_Part], heads: tuple[Head, ...], is_beside: bool, start: int, end: int
) -> Iterator[Member]:
    """Each member with its meanings; the first of `found`, where it stands beside the head, as [start, end)."""
    if len(found) == 1:
        if not is_beside:
            return
        heads = tuple([head for head in heads if head.is_alone])
    for index, part in enumerate(found):
        if senses := _meant(part, heads):
            span = (start, end) if not index and is_beside else (part.start, part.end)
            yield *span, tuple((sense.field, sense.code) for sense in senses)


def _meant(part: _Part, heads: tuple[Head, ...]) -> list[Sense]:
    return [sense for sense in part.senses if any(head.set in sense.sets for head in heads)]
