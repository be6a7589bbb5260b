"""Printed coordinates against the ZIP code, city and state beside them: which are believed, which righted, which set aside.

A point lies where its row says if it is near the row's ZIP code or, where that is not known, its city; else if some ZIP
code of the state is near. Latitude and longitude in each other's place, and a sign that was lost, are
recognised by this alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest

from pipeline.normalize.place import find_city, find_zip, points_of
from pipeline.records import Refused

NEAR = 30.0  # km from a ZIP code's point; of facilities, 95 in 100 lie within 3
FAR_APART = 2.0  # in deserts and in Alaska: as many times the way to the ZIP codes around
NEIGHBOURS = 4
WITHIN_CITY = 50.0  # km from the middle of a city
KM_A_DEGREE = 111.2
Point = tuple[float, float]  # latitude, longitude in decimal degrees


@dataclass(frozen=True, slots=True)
class Located:
    """The point that is believed, if any, and what is told of the printed one."""

    point: Point | None
    refused: Refused | None = None


def locate(latitude: str, longitude: str, state: str | None, code: str | None, city: str | None) -> Located:
    """What printed coordinates are worth at a place (postal code of the state, five digits, name of the city)."""
    if not (latitude or longitude):
        return Located(None)
    raw = f"{latitude}, {longitude}"
    printed = _read(latitude, longitude)
    if printed is None:
        return Located(None, Refused("coordinates", "bad_coordinates", raw))
    for point in _readings(*printed):
        if _is_there(point, state, code, city):
            return Located(
                point, None if point == printed else Refused("coordinates", "righted_coordinates", raw)
            )
    return Located(None, Refused("coordinates", "coordinates_elsewhere", raw))


def _read(latitude: str, longitude: str) -> Point | None:
    """Two numbers of which neither is 0; None where they are not."""
    try:
        point = float(latitude), float(longitude)
    except ValueError:
        return None
    return point if all(math.isfinite(x) and 0 < abs(x) <= 180 for x in point) else None


def _readings(latitude: float, longitude: float) -> Iterator[Point]:
    """The point as printed, then with signs lost and with the two in each other's place."""
    for x, y in ((latitude, longitude), (longitude, latitude)):
        for point in ((x, y), (x, -y), (-x, y), (-x, -y)):
            if abs(point[0]) <= 90:
                yield point


def _is_there(point: Point, state: str | None, code: str | None, city: str | None) -> bool:
    known = find_zip(code)
    if known and known.has_point:
        home = known.latitude, known.longitude
        distance = km_between(point, home)
        return distance <= NEAR or distance <= FAR_APART * _spacing(home, known.state)
    town = find_city(city, state)
    if town:
        return km_between(point, (town.latitude, town.longitude)) <= WITHIN_CITY
    return any(km_between(point, other) <= NEAR for other in points_of(state or ""))


@lru_cache(maxsize=4096)
def _spacing(home: Point, state: str) -> float:
    """Kilometres from a ZIP code to those around it in its state."""
    others = (km_between(home, other) for other in points_of(state) if other != home)
    return max(nsmallest(NEIGHBOURS, others), default=NEAR)


def km_between(a: Point, b: Point) -> float:
    """Kilometres between two points that are not far apart."""
    narrowed = math.cos(math.radians((a[0] + b[0]) / 2))
    return KM_A_DEGREE * math.hypot(a[0] - b[0], (a[1] - b[1]) * narrowed)
