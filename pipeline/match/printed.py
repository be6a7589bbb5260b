"""How a list prints a place: what tells its entries there apart, and which entry of another list means the same.

A directory that prints two rows at one place speaks of two programs, unless both rows bear the same names and the
same phone. A site that is only called after its setting ("Outpatient", "Recovery Home") is not named. Rows of different lists say nothing of each other but by likeness.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.normalize.name import NAME_WORDS, normalize_name
from pipeline.vocabulary.tables import phrases, rows

_NAMES = ("organization_name", "site_name")


@dataclass(frozen=True, slots=True)
class Printed:
    """One listing: whose list it is, the words of its place, of its names, whom its site is for, its phone."""

    source: str = ""
    around: tuple[str, ...] = ()  # names, city and street, as printed: they tell nothing of a track
    names: frozenset[str] = frozenset()
    audience: frozenset[str] = frozenset()
    phone: str = ""

    def apart(self, other: Printed) -> bool:
        """Whether one list prints two programs."""
        phones = {self.phone, other.phone} - {""}
        return self.source == other.source != "" and (self.names != other.names or len(phones) > 1)

    def likeness(self, other: Printed) -> float:
        """0 for nothing in common, to 3: a phone, the share of names in common, and people it is for."""
        union = self.names | other.names
        shared = len(self.names & other.names) / len(union) if union else 0.0
        return (self.phone == other.phone != "") + shared + bool(self.audience & other.audience)


def printed(listing: Mapping[str, object]) -> Printed:
    """How a row of the stage table `listing` prints its place."""

    def text(column: str) -> str:
        return str(listing.get(column) or "")

    around = tuple(filter(None, map(text, (*_NAMES, "city", "street1"))))
    empty = {*NAME_WORDS["place"], *normalize_name(text("city"))}
    operator, site = (set(normalize_name(text(column))) - empty for column in _NAMES)
    return Printed(
        source=text("source_id"),
        around=around,
        names=frozenset(operator | site if site - NAME_WORDS["setting"].keys() else operator),
        audience=audiences(text("site_name")),
        phone=text("phone").partition(";")[0],
    )


@lru_cache(maxsize=65_536)
def audiences(text: str) -> frozenset[str]:
    """Codes of the people whom a text names."""
    return frozenset(code for code, words in audience_words().items() if words.search(text))


@cache
def audience_words() -> Mapping[str, re.Pattern[str]]:
    def pattern(words: str) -> re.Pattern[str]:
        return re.compile("|".join(rf"\b{re.escape(word)}s?\b" for word in phrases(words)), re.I)

    return {row["code"]: pattern(row["words"]) for row in rows("populations.csv")}


def likest(entry: Printed, others: Iterable[Printed]) -> float:
    """The likeness to the most alike of others."""
    return max(map(entry.likeness, others), default=0.0)
