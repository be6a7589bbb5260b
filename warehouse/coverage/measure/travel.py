"""How far people are from sites: in a straight line, or as somebody's table of travel says (`travel_matrix`)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from warehouse.coverage.measure.nearest import Floats, Indices, Nearest, Pairs

KM_PER_MILE = 1.609344  # exactly, by definition of the international mile
CHUNK = 20_000  # points whose pairs are held at once: some 50 MB where a city has hundreds of sites


class Basis(StrEnum):
    """What a distance stands on. Roads are longer than straight lines: who is out of reach by one is so by road."""

    STRAIGHT_LINE = "straight_line"
    TRAVEL_MATRIX = "travel_matrix"


class Unit(StrEnum):
    """What costs are counted in."""

    KM = "km"
    MINUTES = "minutes"


class Travel(Protocol):
    """The way from every population point to every site, as a cost in one unit."""

    @property
    def basis(self) -> Basis: ...
    @property
    def unit(self) -> Unit: ...
    @property
    def points(self) -> int: ...
    @property
    def sites(self) -> int: ...

    def nearest(self) -> tuple[Floats, Indices]:
        """Cost and index of each point's nearest site, shape (points,): infinite and -1 where none can be reached,
        not a number and -1 where nobody measured it."""
        ...

    def pairs(self, limit: float) -> Iterator[Pairs]:
        """Every point and site at a cost of at most `limit`, in parts that fit into memory; a pair is in one of them."""
        ...


class StraightLines:
    """Great-circle kilometres from points to sites, in degrees, WGS 84."""

    basis = Basis.STRAIGHT_LINE
    unit = Unit.KM

    def __init__(self, latitudes: ArrayLike, longitudes: ArrayLike, sites: Nearest) -> None:
        self._latitudes, self._longitudes = np.asarray(latitudes, float), np.asarray(longitudes, float)
        self._sites = sites
        self.points, self.sites = len(self._latitudes), sites.sites

    def nearest(self) -> tuple[Floats, Indices]:
        """See `Travel`."""
        km, site = self._sites.nearest(self._latitudes, self._longitudes)
        return km[:, 0], site[:, 0]

    def pairs(self, limit: float) -> Iterator[Pairs]:
        """See `Travel`."""
        for start in range(0, self.points, CHUNK):
            part = slice(start, start + CHUNK)
            found = self._sites.within(self._latitudes[part], self._longitudes[part], limit)
            yield found._replace(point=found.point + start)
