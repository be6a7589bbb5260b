"""Gaps: where people live out of reach of every known site of a target, and which place nearby might close the gap."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from warehouse.coverage.marts.points import Labels, Points, Sites
from warehouse.coverage.measure.nearest import Floats, Nearest
from warehouse.coverage.measure.reach import PointReach
from warehouse.coverage.measure.settings import Measure

PLACES = (
    "SELECT location_id, latitude, longitude, answer FROM work.target_maybe WHERE target = ? ORDER BY ALL"
)


@dataclass(frozen=True, slots=True)
class Places:
    """Places that may be a site of a target, and why that is not known; every array has the shape (places,)."""

    location: Labels
    latitude: Floats
    longitude: Floats
    answer: Labels


def read_places(connection: duckdb.DuckDBPyConnection, target: str) -> Places:
    """The places that may be sites of a target."""
    rows = connection.execute(PLACES, [target]).fetchall()
    table = np.array(rows, dtype=object).reshape(len(rows), 4)
    return Places(table[:, 0], table[:, 1].astype(float), table[:, 2].astype(float), table[:, 3])


def find_gaps(
    target: str,
    points: Points,
    reach: PointReach,
    sites: Sites,
    maybe: Places,
    asked: Collection[str],
    measure: Measure,
) -> Iterator[tuple[Any, ...]]:
    """Rows of `coverage_gap`: of each smallest area the people farther than `measure.choice`, most people first.

    States of `asked` only: where nobody could tell, nothing is known to be missing.
    """
    kinds, areas = points.smallest()
    out = (reach.cost > measure.choice) & (reach.people > 0) & np.isin(points.state.astype(str), list(asked))
    out &= np.array([area is not None for area in areas], dtype=bool)
    if not out.any():
        return
    chosen = np.flatnonzero(out)
    labels, group = np.unique(
        np.array([f"{points.state[i]} {kinds[i]} {areas[i]}" for i in chosen]), return_inverse=True
    )
    people = np.bincount(group, reach.people[chosen], len(labels))
    # where most of them are counted: the points sorted by people, the last of each group
    order = np.lexsort((reach.people[chosen], group))
    most = chosen[order[np.searchsorted(group[order], np.arange(len(labels)), side="right") - 1]]
    closing_km, closing = Nearest(maybe.latitude, maybe.longitude).nearest(
        points.latitude[most], points.longitude[most]
    )
    ranks: dict[str, int] = {}
    for n in np.lexsort((labels, -people)):
        at = most[n]
        rank = ranks[points.state[at]] = ranks.get(points.state[at], 0) + 1
        near = reach.site[at] >= 0
        closes = closing_km[n, 0] <= measure.choice
        place = closing[n, 0]
        yield (
            *(target, points.state[at], rank, kinds[at], areas[at], float(people[n])),
            *(float(points.latitude[at]), float(points.longitude[at])),
            *((sites.location[reach.site[at]], float(reach.cost[at])) if near else (None, None)),
            *(
                (maybe.location[place], float(closing_km[n, 0]), maybe.answer[place])
                if closes
                else (None,) * 3
            ),
        )
