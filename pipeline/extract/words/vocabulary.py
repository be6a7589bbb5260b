"""One compiled matcher (Aho–Corasick) over all vocabularies: words on the page → codes.

A word in capitals of up to six letters ("DBT", "ACT") is an acronym: it must stand in capitals on the page. Every
word may carry a plural or possessive s. The longest match at a place wins over all vocabularies, so that
"trauma-informed" is no condition and `not_mentions.csv` can take words such as "mental health professionals" away.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import ahocorasick

from pipeline.extract.parsing.text import fold, spaced

FOLDER = Path(__file__).resolve().parents[2] / "vocabulary"
FIELDS: Mapping[str, str] = {
    "conditions": "condition",
    "exclusions": "exclusion",
    "levels_of_care": "level_of_care",
    "modalities": "modality",
    "populations": "population",
}
LONGEST_ACRONYM = 6


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a vocabulary at text[start:end], not judged yet."""

    field: str
    code: str
    start: int
    end: int


@lru_cache(maxsize=1)
def parents() -> Mapping[str, str]:
    """Condition → its parent condition."""
    with (FOLDER / "conditions.csv").open(encoding="utf-8") as rows:
        return {row["code"]: row["parent"] for row in csv.DictReader(rows) if row["parent"]}


@lru_cache(maxsize=1)
def labels() -> Mapping[tuple[str, str], str]:
    """(field, code) → label."""
    found = {}
    for name, field in FIELDS.items():
        with (FOLDER / f"{name}.csv").open(encoding="utf-8") as rows:
            found.update({(field, row["code"]): row["label"] for row in csv.DictReader(rows)})
    return found


@lru_cache(maxsize=1)
def _automaton() -> ahocorasick.Automaton:
    keys: dict[str, tuple[bool, list[tuple[str, str]]]] = {}
    for name, field in [*FIELDS.items(), ("ambiguous_levels", "level_of_care"), ("not_mentions", "")]:
        with (FOLDER / f"{name}.csv").open(encoding="utf-8") as rows:
            for row in csv.DictReader(rows):
                for word in row["words"].split(";"):
                    if word := word.split("(")[0].strip():
                        acronym = word.isupper() and len(word) <= LONGEST_ACRONYM
                        entry = keys.setdefault(spaced(fold(word)), (acronym, []))
                        if (field, row.get("code", "")) not in entry[1]:
                            entry[1].append((field, row.get("code", "")))
    automaton = ahocorasick.Automaton()
    for key, (acronym, codes) in keys.items():
        automaton.add_word(key, (len(key), acronym, tuple(codes)))
    automaton.make_automaton()
    return automaton


def find_mentions(text: str, folded: str) -> list[Mention]:
    """All mentions in reading order; of overlapping ones the longest, of equally long ones the first."""
    hits = []
    plain = spaced(folded)
    size = len(plain)
    for last, (length, acronym, codes) in _automaton().iter(plain):
        start, end = last + 1 - length, last + 1
        if start and plain[start - 1].isalnum():
            continue
        if end < size and plain[end].isalnum():
            if plain[end] != "s" or (end + 1 < size and plain[end + 1].isalnum()):
                continue
            if not acronym or text[start:end].isupper():
                hits.append((start, -(end + 1), acronym, codes))
            continue
        if acronym and not text[start:end].isupper():
            continue
        hits.append((start, -end, acronym, codes))
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
_MEMBER = re.compile(r"individual|one on one|group|family|couples?|marital")
_THERAPIES = {
    "individual": "individual_therapy", "one on one": "individual_therapy", "group": "group_therapy", "family": "family_therapy",
    "couple": "couples_therapy", "couples": "couples_therapy", "marital": "couples_therapy",
}  # fmt: skip


def _coordinated(plain: str) -> Iterator[tuple[int, int, bool, tuple[tuple[str, str], ...]]]:
    """ "Individual, group and family therapy": every adjective of the list names a therapy."""
    for pattern in (_LIST, _TAIL):
        for match in pattern.finditer(plain):
            if match.start() and plain[match.start() - 1].isalnum():
                continue
            codes = tuple(dict.fromkeys(("modality", _THERAPIES[m[0]]) for m in _MEMBER.finditer(match[0])))
            yield match.start(), -match.end(), False, codes


def _longest(hits: list[tuple[int, int, bool, tuple[tuple[str, str], ...]]]) -> Iterator[Mention]:
    reach = 0
    for start, minus_end, _, codes in hits:
        if start >= reach:
            reach = -minus_end
            for field, code in codes:
                if field:
                    yield Mention(field, code, start, -minus_end)
