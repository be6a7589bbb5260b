"""A made-up state to draw maps of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from warehouse.coverage.page.shapes import Shapes

NAMES = "Ash Birch Cedar Dogwood Elm Fir Gale Hazel Ivy Juniper Kalmia Larch Maple Nettle".split()
WEST, SOUTH, STEP = -73.5, 41.2, 0.52


def made_up_shapes() -> Shapes:
    """14 counties in two crooked rows that meet, a state to the north, and towns: quarters of counties."""
    rng = np.random.default_rng(7)
    corners = {
        (i, j): np.array((WEST + i * STEP, SOUTH + j * STEP)) + rng.uniform(-0.12, 0.12, 2)
        for i in range(8)
        for j in range(3)
    }
    counties = {}
    for n in range(len(NAMES)):
        i, j = n % 7, n // 7
        ring = [corners[i, j], corners[i + 1, j], corners[i + 1, j + 1], corners[i, j + 1]]
        counties[f"25{2 * n + 1:03}"] = shapely.Polygon(ring)
    state = shapely.union_all(list(counties.values()))
    north = shapely.box(WEST - 1, SOUTH + 2 * STEP - 0.2, WEST + 9 * STEP, SOUTH + 4 * STEP).difference(state)
    towns = {
        f"{fips}{q}": part for fips, shape in counties.items() for q, part in enumerate(_quarters(shape))
    }
    return Shapes(counties, {"25": state}, {"33": north}, towns)


def _quarters(shape: BaseGeometry) -> Sequence[BaseGeometry]:
    west, south, east, north = shape.bounds
    x, y = (west + east) / 2, (south + north) / 2
    boxes = (
        shapely.box(a, b, c, d)
        for a, b, c, d in ((west, south, x, y), (x, south, east, y), (west, y, x, north), (x, y, east, north))
    )
    return [shape.intersection(box) for box in boxes]
