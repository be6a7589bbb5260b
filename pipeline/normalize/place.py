"""Places of the United States: ZIP codes, cities, counties and states. Offline and pure.

The figures are those of the `zipcodes` package (USPS ZIP codes with a point, a city and a county each). The point
of a ZIP code lies 0.6 km from a facility in it at the median and 2.6 km at the 95th percentile, so a place that is
located by ZIP says so (`geo_precision`), and one of which only the city is known says that.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from statistics import median
from typing import Any

import zipcodes

from sources.states import OTHER_NAMES
from sources.states import STATES as STATES  # for all that is about places

_STATE_OF = {
    **{name.lower(): code for code, name in STATES.items()},
    **{code.lower(): code for code in STATES},
    **OTHER_NAMES,
}
FEW = 3  # states, beyond which the country's ZIP codes are read at once
BIG = 4  # times the ZIP codes of the next city of the name, and at least as many: the one that is meant
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
class City:
    """A city as its ZIP codes place it: the median of their points; the county where all of them share one."""

    county: str | None
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Zip:
    """A ZIP code: its own city first in `cities`, then the other names that the post accepts."""

    zip: str
    state: str
    cities: tuple[str, ...]
    county: str | None
    latitude: float
    longitude: float

    @property
    def city(self) -> str:
        return self.cities[0]

    @property
    def has_point(self) -> bool:
        return not math.isnan(self.latitude)


def state_code(text: str | None) -> str | None:
    """Postal code of a state given by name, postal code or usual abbreviation ("Mass."); None if it is none."""
    if not text:
        return None
    return _STATE_OF.get(" ".join(text.lower().replace(".", " ").replace(",", " ").split()))


def zip5(text: str | None) -> str | None:
    """First five digits of a printed ZIP or ZIP+4; leading zeros that a spreadsheet lost are restored."""
    match = re.fullmatch(r"\s*(\d{3,5})(?:\.0*|[-–\s]*(?:\d{4}(?:\.0*)?)?)\s*", text or "", re.ASCII)
    return match[1].zfill(5) if match else None


def find_zip(code: str | None, state: str | None = None) -> Zip | None:
    """The ZIP code, or None where the post knows no such code (any more).

    With a state (postal code) only that state's codes are read, which saves loading the country's.
    """
    five = zip5(code)
    if five is None:
        return None
    return (_zips() if state is None else _zips_of(state)).get(five)


def all_zips() -> Iterable[Zip]:
    """Every ZIP code that the post knows, those of the military without a point among them."""
    return _zips().values()


@lru_cache(maxsize=4096)
def find_city(city: str | None, state: str | None) -> City | None:
    """The city of that name in the state (postal code), by the ZIP codes that are its own; None where the post knows none."""
    key = city_key(city or "")
    zips = (
        [entry for entry in _zips_of(state).values() if city_key(entry.city) == key] if key and state else []
    )
    points = [entry for entry in zips if entry.has_point]
    if not points:
        return None
    counties = {entry.county for entry in points}
    return City(
        counties.pop() if len(counties) == 1 else None,
        median(entry.latitude for entry in points),
        median(entry.longitude for entry in points),
    )


@lru_cache(maxsize=65_536)
def city_key(city: str) -> str:
    """Key under which spellings of one city meet: "Saint Albans", "St. Albans" → "st albans"."""
    words = re.sub(r"[.'’]", "", city.lower()).replace("-", " ").split()
    return " ".join(_SPELLINGS.get(word, word) for word in words)


def is_city(city: str, state: str) -> bool:
    """Whether the post knows a city of this name in the state (postal code)."""
    return city_key(city) in _cities_of(state)


def likely_state(city: str, states: Iterable[str] = ()) -> str | None:
    """Postal code of the state that a city named alone is in: the only one of `states` with such a city, else the one
    that alone has it or has far the most ZIP codes of that name (Denver: Colorado); None where that is open."""
    homes = states_of_town(city)
    near = [state for state in dict.fromkeys(states) if state in homes]
    if near:
        return near[0] if len(near) == 1 else None
    ranked = sorted(homes, key=lambda state: -homes[state])
    if len(ranked) < 2 or (homes[ranked[0]] >= BIG and homes[ranked[0]] >= BIG * homes[ranked[1]]):
        return ranked[0] if ranked else None
    return None


def states_of_town(city: str) -> Mapping[str, int]:
    """The states (postal codes) that have a city of this name, each with its number of ZIP codes of that name."""
    return _towns().get(city_key(city), {})


def zip_fits_state(code: str, state: str) -> bool:
    """Whether the first three digits of a ZIP code (its sectional center) belong to the state."""
    return code[:3] in _sections_of(state)


@cache
def points_of(state: str) -> tuple[tuple[float, float], ...]:
    """Latitude and longitude of every ZIP code of a state (postal code)."""
    return tuple((entry.latitude, entry.longitude) for entry in _zips_of(state).values() if entry.has_point)


@cache
def _zips() -> dict[str, Zip]:
    """Read by first digit: all rows of the package at once take 150 MB, and it keeps them."""
    return _read(row for digit in "0123456789" for row in zipcodes.similar_to(digit))  # type: ignore[no-untyped-call]


@cache
def _zips_of(state: str) -> dict[str, Zip]:
    if _zips.cache_info().currsize or _zips_of.cache_info().currsize > FEW:
        return _by_state().get(state, {})
    return _read(zipcodes.filter_by(state=state))  # type: ignore[no-untyped-call]


@cache
def _by_state() -> dict[str, dict[str, Zip]]:
    found: dict[str, dict[str, Zip]] = {}
    for code, entry in _zips().items():
        found.setdefault(entry.state, {})[code] = entry
    return found


def _read(rows: Iterable[dict[str, Any]]) -> dict[str, Zip]:
    found: dict[str, Zip] = {}
    for row in rows:
        names = (row["city"], *row["acceptable_cities"])
        county = (row["county"] or "").removesuffix(" County") or None
        latitude, longitude = _degrees(row["lat"]), _degrees(row["long"])
        found[row["zip_code"]] = Zip(row["zip_code"], row["state"], names, county, latitude, longitude)
    return found


def _degrees(printed: str) -> float:
    """NaN where the ZIP code has no point: an empty cell, or 0 for the military post."""
    return float(printed or 0) or math.nan


@cache
def _towns() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for entry in _zips().values():
        for key in {city_key(city) for city in entry.cities}:
            homes = found.setdefault(key, {})
            homes[entry.state] = homes.get(entry.state, 0) + 1
    return found


@cache
def _cities_of(state: str) -> frozenset[str]:
    return frozenset(city_key(city) for entry in _zips_of(state).values() for city in entry.cities)


@cache
def _sections_of(state: str) -> frozenset[str]:
    return frozenset(code[:3] for code in _zips_of(state))
