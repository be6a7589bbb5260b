"""Reach counted again: every distance to every site by the haversine formula, and sums by hand. None of the measures' code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spheres import haversine_km

Floats = NDArray[np.float64]
BOUNDS, WEIGHTS = (10.0, 25.0, 50.0), (1.0, 0.68, 0.22)  # Luo & Qi (2009), as `reach.toml` has them


class Site(NamedTuple):
    """A known place."""

    location: str
    operator: str | None
    latitude: float
    longitude: float


class Point(NamedTuple):
    """Where people live, and who."""

    latitude: float
    longitude: float
    people: int


def ways(points: Sequence[Any], sites: Sequence[Any]) -> Floats:
    """Kilometres, shape (points, sites)."""
    return haversine_km([p.latitude for p in points], [p.longitude for p in points], [s.latitude for s in sites], [s.longitude for s in sites])  # fmt: skip


def quantile(km: Floats, people: Floats, share: float) -> float:
    """The least distance within which at least that share of the people live."""
    order = np.argsort(km)
    enough = np.cumsum(people[order]) >= share * people.sum()
    return float(km[order][enough][0])


def choice(km: Floats, sites: Sequence[Site], limit: float) -> NDArray[np.bool_]:
    """Points with two operators or more within the limit."""
    return np.array([len({site.operator for site, way in zip(sites, row, strict=True) if way <= limit} - {None}) > 1 for row in km])  # fmt: skip


def accessibility(km: Floats, people: Floats) -> Floats:
    """E2SFCA of each point, per 100,000 people; one of supply at each site."""
    weight = np.select([km <= bound for bound in BOUNDS], WEIGHTS, 0.0)
    claimed = people @ weight
    of_one = np.divide(1.0, claimed, out=np.zeros_like(claimed), where=claimed > 0)
    return 1e5 * (weight @ of_one)


def figures(points: Sequence[Point], sites: Sequence[Site], here: Iterable[bool]) -> dict[str, float]:
    """What the people of some of the points reach; all of the points share the supply."""
    km, people = ways(points, sites), np.array([point.people for point in points], dtype=float)
    near, chosen, shared = km.min(axis=1), choice(km, sites, 25), accessibility(km, people)
    at = np.array(list(here))
    some = people[at]
    within = {f"within_{limit}_km": float(some[near[at] <= limit].sum()) for limit in (10, 25, 50)}
    return {
        "people": float(some.sum()),
        "median_km": quantile(near[at], some, 0.5),
        "p90_km": quantile(near[at], some, 0.9),
        **within,
        "choice": float(some[chosen[at]].sum()),
        "accessibility": float((some * shared[at]).sum() / some.sum()),
    }
