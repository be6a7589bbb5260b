"""Distances on the globe by brute force, and points strewn over it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from warehouse.coverage.measure.nearest import EARTH_KM


def haversine_km(lat1: ArrayLike, lon1: ArrayLike, lat2: ArrayLike, lon2: ArrayLike) -> NDArray[np.float64]:
    """Every point to every site, shape (points, sites), by the formula that a release uses."""
    a, b, c, d = (np.radians(np.asarray(x, dtype=float)) for x in (lat1, lon1, lat2, lon2))
    square = (
        np.sin((c - a[:, None]) / 2) ** 2 + np.cos(a[:, None]) * np.cos(c) * np.sin((d - b[:, None]) / 2) ** 2
    )
    apart: NDArray[np.float64] = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(square, 1)))
    return apart


def anywhere(seed: int, n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Latitudes and longitudes, evenly over the globe."""
    chance = np.random.default_rng(seed)
    return np.degrees(np.arcsin(chance.uniform(-1, 1, n))), chance.uniform(-180, 180, n)
