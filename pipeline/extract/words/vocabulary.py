"""One compiled matcher (Aho–Corasick) over all vocabularies: words on the page → codes.

A word in capitals of up to six letters ("DBT", "ACT") is an acronym: it must stand in capitals on the page. Every
word of treatment may carry a plural or possessive s. The longest match at a place wins over all vocabularies of treatment, so that
"trauma-informed" is no condition and `not_mentions.csv` can take words such as "mental health professionals" away.
Payers, languages and accreditation are names: they have no plural, hide no other word ("services in Spanish" is a population
and a language), their column `unless` takes words away, and what is `ambiguous` needs a capital.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

import ahocorasick

from pipeline.extract.parsing.text import fold, spaced
from pipeline.extract.words.assertion import CueHit, cue_phrases
from pipeline.extract.words.automaton import automaton
from pipeline.extract.words.heads import Part, list_words, lists_in
from pipeline.fields import fields, of_scope
from pipeline.vocabulary.tables import cells, phrases, rows

LEVEL = "level_of_care"
FIELDS: Mapping[str, str] = {field.words: name for name, field in fields().items() if field.words}
_TABLES = {**FIELDS, "ambiguous_levels": LEVEL, "not_mentions": ""}
NAMES = of_scope("place")  # what is named of a place: payers, languages, accreditation
LONGEST_ACRONYM = 6


class Mention(NamedTuple):
    """Words of a vocabulary at text[start:end], not judged yet."""

    field: str
    code: str
    start: int
    end: int
    is_ambiguous: bool = False


class Meaning(NamedTuple):
    """What a word stands for; without a code it hides shorter words and means nothing."""

    is_acronym: bool
    field: str
    code: str
    is_ambiguous: bool

    @property
    def is_sure(self) -> bool:
        """Whether it is meant in any case of its letters."""
        return not (self.is_acronym or self.is_ambiguous)

    def fits(self, text: str, start: int, end: int) -> bool:
        """Whether the word is printed in the case that its meaning needs."""
        if self.is_acronym:
            return text[start:end].isupper()
        return not self.is_ambiguous or text[start].isupper() or " " in text[start:end]


Hit = tuple[int, int, str, tuple[Meaning, ...]]  # start, minus end (the longest sorts first), group, meanings


@cache
def labels() -> Mapping[tuple[str, str], str]:
    """(field, code) → label."""
    return {
        (field, row["code"]): row["label"] for name, field in FIELDS.items() for row in rows(f"{name}.csv")
    }


Group = tuple[str, tuple[Meaning, ...], bool]  # group, meanings, whether all are meant in any case of letters


def _words() -> Mapping[str, list[Group]]:
    found: dict[str, dict[str, dict[Meaning, None]]] = {}
    for word, meaning in _entries():
        group = meaning.field if meaning.field in NAMES else ""
        found.setdefault(spaced(fold(word)), {}).setdefault(group, {})[meaning] = None
    return {
        word: [(group, tuple(own), all(meaning.is_sure for meaning in own)) for group, own in groups.items()]
        for word, groups in found.items()
    }


@cache
def _tables() -> ahocorasick.Automaton:
    """Words of the vocabularies, of lists and of cues together, each with what it is in each."""
    tables = (_words(), list_words(), cue_phrases())
    return automaton({word: [table.get(word) for table in tables] for word in set().union(*tables)})


class Words(NamedTuple):
    """What one pass over a plain text finds: words of the vocabularies (with their plural's s), of lists, and cues."""

    named: list[tuple[int, int, int, list[Group]]]  # start, end, end with the plural's s
    listed: list[tuple[int, int, Part]]
    cues: list[CueHit]

    @classmethod
    def of(cls, plain: str) -> Words:
        named, listed, cues = found = cls([], [], [])
        for last, (length, (groups, part, meanings)) in _tables().iter(plain):
            start, end = last + 1 - length, last + 1
            is_inside = start > 0 and plain[start - 1].isalnum()
            if is_inside and not meanings:
                continue
            goes_on = plain[end : end + 1].isalnum()
            if meanings:
                cues.append((start, -end, meanings, is_inside, goes_on))
            if is_inside:
                continue
            if part and not goes_on:
                listed.append((start, end, part))
            stop = ending(plain, start, end) if goes_on else end
            if groups and stop is not None:
                named.append((start, end, stop, groups))
        return found


def written() -> Iterator[tuple[str, str]]:
    """(table, entry) of every vocabulary, as written."""
    for name in _TABLES:
        for row in rows(f"{name}.csv"):
            yield from ((name, entry) for column in ("words", "unless") for entry in cells(row.get(column)))


def _entries() -> Iterator[tuple[str, Meaning]]:
    for name, field in _TABLES.items():
        for row in rows(f"{name}.csv"):
            ambiguous = phrases(fold(row.get("ambiguous", "")))
            for word in phrases(row["words"]):
                yield word, Meaning(is_acronym(word), field, row.get("code", ""), fold(word) in ambiguous)
            for word in phrases(row.get("unless")):
                yield word, Meaning(False, field, "", False)


def is_acronym(word: str) -> bool:
    """Whether a word of a table must stand in capitals on the page."""
    return word.isupper() and len(word) <= LONGEST_ACRONYM


def ending(plain: str, start: int, end: int) -> int | None:
    """Where a word found at [start, end) ends: there, after its plural or possessive s, or (None) in no word of its own."""
    if start and plain[start - 1].isalnum():
        return None
    if not plain[end : end + 1].isalnum():
        return end
    return None if plain[end] != "s" or plain[end + 1 : end + 2].isalnum() else end + 1


@cache
def _words_of_levels() -> ahocorasick.Automaton:
    return automaton({spaced(fold(word)): () for word, meaning in _entries() if meaning.field == LEVEL})


def find_levels(text: str, folded: str) -> list[Mention]:
    """The levels of care among the mentions. Most titles hold no word of theirs, and no more is looked for in those: what
    lists share (`heads.py`) are never levels."""
    if next(_words_of_levels().iter(spaced(folded)), None) is None:
        return []
    return [mention for mention in find_mentions(text, folded) if mention.field == LEVEL]


def find_mentions(text: str, folded: str) -> list[Mention]:
    """All mentions in reading order; of overlapping ones the longest, of equally long ones the first."""
    plain = spaced(folded)
    return mentions_of(text, folded, plain, Words.of(plain))


def mentions_of(text: str, folded: str, plain: str, words: Words) -> list[Mention]:
    """The same from the words of its plain form."""
    hits: list[Hit] = []
    for start, end, stop, groups in words.named:
        for group, meanings, is_sure in groups:
            if group and stop > end:
                continue  # a name has no plural
            if not is_sure:
                meanings = tuple([meaning for meaning in meanings if meaning.fits(text, start, end)])
            if meanings:
                hits.append((start, -stop, group, meanings))
    for start, end, senses in lists_in(plain, folded, words.listed):
        hits.append((start, -end, "", tuple([Meaning(False, *sense, False) for sense in senses])))
    hits.sort()
    return list(_with_groups(plain, _longest(hits)))


_GROUP = re.compile(r" (group)\b(?! (?:of|home|rates?|practice)\b)")
_OTHER_GROUPS = frozenset(  # that are no therapy in a group, or say so themselves
    (
        "group_therapy",
        "family_therapy",
        "parent_training",
        "peer_support",
        "twelve_step",
        "smart_recovery",
        "aftercare",
        "meal_support",
    )
)


def _with_groups(plain: str, mentions: Iterable[Mention]) -> Iterator[Mention]:
    """ "An evening DBT group": what is done in a group names group therapy too."""
    for mention in mentions:
        yield mention
        is_topic = mention.field == "modality" and mention.code not in _OTHER_GROUPS
        if is_topic and (group := _GROUP.match(plain, mention.end)):
            yield Mention("modality", "group_therapy", group.start(1), group.end(1))


def _longest(hits: Iterable[Hit]) -> Iterator[Mention]:
    reach: dict[str, int] = {}
    for start, minus_end, group, meanings in hits:
        if start >= reach.get(group, 0):
            reach[group] = -minus_end
            for meaning in meanings:
                if meaning.code:
                    yield Mention(meaning.field, meaning.code, start, -minus_end, meaning.is_ambiguous)
