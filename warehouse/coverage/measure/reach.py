"""Who can reach the sites of a target (any program, one for adolescents, one that takes Medicaid …), and who of them has a choice.

`reach_of_points` asks once for every population point; `reach_of_groups` sums points up by county, town, state or nothing.
Sites are the *known* ones, whatever state they are in.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from warehouse.coverage.measure.accessibility import Catchments
from warehouse.coverage.measure.nearest import Floats, Indices, Pairs
from warehouse.coverage.measure.settings import Measure
from warehouse.coverage.measure.statistics import grouped_quantiles
from warehouse.coverage.measure.travel import Basis, Travel, Unit


@dataclass(frozen=True, slots=True)
class PointReach:
    """What each population point reaches; every array has the shape (points,)."""

    basis: Basis
    unit: Unit
    bands: tuple[float, ...]
    people: Floats
    cost: Floats  # to the nearest site, in `unit`; infinite: none can be reached; not a number: nobody measured it
    site: Indices  # the nearest, -1 where there is none
    choice: NDArray[np.bool_]  # two operators or more within the measure's `choice`
    accessibility: Floats  # E2SFCA: supply per 100,000 people


@dataclass(frozen=True, slots=True)
class GroupReach:
    """What the people of one group reach. Figures are of those at measured points: `people` less `unmeasured`.

    `median`, `p90`: of the cost to the nearest site by people, None where it is not known or so many reach none.
    `within`: people by band. `choice`: people with two operators or more in reach. `accessibility`: mean over people of
    the supply per 100,000. None: of nobody.
    """

    group: Hashable
    basis: Basis
    unit: Unit
    people: float
    unmeasured: float
    median: float | None
    p90: float | None
    within: Mapping[float, float]
    choice: float
    accessibility: float | None

    def share(self, people: float) -> float | None:
        """Some of the people, as a share of those who live at measured points; None of nobody."""
        measured = self.people - self.unmeasured
        return people / measured if measured > 0 else None


def reach_of_points(
    travel: Travel,
    people: ArrayLike,
    operators: Sequence[Hashable],
    measure: Measure,
    supply: ArrayLike | None = None,
) -> PointReach:
    """What every point reaches.

    `people` by point; `operators` and `supply` (1 each) by site. `measure` is in the unit of `travel`. A site of which no
    operator is known (None) adds to no choice: it may be the other one's. Raises ValueError where lengths differ, or
    people are fewer than none or unknown: such points are to be left out.
    """
    living = np.asarray(people, float)
    offered = np.ones(travel.sites) if supply is None else np.asarray(supply, float)
    if (living.shape, len(operators), offered.shape) != ((travel.points,), travel.sites, (travel.sites,)):
        raise ValueError(
            f"{travel.points} points and {travel.sites} sites need as many people, operators and supplies: "
            f"there are {living.size}, {len(operators)} and {offered.size}"
        )
    if not (np.isfinite(living) & (living >= 0)).all():
        raise ValueError("people are unknown or fewer than none at some point: leave such points out")
    cost, site = travel.nearest()
    catchments = Catchments(travel.points, travel.sites, measure.decay)
    choices = _Choices(travel.points, operators, measure.choice)
    for pairs in travel.pairs(max(measure.decay.limit, measure.choice)):
        catchments.take(pairs)
        choices.take(pairs)
    accessibility = catchments.shared(living, offered)
    return PointReach(
        travel.basis, travel.unit, measure.bands, living, cost, site, choices.found(), accessibility
    )


class Grouping(NamedTuple):
    """Points by group: the different labels in the order in which they appear, the number of each point's, and the first point
    of each."""

    labels: list[Hashable]
    number: Indices  # shape (points,)
    first: Indices  # shape (labels,)


def grouped(labels: Iterable[Hashable]) -> Grouping:
    """The grouping of these labels, one a point; None (a point in no town) is a label like others."""
    numbers: dict[Hashable, int] = {}
    number = np.fromiter((numbers.setdefault(label, len(numbers)) for label in labels), dtype=np.intp)
    return Grouping(list(numbers), number, np.unique(number, return_index=True)[1].astype(np.intp))


def reach_of_groups(reach: PointReach, groups: Grouping) -> list[GroupReach]:
    """What the people of each group reach, in the order of its labels. ValueError where lengths differ."""
    labels, group, _ = groups
    if len(group) != len(reach.people):
        raise ValueError(f"{len(reach.people)} points need a group each: there are {len(group)}")
    measured = ~np.isnan(reach.cost)
    counted = np.where(measured, reach.people, 0.0)
    cost = np.where(measured, reach.cost, np.inf)

    def total(weights: Floats) -> Floats:
        return np.bincount(group, weights, len(labels)).astype(float)

    everyone, of_measured = total(reach.people), total(counted)
    medians, p90s = (grouped_quantiles(cost, counted, group, len(labels), q) for q in (0.5, 0.9))
    within = {band: total(counted * (cost <= band)) for band in reach.bands}
    choice, supply = total(counted * reach.choice), total(counted * reach.accessibility)
    return [
        GroupReach(
            group=label,
            basis=reach.basis,
            unit=reach.unit,
            people=float(everyone[n]),
            unmeasured=float(everyone[n] - of_measured[n]),
            median=_known(medians[n]),
            p90=_known(p90s[n]),
            within={band: float(people[n]) for band, people in within.items()},
            choice=float(choice[n]),
            accessibility=float(supply[n] / of_measured[n]) if of_measured[n] else None,
        )
        for n, label in enumerate(labels)
    ]


class _Choices:
    """Points that have more than one operator in reach: the first and the last of those that they meet differ."""

    def __init__(self, points: int, operators: Sequence[Hashable], limit: float) -> None:
        self._limit = limit
        self._known = np.array([operator is not None for operator in operators], dtype=bool)
        labels, self._operator, _ = grouped(operators)
        self._first, self._last = np.full(points, len(labels)), np.full(points, -1)

    def take(self, pairs: Pairs) -> None:
        near = (pairs.cost <= self._limit) & self._known[pairs.site]
        point, operator = pairs.point[near], self._operator[pairs.site[near]]
        np.minimum.at(self._first, point, operator)
        np.maximum.at(self._last, point, operator)

    def found(self) -> NDArray[np.bool_]:
        return self._first < self._last


def _known(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
