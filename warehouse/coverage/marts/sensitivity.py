"""What the figures of reach depend on: the same measure with other sites, or with the sites elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from warehouse.coverage.marts.points import Points, Sites, lines
from warehouse.coverage.measure.nearest import Nearest
from warehouse.coverage.measure.settings import Measure
from warehouse.coverage.measure.statistics import weighted_quantile

BESIDE_KM = 100.0  # sites of other states so near to somebody may matter


def sensitivity(points: Points, sites: Sites, measure: Measure) -> Iterator[tuple[Any, ...]]:
    """Rows of `coverage_sensitivity`, by state and variant."""
    for state in sorted(set(points.state)):
        here = points.take(points.state == state)
        near = sites.take((sites.state == state) | _beside(here, sites))
        with_zip = ~np.isnan(near.zip_latitude)
        moved = replace(
            near,
            latitude=np.where(with_zip, near.zip_latitude, near.latitude),
            longitude=np.where(with_zip, near.zip_longitude, near.longitude),
        )
        variants = {
            "as_published": near,
            "own_state": near.take(near.state == state),
            "address_points": near.take(near.precision == "address"),
            "zip_points": moved,
        }
        for name, chosen in variants.items():
            if len(chosen):
                yield (state, name, *_figures(here, chosen, state, measure))


def _figures(here: Points, chosen: Sites, state: str, measure: Measure) -> tuple[Any, ...]:
    km, _ = lines(here, chosen).nearest()
    within = [float(here.population[km <= band].sum() / here.population.sum()) for band in measure.bands]
    others = int((chosen.state != state).sum())
    return len(chosen), others, weighted_quantile(km, here.population, 0.5), *within


def _beside(here: Points, sites: Sites) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which sites lie near somebody of these."""
    km = Nearest(here.latitude, here.longitude).distances_km(sites.latitude, sites.longitude)[:, 0]
    beside: np.ndarray[Any, np.dtype[np.bool_]] = km <= BESIDE_KM
    return beside
