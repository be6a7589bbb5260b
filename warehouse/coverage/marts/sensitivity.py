"""What the figures of reach depend on: the same measure with other sites, or with the sites elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from warehouse.coverage.marts.points import Points, Sites, lines
from warehouse.coverage.measure.nearest import Nearest
from warehouse.coverage.measure.reach import reach_of_groups, reach_of_points
from warehouse.coverage.measure.settings import Measure

BESIDE_KM = 100.0  # sites of other states so near to somebody may matter


def sensitivity(points: Points, sites: Sites, measure: Measure) -> Iterator[tuple[Any, ...]]:
    """Rows of `coverage_sensitivity`, by state and variant."""
    for state in sorted(set(points.state)):
        here = points.take(points.state == state)
        beside = _beside(here, sites, state)
        own = sites.take(sites.state == state)
        with_zip = ~np.isnan(sites.zip_latitude)
        moved = replace(
            sites,
            latitude=np.where(with_zip, sites.zip_latitude, sites.latitude),
            longitude=np.where(with_zip, sites.zip_longitude, sites.longitude),
        )
        variants = {
            "as_published": (sites, beside),
            "own_state": (own, 0),
            "address_points": _addressed(sites, here, state),
            "zip_points": (moved, beside),
        }
        for name, (chosen, others) in variants.items():
            if not len(chosen):
                continue
            reach = reach_of_points(lines(here, chosen), here.population, chosen.operator.tolist(), measure)
            (found,) = reach_of_groups(reach, [state] * len(here))
            counted = int((chosen.state == state).sum()) + others
            yield (state, name, counted, others, found.median, *map(found.share, found.within.values()))


def _addressed(sites: Sites, here: Points, state: str) -> tuple[Sites, int]:
    chosen = sites.take(sites.precision == "address")
    return chosen, _beside(here, chosen, state)


def _beside(here: Points, sites: Sites, state: str) -> int:
    """How many sites of other states lie near somebody of this one."""
    others = sites.take(sites.state != state)
    if not len(others):
        return 0
    km = Nearest(here.latitude, here.longitude).distances_km(others.latitude, others.longitude)
    return int((km[:, 0] <= BESIDE_KM).sum())
