"""The offices of a provider: addresses that its pages print, each once, with the phones printed beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from pipeline.extract.parsing.text import fold
from pipeline.normalize.address import normalize_street
from pipeline.records import Assertion, Observation

BESIDE = 220  # characters between an address and a phone that belongs to it
LONGEST_NAME = 60
_PLACE_NAME = re.compile(
    r"\b(?:office|center|centre|campus|clinic|building|location|annex|house|hospital|hall)\b", re.I
)
_NO_OFFICE = re.compile(r"\b(?:administrat\w+|billing|mailing|corporate|formerly|former|old address|we moved|headquarters)\b", re.I)  # fmt: skip


@dataclass(slots=True)
class Office:
    """One place: `place` holds what its fullest printing gives, `said` every observation of it."""

    key: str
    place: dict[str, str | None]
    said: list[Observation] = field(default_factory=list)

    @property
    def town(self) -> str:
        return (self.place.get("city") or "").lower()

    @property
    def line(self) -> str:
        """Number and name of the street: what tells two offices of a town apart."""
        return _line(self.place.get("street"))

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


def offices_of(found: Iterable[Observation]) -> list[Office]:
    """Offices in the order of first mention. A city alone is one only where no street is printed anywhere.

    What structured data alone says of a street counts only where the text of no page gives one.
    """
    affirmed = [o for o in found if o.field == "address" and o.assertion is Assertion.AFFIRMED]
    affirmed = [o for o in affirmed if o.qualifier in (None, "site", "city")]
    places = [(json.loads(o.value), o) for o in affirmed]
    streets = [(place, o) for place, o in places if place.get("street")]
    printed = [(place, o) for place, o in streets if not re.search(r"json_ld|structured", o.method)]
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


def _merged(streets: Sequence[tuple[dict[str, str | None], Observation]]) -> list[Office]:
    """The same street printed with a ZIP here and with a city there is one office."""
    kept: list[Office] = []
    fullest_first = sorted(streets, key=lambda found: -sum(1 for value in found[0].values() if value))
    for place, observation in fullest_first:
        line = _line(place.get("street"))
        twin = next(
            (o for o in kept if _line(o.place.get("street")) == line and _agree(o.place, place)), None
        )
        if twin is None:
            key = slug(" ".join((line or place["street"] or "", place.get("zip") or place.get("city") or "")))
            twin = Office(key, dict(place))
            kept.append(twin)
        twin.place |= {k: v for k, v in place.items() if v and not twin.place.get(k)}
        twin.said.append(observation)
    order = {id(o): n for n, (_, o) in enumerate(streets)}
    return sorted(kept, key=lambda office: min(order[id(o)] for o in office.said))


def _towns(places: Sequence[tuple[dict[str, str | None], Observation]]) -> list[Office]:
    """The one town that a site without a street names; several towns are an area served, not offices."""
    towns: dict[str, Office] = {}
    for place, observation in places:
        if place.get("city"):
            office = towns.setdefault(
                str(place["city"]).lower(), Office(slug(str(place["city"])), dict(place))
            )
            office.place |= {k: v for k, v in place.items() if v and not office.place.get(k)}
            office.said.append(observation)
    with_zip = [office for office in towns.values() if office.place.get("zip")]
    return with_zip or (list(towns.values()) if len(towns) == 1 else [])


@lru_cache(maxsize=4096)
def _line(printed: str | None) -> str:
    street = normalize_street(printed)
    return f"{street.number} {street.name}".strip() or fold(printed or "").upper()


def _agree(one: dict[str, str | None], other: dict[str, str | None]) -> bool:
    zips = one.get("zip"), other.get("zip")
    if all(zips):
        return zips[0] == zips[1]
    cities = (one.get("city") or "").lower(), (other.get("city") or "").lower()
    return not all(cities) or cities[0] == cities[1]


def slug(text: str) -> str:
    """Lower-case letters and digits joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
