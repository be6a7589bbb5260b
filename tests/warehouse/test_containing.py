"""In which area points lie: against asking every area about every point."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from warehouse.geography.containing import containing, nearest

RNG = np.random.default_rng(25)
WEST, EAST = (
    shapely.box(-73, 41, -72, 42),
    shapely.box(-72, 41, -71, 42) - shapely.box(-71.6, 41.4, -71.4, 41.6),
)
TWO = [("west", shapely.to_wkb(WEST)), ("east", shapely.to_wkb(EAST))]


def test_points_lie_in_one_area_or_in_none() -> None:
    longitudes, latitudes = [-72.5, -71.2, -71.5, -70.0], [41.5, 41.5, 41.5, 41.5]
    assert containing(TWO, longitudes, latitudes) == ["west", "east", None, None]


def test_on_a_line_the_first_is_taken() -> None:
    assert containing(TWO, [-72.0], [41.5]) == ["west"]
    assert containing(TWO[::-1], [-72.0], [41.5]) == ["east"]


def test_nothing_is_in_nothing() -> None:
    assert containing([], [1.0], [2.0]) == [None]
    assert containing(TWO, [], []) == []
    assert nearest([], [], []) == []
    with pytest.raises(ValueError, match="no boundary"):
        nearest([], [1.0], [2.0])


def test_it_is_what_every_area_says_of_every_point() -> None:
    centres = RNG.uniform([-75, 40], [-70, 44], (40, 2))
    shapes = [
        shapely.Point(c).buffer(r, quad_segs=3) for c, r in zip(centres, RNG.uniform(0.1, 1, 40), strict=True)
    ]
    areas = [(str(n), shapely.to_wkb(shape)) for n, shape in enumerate(shapes)]
    x, y = RNG.uniform([-76, 39], [-69, 45], (2000, 2)).T
    inside = shapely.contains_xy(np.array(shapes)[:, None], x, y)
    wanted = [str(column.argmax()) if column.any() else None for column in inside.T]
    assert containing(areas, x, y) == wanted
    assert None in wanted


def test_the_nearest_is_nearest_on_the_ground() -> None:
    """At 60° north a degree of longitude is half a degree of latitude: 1.6° to the west is nearer than 1° to the south."""
    areas = [
        ("south", shapely.to_wkb(shapely.box(0, 57, 1, 59))),
        ("west", shapely.to_wkb(shapely.box(-3, 59.5, -1.1, 61))),
    ]
    assert nearest(areas, [0.5, 0.5], [60.0, 58.0]) == ["west", "south"]
