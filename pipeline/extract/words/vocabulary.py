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
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import ahocorasick

from pipeline.extract.parsing.text import fold, spaced
from pipeline.fields import fields, of_scope
from pipeline.vocabulary.tables import cells, rows

FIELDS: Mapping[str, str] = {field.words: name for name, field in fields().items() if field.words}
NAMES = of_scope("place")  # what is named of a place: payers, languages, accreditation
LONGEST_ACRONYM = 6


@dataclass(frozen=True, slots=True)
class Mention:
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


def automaton(words: Mapping[str, object]) -> ahocorasick.Automaton:
    """Finds words in text; a hit gives the word's length and what it is mapped to."""
    built = ahocorasick.Automaton()
    for word, meaning in words.items():
        built.add_word(word, (len(word), meaning))
    built.make_automaton()
    return built


@cache
def _words() -> ahocorasick.Automaton:
    found: dict[str, dict[str, dict[Meaning, None]]] = {}
    for word, meaning in _entries():
        group = meaning.field if meaning.field in NAMES else ""
        found.setdefault(spaced(fold(word)), {}).setdefault(group, {})[meaning] = None
    return automaton(
        {word: [(group, tuple(own)) for group, own in groups.items()] for word, groups in found.items()}
    )


def _entries() -> Iterator[tuple[str, Meaning]]:
    for name, field in {**FIELDS, "ambiguous_levels": "level_of_care", "not_mentions": ""}.items():
        for row in rows(f"{name}.csv"):
            ambiguous = cells(fold(row.get("ambiguous", "")))
            for word in (entry.split("(")[0].strip() for entry in cells(row["words"])):
                is_acronym = word.isupper() and len(word) <= LONGEST_ACRONYM
                yield word, Meaning(is_acronym, field, row.get("code", ""), fold(word) in ambiguous)
            for word in cells(row.get("unless", "")):
                yield word, Meaning(False, field, "", False)


def find_mentions(text: str, folded: str) -> list[Mention]:
    """All mentions in reading order; of overlapping ones the longest, of equally long ones the first."""
    hits: list[Hit] = []
    plain = spaced(folded)
    size = len(plain)
    for last, (length, groups) in _words().iter(plain):
        start, end = last + 1 - length, last + 1
        if start and plain[start - 1].isalnum():
            continue
        is_plural = end < size and plain[end].isalnum()
        if is_plural and (plain[end] != "s" or plain[end + 1 : end + 2].isalnum()):
            continue
        for group, meanings in groups:
            if is_plural and group:
                continue
            if fitting := tuple([meaning for meaning in meanings if meaning.fits(text, start, end)]):
                hits.append((start, -(end + is_plural), group, fitting))
    hits += _coordinated(plain)
    hits.sort()
    return list(_longest(hits))


_HEADS = "therapy|therapies|counseling|counselling|sessions?|psychotherapy|treatment|groups?|support"
_LIST = re.compile(
    r"(?:individual|group|family|couples?|marital|one on one|small group)(?:(?:,| and| or| &|, and|, or|,? as well as) "
    r"(?:weekly )?(?:individual|group|family|couples?|marital|one on one|small group|multi family))+ "
    rf"(?:\w+ )?(?:{_HEADS})\b"
)
_TAIL = re.compile(
    rf"\b(?:{_HEADS}) ?[(:] ?(?:individual|group|family|couples?)(?:(?:,| and|, and) (?:individual|group|family|couples?))+"
)
_MEMBER = re.compile(r"individual|one on one|group|family|couple|marital")
_THERAPIES = {
    "individual": "individual_therapy",
    "one on one": "individual_therapy",
    "group": "group_therapy",
    "family": "family_therapy",
    "couple": "couples_therapy",
    "marital": "couples_therapy",
}


def _coordinated(plain: str) -> Iterator[Hit]:
    """ "Individual, group and family therapy": every adjective of the list names a therapy."""
    for pattern in (_LIST, _TAIL):
        for match in pattern.finditer(plain):
            if match.start() and plain[match.start() - 1].isalnum():
                continue
            codes = dict.fromkeys(_THERAPIES[member] for member in _MEMBER.findall(match[0]))
            meanings = tuple(Meaning(False, "modality", code, False) for code in codes)
            yield match.start(), -match.end(), "", meanings


def _longest(hits: Iterable[Hit]) -> Iterator[Mention]:
    reach: dict[str, int] = {}
    for start, minus_end, group, meanings in hits:
        if start >= reach.get(group, 0):
            reach[group] = -minus_end
            for meaning in meanings:
                if meaning.code:
                    yield Mention(meaning.field, meaning.code, start, -minus_end, meaning.is_ambiguous)


@cache
def _pieces(pieces: tuple[str, ...]) -> ahocorasick.Automaton:
    return automaton(dict.fromkeys(pieces))


def spots(folded: str, pieces: tuple[str, ...]) -> list[int]:
    """Offsets where any of the pieces (parts of words) begins; the cheap look before a costly pattern."""
    return [last - length + 1 for last, (length, _) in _pieces(pieces).iter(folded)]
