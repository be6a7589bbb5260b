"""Great-circle distances to sites, by a k-d tree of unit vectors: right over poles and the antimeridian alike."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

EARTH_KM = 6371.0088  # mean radius (IUGG), as in the macro `distance_km`
Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


class Pairs(NamedTuple):
    """Points and sites in reach of each other: row `i` says that point `point[i]` is `cost[i]` from site `site[i]`."""

    point: Indices
    site: Indices
    cost: Floats  # km, or minutes of a travel-time matrix


class Nearest:
    """Sites, to be asked which is near. Coordinates are degrees, WGS 84; ValueError where one is missing or none."""

    def __init__(self, latitudes: ArrayLike, longitudes: ArrayLike) -> None:
        vectors = unit_vectors(latitudes, longitudes)
        self.sites = len(vectors)
        self._tree = cKDTree(vectors)

    def nearest(self, latitudes: ArrayLike, longitudes: ArrayLike, k: int = 1) -> tuple[Floats, Indices]:
        """Of each point the `k` nearest sites, nearest first: kilometres and indices, both of shape (points, k).

        Where there are fewer sites than `k`, the distance is infinite and the index -1. Of sites equally far, any.
        """
        vectors = unit_vectors(latitudes, longitudes)
        if not self.sites:
            return np.full((len(vectors), k), np.inf), np.full((len(vectors), k), -1, dtype=np.intp)
        chords, sites = self._tree.query(vectors, k=range(1, k + 1))
        missing = np.isinf(chords)
        return np.where(missing, np.inf, _km(chords)), np.where(missing, -1, sites)

    def distances_km(self, latitudes: ArrayLike, longitudes: ArrayLike, k: int = 1) -> Floats:
        """Kilometres from each point to its `k` nearest sites, shape (points, k); infinite where there are fewer."""
        return self.nearest(latitudes, longitudes, k)[0]

    def within(self, latitudes: ArrayLike, longitudes: ArrayLike, km: float) -> Pairs:
        """Every point and site at most `km` apart, in no order."""
        vectors = unit_vectors(latitudes, longitudes)
        if not self.sites or not len(vectors):
            return Pairs(np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0))
        # a little more than the chord of `km`, so that rounding loses no pair on the circle; then the exact test
        found = cKDTree(vectors).sparse_distance_matrix(self._tree, _chord(km) + 1e-9, output_type="ndarray")
        apart = _km(found["v"])
        kept = apart <= km
        return Pairs(found["i"][kept], found["j"][kept], apart[kept])


def unit_vectors(latitudes: ArrayLike, longitudes: ArrayLike) -> Floats:
    """Points on the sphere of radius 1, shape (points, 3)."""
    latitude, longitude = np.asarray(latitudes, dtype=float), np.asarray(longitudes, dtype=float)
    if latitude.shape != longitude.shape or latitude.ndim != 1:
        raise ValueError(
            f"{latitude.shape} latitudes and {longitude.shape} longitudes: one of each is needed for a point"
        )
    if not ((np.abs(latitude) <= 90) & (np.abs(longitude) <= 360)).all():
        raise ValueError(
            "a coordinate is missing or out of range: leave such places out before distances are asked"
        )
    phi, theta = np.radians(latitude), np.radians(longitude)
    return np.column_stack((np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)))


def _km(chords: Floats) -> Floats:
    apart: Floats = 2 * EARTH_KM * np.arcsin(np.minimum(chords / 2, 1.0))
    return apart


def _chord(km: float) -> float:
    return float(2 * np.sin(min(km / (2 * EARTH_KM), np.pi / 2)))
