"""A map of each state as a picture, with what the search needs to lay dots on it. Drawn as the coverage report's maps are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from warehouse.coverage.page.paths import dots, drawn, land, lines
from warehouse.coverage.page.projection import Frame, fitted
from warehouse.coverage.page.shapes import shapes_of
from warehouse.site.templating import environment


@dataclass(frozen=True, slots=True)
class StateMap:
    """`picture`: the SVG file. `frame`: how degrees become its pixels."""

    picture: str
    frame: Frame

    @property
    def plan(self) -> Mapping[str, Any]:
        """The frame as `map.js` reads it: parallels, origin, scale, shift, size."""
        panel = self.frame.panels[0]
        albers = panel.albers
        numbers = (
            albers.south,
            albers.north,
            albers.longitude,
            albers.latitude,
            panel.scale,
            panel.x,
            panel.y,
        )
        return {
            "albers": [round(number, 6) for number in numbers],
            "width": self.frame.width,
            "height": round(self.frame.height, 1),
        }

    def dots(self, points: Iterable[Sequence[float]]) -> str:
        """Path data of a dot for each point (longitude, latitude)."""
        pixels = self.frame.project(np.array(sorted(set(map(tuple, points))), dtype=float))
        return dots(pixels[np.isfinite(pixels).all(axis=1)])


def state_map(rows: Sequence[tuple[str, str, str, bytes]], state: str) -> StateMap | None:
    """The map of a state from the rows of `boundary`; None where it has no boundary."""
    shapes = shapes_of([row for row in rows if row[0] != "town"], state)
    if not shapes.outline:
        return None
    frame = fitted(shapes.outline)
    counties = drawn(shapes.counties, frame)
    picture = (
        environment()
        .get_template("map.svg")
        .render(
            width=frame.width,
            height=round(frame.height, 1),
            beside=land(drawn(shapes.neighbours, frame).values(), frame),
            land=land((counties or drawn(shapes.states, frame)).values(), frame),
            counties=lines(counties.values(), frame),
        )
    )
    return StateMap(picture, frame)
