"""An address found on a page, and when two of them are one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.extract.words.assertion import AFFIRMED, Judgement
from pipeline.normalize.address import normalize_street
from pipeline.normalize.place import city_key
from pipeline.records import Region


@dataclass(frozen=True, slots=True)
class Found:
    """An address at `text[start:end]`. Without a street it is a city named as the place of the provider."""

    start: int
    end: int
    street: str | None
    city: str | None
    state: str | None
    zip: str | None
    others: bool = False
    region: Region | None = None
    confidence: float = 0.95
    standing: Judgement = AFFIRMED  # whether the office is there, by the words around
    is_printed: bool = True  # a reader sees it; not so what structured data alone gives

    @property
    def street_key(self) -> tuple[str, str, str]:
        """Number, direction and name of the street, however they are abbreviated."""
        return _street_key(self.street)

    def is_same_place(self, other: Found) -> bool:
        """Whether both name one place: one street line, and no ZIP codes or cities that tell them apart."""
        if (self.street is None) != (other.street is None):
            return False
        if self.street and self.street_key != other.street_key:
            return False
        if self.street and self.zip and other.zip:
            return self.zip == other.zip
        return not (self.city and other.city) or city_key(self.city) == city_key(other.city)

    @property
    def fullness(self) -> tuple[bool, int]:
        parts = (self.street, self.city, self.state, self.zip)
        return not self.others, sum(part is not None for part in parts)


@lru_cache(maxsize=4096)  # the pages of a site repeat the same few streets
def _street_key(street: str | None) -> tuple[str, str, str]:
    parts = normalize_street(street)
    return parts.number, parts.predirectional, parts.name


def distinct(found: Iterable[Found]) -> list[Found]:
    """Each place once, in its fullest form; of equal forms the first stays."""
    kept: dict[tuple[str, str, str], list[list[Found]]] = {}
    for one in found:
        same = kept.setdefault(one.street_key if one.street else ("", "", ""), [])
        place = next((place for place in same if one.is_same_place(place[0])), None)
        if place is None:
            same.append([one])
        elif one.fullness > place[0].fullness:
            place.insert(0, one)
        else:
            place.append(one)
    return [replace(place[0], standing=_standing(place)) for same in kept.values() for place in same]


def _standing(place: Sequence[Found]) -> Judgement:
    """What the page says of a place that it names several times: it is there if the text names it without a reserve, and
    is not if the text has reserves alone, whatever structured data gives."""
    denied = [one.standing for one in place if one.standing.cue]
    return (
        AFFIRMED if any(one.is_printed and not one.standing.cue for one in place) or not denied else denied[0]
    )
