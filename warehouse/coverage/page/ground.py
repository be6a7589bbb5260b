"""What all maps of a report are drawn on: the frame, its areas as paths, the land beside them, town lines, the scale bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10

import shapely
from shapely.geometry.base import BaseGeometry

from warehouse.coverage.measure.travel import KM_PER_MILE
from warehouse.coverage.page.paths import drawn, inner_points, land, lines, path
from warehouse.coverage.page.projection import Frame, fitted
from warehouse.coverage.page.shapes import Shapes
from warehouse.coverage.report.checked import ReportError

FOOT = 64.0  # room for the scale bar under the map


@dataclass(frozen=True, slots=True)
class Area:
    """One area in pixels: its shape, its path, and a point well inside it."""

    shape: BaseGeometry
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """Round lengths and what they measure in pixels."""

    km: int
    km_px: float
    miles: int
    miles_px: float


@dataclass(frozen=True, slots=True)
class Ground:
    """`areas`: by kind ("county", "state") and FIPS code. The others are path data."""

    frame: Frame
    areas: Mapping[str, Mapping[str, Area]]
    beside: str
    land: str
    county_lines: str
    state_lines: str
    town_lines: str
    scale: ScaleBar
    beside_shape: BaseGeometry  # all land beside, in pixels

    @property
    def height(self) -> float:
        """Of the whole picture, with the scale bar."""
        return self.frame.height + FOOT


def ground(shapes: Shapes) -> Ground:
    """All that maps of these shapes have in common. ReportError where there are none."""
    if not shapes.outline:
        raise ReportError(
            "there are no boundaries to draw maps on: the release has no rows of `boundary` for the state"
        )
    frame = fitted(shapes.outline)
    counties = drawn(shapes.counties, frame)
    # States of counties that are drawn are their sum: simplified apart, their lines would run beside those of the counties.
    states = _sums(counties) or drawn(shapes.states, frame)
    neighbours = drawn(shapes.neighbours, frame)
    return Ground(
        frame,
        {"county": _areas(counties), "state": _areas(states)},
        land(neighbours.values(), frame),
        land(states.values(), frame),
        lines(counties.values(), frame),
        lines(states.values(), frame),
        lines(drawn(shapes.towns, frame).values(), frame),
        _scale(frame),
        shapely.union_all([shapely.make_valid(shape) for shape in neighbours.values()]),
    )


def _sums(counties: Mapping[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    found: dict[str, list[BaseGeometry]] = {}
    for fips, shape in counties.items():
        found.setdefault(fips[:2], []).append(shape)
    return {state: shapely.union_all(parts, grid_size=0.05) for state, parts in found.items()}


def _areas(shapes: Mapping[str, BaseGeometry]) -> dict[str, Area]:
    points = inner_points(list(shapes.values()))
    found = {}
    for (name, shape), (x, y) in zip(shapes.items(), points.tolist(), strict=True):
        found[name] = Area(shape, path(shape), round(x, 1), round(y, 1))
    return found


def _scale(frame: Frame) -> ScaleBar:
    """At most a fifth of the width; lengths are true on the standard parallels and within one percent between them."""
    per_km = frame.panels[0].scale
    longest = frame.width / 5 / per_km
    km, miles = _round_length(longest), _round_length(longest / KM_PER_MILE)
    return ScaleBar(km, round(km * per_km, 1), miles, round(miles * KM_PER_MILE * per_km, 1))


def _round_length(most: float) -> int:
    power = 10 ** floor(log10(most))
    return int(max(step * power for step in _STEPS if step * power <= most)) or 1


_STEPS: Sequence[int] = (1, 2, 5)
