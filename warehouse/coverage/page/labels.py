"""Where there is room for words on a map: within an area, else outside the land with a line that leads to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

LINE_PX, LETTER_PX = 15.0, 8.0  # of 12-pixel letters, as wide as fonts of the system have them in bold
HEIGHTS = 13  # at how many heights a place is looked for
NEAREST_PX, FARTHEST_PX, STEP_PX, WAYS = 24.0, 190.0, 8.0, 24  # where a place outside is looked for
APART_PX = 3.0
INTO_PX = 12.0  # how far a line goes into its area
PLAIN_PX = 12.0  # words as near as that to their area, and much farther from others, need no line
OVER_OTHERS, ON_LAND = (
    1.5,
    45.0,
)  # what a line over other areas, and a place on land beside, count in pixels of way


@dataclass(frozen=True, slots=True)
class Place:
    """The middle of the words, in pixels. `outside`: whether they stand beside their area; `leader`: the line that leads to it
    (x and y of both ends), where it is not plain which they mean."""

    x: float
    y: float
    outside: bool = False
    leader: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words for an area, and whether a mark stands under them."""

    shape: BaseGeometry
    x: float
    y: float
    lines: Sequence[str]
    marked: bool = False


def room(shape: BaseGeometry, x: float, y: float, lines: int, letters: int) -> tuple[float, float] | None:
    """The middle of a place for so many lines of so many letters, as near as may be to (x, y); None where there is none."""
    wide, high = letters * LETTER_PX, lines * LINE_PX
    west, south, east, north = shape.bounds
    if wide > east - west or high > north - south:
        return None
    found = []
    for middle in np.linspace(south + high / 2, north - high / 2, HEIGHTS).tolist():
        across = shapely.intersection(shape, shapely.LineString([(west, middle), (east, middle)]))
        for left, _, right, _ in (part.bounds for part in shapely.get_parts(across) if part.length >= wide):
            nearest = min(max(x, left + wide / 2), right - wide / 2)
            found += [(abs(at - x) + abs(middle - y), at, middle) for at in (nearest, (left + right) / 2)]
    return next(
        ((at, middle) for _, at, middle in sorted(found) if shape.contains(_box(at, middle, wide, high))),
        None,
    )


def within(of: Wanted) -> Place | None:
    """A place within the area, with room for its mark."""
    found = room(of.shape, of.x, of.y, len(of.lines) + of.marked, max(map(len, of.lines)))
    return Place(round(found[0], 1), round(found[1], 1)) if found else None


class Outside:
    """Places outside the land, one after the other: none lies on another, and no line crosses one."""

    def __init__(
        self, own: Sequence[BaseGeometry], beside: BaseGeometry, width: float, height: float
    ) -> None:
        """`own`: the areas that are shaded; `beside`: land that nothing is told of."""
        self.own = own
        self.areas = shapely.union_all([shape.buffer(APART_PX) for shape in own])
        self.beside, self.frame = beside, shapely.box(APART_PX, APART_PX, width - APART_PX, height - APART_PX)
        self.words: list[BaseGeometry] = []
        self.leaders: list[BaseGeometry] = []
        for shape in (self.areas, self.beside, self.frame):
            shapely.prepare(shape)

    def place(self, of: Wanted) -> Place | None:
        """The place with the shortest way that crosses little; None where all is taken."""
        wide, high = max(map(len, of.lines)) * LETTER_PX, len(of.lines) * LINE_PX
        found = []
        for reach in np.arange(NEAREST_PX, FARTHEST_PX, STEP_PX).tolist():
            for way in range(WAYS):
                x = of.x + (reach + wide / 2) * cos(2 * pi * way / WAYS)
                y = of.y + (reach + high / 2) * sin(2 * pi * way / WAYS)
                box = _box(x, y, wide, high)
                if not self.frame.contains(box) or self.areas.intersects(box):
                    continue
                leader = shapely.shortest_line(box, shapely.Point(of.x, of.y))
                if self._taken(box, leader):
                    continue
                others = leader.difference(of.shape).intersection(self.areas).length
                cost = leader.length + OVER_OTHERS * others + ON_LAND * self.beside.intersects(box)
                found.append((cost, x, y, box, leader))
        if not found:
            return None
        _, x, y, box, leader = min(found, key=lambda one: one[:3])
        self.words.append(box)
        if self._plain(of, box):
            return Place(round(x, 1), round(y, 1), True)
        self.leaders.append(leader)
        before = leader.difference(of.shape).length  # until it is there
        ends = shapely.get_coordinates(substring(leader, 0, before + INTO_PX))[[0, -1]]
        return Place(round(x, 1), round(y, 1), True, np.round(ends, 1).ravel().tolist())

    def _plain(self, of: Wanted, box: BaseGeometry) -> bool:
        near = box.distance(of.shape)
        other = min((box.distance(shape) for shape in self.own if shape is not of.shape), default=np.inf)
        return near <= PLAIN_PX and bool(other > 2 * near + PLAIN_PX)

    def _taken(self, box: BaseGeometry, leader: BaseGeometry) -> bool:
        return any(box.intersects(one) or leader.intersects(one) for one in self.words) or any(
            box.intersects(one) or leader.crosses(one) for one in self.leaders
        )


def _box(x: float, y: float, wide: float, high: float) -> BaseGeometry:
    return shapely.box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
