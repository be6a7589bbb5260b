"""Places of the United States: ZIP codes, cities, counties, states and distances. Offline and pure.

The figures are those of the `zipcodes` package (USPS ZIP codes with a point, a city and a county each). The point
of a ZIP code lies 0.6 km from a facility in it at the median and 2.6 km at the 95th percentile, so a place that is
located by ZIP says so (`geo_precision`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import Any

import zipcodes

from sources.states import OTHER_NAMES
from sources.states import STATES as STATES  # for all that is about places

EARTH_RADIUS_KM = 6371.0088  # mean radius (IUGG)

_STATE_OF = {
    **{name.lower(): code for code, name in STATES.items()},
    **{code.lower(): code for code in STATES},
    **OTHER_NAMES,
}
_SPELLINGS = {
    "saint": "st",
    "sainte": "ste",
    "mount": "mt",
    "fort": "ft",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
    "heights": "hts",
    "center": "ctr",
    "centre": "ctr",
}


@dataclass(frozen=True, slots=True)
class Zip:
    """A ZIP code: its own city first in `cities`, then the other names that the post accepts."""

    zip: str
    state: str
    cities: tuple[str, ...]
    county: str | None
    latitude: float
    longitude: float
    timezone: str | None
    kind: str  # STANDARD, PO BOX, UNIQUE or MILITARY

    @property
    def city(self) -> str:
        return self.cities[0]


def state_code(text: str | None) -> str | None:
    """Postal code of a state given by name, postal code or usual abbreviation ("Mass."); None if it is none."""
    if not text:
        return None
    return _STATE_OF.get(" ".join(text.lower().replace(".", " ").replace(",", " ").split()))


def zip5(text: str | None) -> str | None:
    """First five digits of a printed ZIP or ZIP+4; leading zeros that a spreadsheet lost are restored."""
    match = re.fullmatch(r"\s*(\d{3,5})(?:\.0|[-\s]?\d{4})?\s*", text or "", re.ASCII)
    return match[1].zfill(5) if match else None


def find_zip(code: str | None, state: str | None = None) -> Zip | None:
    """The ZIP code, or None where the post knows no such code (any more).

    With a state (postal code) only that state's codes are read, which saves loading the country's.
    """
    five = zip5(code)
    if five is None:
        return None
    return (_zips() if state is None else _zips_of(state)).get(five)


def county_of(code: str | None) -> str | None:
    """County that holds (most of) a ZIP code, without the word County: "Hampden"."""
    found = find_zip(code)
    return found.county if found else None


@lru_cache(maxsize=65_536)
def city_key(city: str) -> str:
    """Key under which spellings of one city meet: "Saint Albans", "St. Albans" → "st albans"."""
    words = re.sub(r"[.'’]", "", city.lower()).replace("-", " ").split()
    return " ".join(_SPELLINGS.get(word, word) for word in words)


def is_city(city: str, state: str) -> bool:
    """Whether the post knows a city of this name in the state (postal code)."""
    return city_key(city) in _cities_of(state)


def states_of_city(city: str, states: Iterable[str] = STATES) -> tuple[str, ...]:
    """Postal codes of those of the states that have a city of this name."""
    return tuple(state for state in states if is_city(city, state))


def zips_of_city(city: str, state: str) -> tuple[str, ...]:
    """ZIP codes of a city, in order; empty where the post knows no such city."""
    return _cities_of(state).get(city_key(city), ())


def zip_fits_state(code: str, state: str) -> bool:
    """Whether the first three digits of a ZIP code (its sectional center) belong to the state."""
    return code[:3] in _sections_of(state)


def haversine_km(latitude1: float, longitude1: float, latitude2: float, longitude2: float) -> float:
    """Great-circle distance in kilometres between two points in decimal degrees."""
    phi1, phi2 = radians(latitude1), radians(latitude2)
    a = sin((phi2 - phi1) / 2) ** 2 + cos(phi1) * cos(phi2) * sin(radians(longitude2 - longitude1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(a)))


@cache
def _zips() -> dict[str, Zip]:
    return _read(zipcodes.list_all())  # type: ignore[no-untyped-call]


@cache
def _zips_of(state: str) -> dict[str, Zip]:
    return _read(zipcodes.filter_by(state=state))  # type: ignore[no-untyped-call]


def _read(rows: Iterable[dict[str, Any]]) -> dict[str, Zip]:
    found: dict[str, Zip] = {}
    for row in rows:
        names = (row["city"], *row["acceptable_cities"])
        county = (row["county"] or "").removesuffix(" County") or None
        point = float(row["lat"] or "nan"), float(row["long"] or "nan")
        code, kind = row["zip_code"], row["zip_code_type"]
        found[code] = Zip(code, row["state"], names, county, *point, row["timezone"], kind)
    return found


@cache
def _cities_of(state: str) -> dict[str, tuple[str, ...]]:
    cities: dict[str, list[str]] = {}
    for entry in _zips_of(state).values():
        for name in dict.fromkeys(map(city_key, entry.cities)):
            cities.setdefault(name, []).append(entry.zip)
    return {name: tuple(sorted(codes)) for name, codes in cities.items()}


@cache
def _sections_of(state: str) -> frozenset[str]:
    return frozenset(code[:3] for code in _zips_of(state))
