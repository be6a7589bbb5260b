"""The offices of a provider: addresses that its pages print, each once, with the phones printed beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from pipeline.extract.parsing.text import fold
from pipeline.normalize.address import normalize_street
from pipeline.records import Assertion, Demotion, Observation, Region
from pipeline.values import Address

_NOT_THERE = frozenset({Demotion.NEGATED, Demotion.FUTURE, Demotion.HISTORY})
BESIDE = 220  # characters between an address and a phone that belongs to it
LONGEST_NAME = 60
_PLACE_NAME = re.compile(
    r"\b(?:office|center|centre|campus|clinic|building|location|annex|house|hospital|hall)\b", re.I
)
_NO_OFFICE = re.compile(
    r"\b(?:administrat\w+|billing|mailing|corporate|headquarters)\b",
    re.I,
)


@dataclass(slots=True)
class Office:
    """One place: `place` holds what its fullest printing gives, `said` every observation of it."""

    key: str
    place: Address
    said: list[Observation] = field(default_factory=list)

    @property
    def town(self) -> str:
        return (self.place.city or "").lower()

    @property
    def line(self) -> str:
        """Number and name of the street: what tells two offices of a town apart."""
        return _line(self.place.street)

    @property
    def name(self) -> str | None:
        """The heading that stands over its address, where it names a place: "Worcester", "Main campus"."""
        for observation in self.said:
            last = (observation.section or "").split(" > ")[-1].strip()
            is_place = _PLACE_NAME.search(last) and self.town in last.lower()
            if 2 < len(last) <= LONGEST_NAME and (is_place or last.lower() == self.town):
                return last
        return None

    def is_beside(self, phone: Observation) -> bool:
        """Whether a phone is printed close to this address on the same page."""
        return any(s.url == phone.url and -BESIDE < phone.start - s.end < BESIDE for s in self.said)

    def nearness(self, phone: Observation) -> int:
        """Characters from this address to a phone on the same page; a phone before an address is less likely its own."""
        gaps = [phone.start - s.end for s in self.said if s.url == phone.url]
        return min((gap if gap >= 0 else 60 - gap for gap in gaps), default=10**9)


def there(found: Iterable[tuple[Observation, bool]]) -> list[Observation]:
    """Addresses (each with whether a reader sees it) without those that structured data alone gives of an office which the
    text of some page says was left, is closed or is yet to open."""
    addresses = [(o, is_printed, o.value) for o, is_printed in found if isinstance(o.value, Address)]
    gone: dict[str, list[Address]] = {}
    for o, _, place in addresses:
        if _NOT_THERE.intersection(o.demoted):
            gone.setdefault(_line(place.street), []).append(place)
    return [
        o
        for o, is_printed, place in addresses
        if is_printed or not any(_agree(place, left) for left in gone.get(_line(place.street), ()))
    ]


def offices_of(found: Iterable[Observation]) -> list[Office]:
    """Offices in the order of first mention. A city alone is one only where no street is printed anywhere.

    What structured data alone says of a street counts only where the text of no page gives one.
    """
    affirmed = [o for o in found if o.field == "address" and o.assertion is Assertion.AFFIRMED]
    affirmed = [o for o in affirmed if o.qualifier in (None, "site", "city")]
    places = [(o.value, o) for o in affirmed if isinstance(o.value, Address)]
    streets = [(place, o) for place, o in places if place.street]
    printed = [(place, o) for place, o in streets if o.region is not Region.STRUCTURED]
    offices = _merged(printed or streets)
    kept = [o for o in offices if not all(_NO_OFFICE.search(s.section or "") for s in o.said)]
    if kept or offices:
        return kept or offices
    return _towns(places)


def named_in(words: str, offices: Sequence[Office]) -> list[Office]:
    """The offices that folded words name, by town (where only one office is in it) or by street."""
    towns = [office.town for office in offices]
    return [
        office
        for office, town in zip(offices, towns, strict=True)
        if (town and town in words and towns.count(town) == 1 and _whole(town).search(words))
        or (len(office.line) > 6 and office.line.lower() in words)
    ]


@lru_cache(maxsize=1024)
def _whole(town: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(town)}\b")


def _merged(streets: Sequence[tuple[Address, Observation]]) -> list[Office]:
    """The same street printed with a ZIP here and with a city there is one office."""
    kept: list[Office] = []
    fullest_first = sorted(streets, key=lambda found: -sum(1 for part in found[0] if part))
    for place, observation in fullest_first:
        line = _line(place.street)
        twin = next((o for o in kept if _line(o.place.street) == line and _agree(o.place, place)), None)
        if twin is None:
            key = slug(" ".join((line or place.street or "", place.zip or place.city or "")))
            twin = Office(key, place)
            kept.append(twin)
        twin.place = _filled(twin.place, place)
        twin.said.append(observation)
    order = {id(o): n for n, (_, o) in enumerate(streets)}
    return sorted(kept, key=lambda office: min(order[id(o)] for o in office.said))


def _towns(places: Sequence[tuple[Address, Observation]]) -> list[Office]:
    """The one town that a site without a street names; several towns are an area served, not offices."""
    towns: dict[str, Office] = {}
    for place, observation in places:
        if place.city:
            office = towns.setdefault(place.city.lower(), Office(slug(place.city), place))
            office.place = _filled(office.place, place)
            office.said.append(observation)
    with_zip = [office for office in towns.values() if office.place.zip]
    return with_zip or (list(towns.values()) if len(towns) == 1 else [])


@lru_cache(maxsize=4096)
def _line(printed: str | None) -> str:
    street = normalize_street(printed)
    return f"{street.number} {street.name}".strip() or fold(printed or "").upper()


def _agree(one: Address, other: Address) -> bool:
    if one.zip and other.zip:
        return one.zip == other.zip
    return not (one.city and other.city) or one.city.lower() == other.city.lower()


def _filled(place: Address, other: Address) -> Address:
    """A place with what another printing of it adds."""
    return Address(*(own or added for own, added in zip(place, other, strict=True)))


def slug(text: str) -> str:
    """Lower-case letters and digits joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
