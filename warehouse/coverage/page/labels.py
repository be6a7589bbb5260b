"""Where in an area there is room for words."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

LINE_PX, LETTER_PX = 16.0, 7.6  # of 13-pixel letters, half of them bold
HEIGHTS = 13  # at how many heights a place is looked for


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
    boxes = (
        (at, middle, shapely.box(at - wide / 2, middle - high / 2, at + wide / 2, middle + high / 2))
        for _, at, middle in sorted(found)
    )
    return next(((at, middle) for at, middle, box in boxes if shape.contains(box)), None)
