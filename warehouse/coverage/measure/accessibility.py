"""Enhanced two-step floating catchment area (E2SFCA): supply in reach of people, shared with all others in its reach.

Luo & Qi, *Health & Place* 15 (2009) 1100–1107. First each site's supply is divided by the people in its reach, nearer ones
counting more; then each point adds up what its sites have for one person, nearer ones counting more. The mean over people
of a closed region is its supply per person. Points must reach as far beyond the region as people travel: who is not among
them claims nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from warehouse.coverage.measure.nearest import Floats, Pairs
from warehouse.coverage.measure.travel import Travel

PER = 100_000


class Decay(Protocol):
    """How much a site counts by the cost of reaching it: nothing beyond `limit`."""

    @property
    def limit(self) -> float: ...

    def weights(self, costs: Floats) -> Floats:
        """Weights of costs up to `limit`, same shape."""
        ...


@dataclass(frozen=True, slots=True)
class Steps:
    """One weight up to and including each bound. Raises ValueError where bounds do not rise or weights are not as many."""

    bounds: tuple[float, ...]
    values: tuple[float, ...]
    shape: Literal["steps"] = "steps"

    def __post_init__(self) -> None:
        rises = all(low < high for low, high in pairwise((0.0, *self.bounds)))
        if not self.bounds or not rises or len(self.values) != len(self.bounds) or min(self.values) < 0:
            raise ValueError("steps need rising bounds above zero, and as many weights from zero up")

    @property
    def limit(self) -> float:
        """The last bound."""
        return self.bounds[-1]

    def weights(self, costs: Floats) -> Floats:
        """See `Decay`."""
        return np.asarray(self.values, float)[np.searchsorted(self.bounds, costs)]


@dataclass(frozen=True, slots=True)
class Gaussian:
    """`exp(-cost² / 2 sigma²)`, which is 1 at the site, cut off at `limit`. Raises ValueError where one is not above zero."""

    sigma: float
    limit: float
    shape: Literal["gaussian"] = "gaussian"

    def __post_init__(self) -> None:
        if not (self.sigma > 0 and self.limit > 0):
            raise ValueError("sigma and limit of a Gaussian are above zero")

    def weights(self, costs: Floats) -> Floats:
        """See `Decay`."""
        return np.exp(-0.5 * np.square(costs / self.sigma))


class Catchments:
    """What is in reach of what, taken part by part; 12 bytes a pair are held (the country at 50 km: 12 million pairs)."""

    def __init__(self, points: int, sites: int, decay: Decay) -> None:
        self._shape, self._decay = (points, sites), decay
        self._weights: list[csr_array] = []

    def take(self, pairs: Pairs) -> None:
        """Pairs that were not taken before; those beyond the decay's limit count nothing."""
        near = pairs.cost <= self._decay.limit
        point, site = (index[near].astype(np.int32) for index in (pairs.point, pairs.site))
        self._weights.append(csr_array((self._decay.weights(pairs.cost[near]), (point, site)), self._shape))

    def shared(self, people: ArrayLike, supply: ArrayLike) -> Floats:
        """See `e2sfca`."""
        living, offered = np.asarray(people, float), np.asarray(supply, float)
        points, sites = self._shape
        claimed: Floats = sum((part.T @ living for part in self._weights), np.zeros(sites))
        of_one = np.divide(offered, claimed, out=np.zeros(sites), where=claimed > 0)
        reached: Floats = sum((part @ of_one for part in self._weights), np.zeros(points))
        return reached * PER


def e2sfca(travel: Travel, people: ArrayLike, supply: ArrayLike, decay: Decay) -> Floats:
    """Supply in reach of each point, per 100,000 people, shape (points,).

    `people` by point; `supply` by site, in whatever it is counted in (operator-sites: 1 each). `decay` is in the unit of
    `travel`. Zero where no site is in reach. A site in whose reach nobody lives is nobody's.
    """
    catchments = Catchments(travel.points, travel.sites, decay)
    for pairs in travel.pairs(decay.limit):
        catchments.take(pairs)
    return catchments.shared(people, supply)
