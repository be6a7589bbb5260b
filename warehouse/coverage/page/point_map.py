"""A map of sites as what a template draws: marks told apart by shape and colour, dots where people live by distance band."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import cos, pi, sin

import numpy as np
import shapely

from warehouse.coverage.measure.travel import KM_PER_MILE
from warehouse.coverage.page.ground import Ground
from warehouse.coverage.page.labels import Wanted, within
from warehouse.coverage.page.paths import dots
from warehouse.coverage.report.checked import column, position
from warehouse.coverage.report.document import PointMap, Table, Value
from warehouse.coverage.report.written import NOT_KNOWN

SHAPES = (
    "circle",
    "square",
    "triangle",
    "diamond",
    "cross",
    "star",
)  # the last stands for all further groups
MOST_BANDS = 5
SIZES = (1_000, 3_000)  # people: below, between, above
NAMES = 6  # said of one mark
LONGEST_NAME = 80
CITY = "city"  # the column that is said with a name, where the table has it
MOST_COUNTIES = 120  # names of more are too small to be read
FAR_STYLE = 3  # from this shade on dots are drawn larger: far people live where points are small
OFFSET_PX = 3.0
MARK_PX = 6.0  # what a mark takes, from its middle
CROWD_PX = 40.0


@dataclass(frozen=True, slots=True)
class Mark:
    """Sites of one group at one place."""

    group: int
    x: float
    y: float
    title: str


@dataclass(frozen=True, slots=True)
class Group:
    """A row of the legend: `style` is the number in the style sheet, `shape` its mark."""

    style: int
    shape: str
    label: str
    sites: int


@dataclass(frozen=True, slots=True)
class Dots:
    """Points of one band and one size."""

    band: int
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class CountyName:
    """Where it fits."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Band:
    """A row of the legend: bands without people are in none."""

    style: int
    label: str
    people: int
    share: float


@dataclass(frozen=True, slots=True)
class SiteMap:
    """All that is drawn of one point map."""

    map: PointMap
    table: Table
    marks: Sequence[Mark]
    groups: Sequence[Group]
    dots: Sequence[Dots]
    bands: Sequence[Band]
    counties: Sequence[CountyName]
    without_place: int  # rows of the table that are nowhere, or outside the map

    @property
    def grouped_by(self) -> str:
        """What the groups are groups of."""
        return column(self.table, self.map.group).label

    @property
    def busiest(self) -> str:
        """Where marks crowd most ("x y"): what a closer look begins with."""
        places = np.array([(mark.x, mark.y) for mark in self.marks]).reshape(-1, 2)
        if not len(places):
            return ""
        _, cell, crowd = np.unique(places // CROWD_PX, axis=0, return_inverse=True, return_counts=True)
        x, y = places[cell.ravel() == crowd.argmax()].mean(axis=0)
        return f"{x:.1f} {y:.1f}"


def sited(item: PointMap, table: Table, ground: Ground, names: Mapping[str, str] | None = None) -> SiteMap:
    """What to draw of a point map on its table; `names`: of counties by FIPS code."""
    groups = _groups(item, table)
    marks, outside = _marks(item, table, ground, {group.label: group for group in groups})
    return SiteMap(
        item,
        table,
        marks,
        groups,
        _dots(item, ground),
        _bands(item),
        _counties(ground, names or {}, marks),
        outside,
    )


def _groups(item: PointMap, table: Table) -> list[Group]:
    at = position(table, item.group)
    counted = Counter(_said(row[at]) for row in table.rows).most_common()
    named = [Group(n, SHAPES[n], label, sites) for n, (label, sites) in enumerate(counted[: len(SHAPES)])]
    rest = counted[len(SHAPES) :]
    if rest:
        named[-1] = Group(len(SHAPES) - 1, SHAPES[-1], "any other", named[-1].sites + sum(n for _, n in rest))
    return named


def _marks(item: PointMap, table: Table, ground: Ground, groups: dict[str, Group]) -> tuple[list[Mark], int]:
    latitude, longitude = position(table, "latitude"), position(table, "longitude")
    label, group = position(table, item.label), position(table, item.group)
    here = [row for row in table.rows if row[latitude] is not None and row[longitude] is not None]
    degrees = np.array([(row[longitude], row[latitude]) for row in here], dtype=float).reshape(-1, 2)
    pixels = ground.frame.project(degrees) if len(here) else degrees
    together: dict[tuple[float, float], dict[int, list[str]]] = {}
    drawn = 0
    for row, (x, y) in zip(here, pixels.tolist(), strict=True):
        if 0 <= x <= ground.frame.width and 0 <= y <= ground.frame.height:
            number = groups[_said(row[group])].style if _said(row[group]) in groups else len(SHAPES) - 1
            names = together.setdefault((round(x, 1), round(y, 1)), {}).setdefault(number, [])
            names.append(_with_city(table, row, _said(row[label])))
            drawn += 1
    labels = {found.style: found.label for found in groups.values()}
    marks = []
    for (x, y), by_group in together.items():
        for n, (number, names) in enumerate(sorted(by_group.items())):
            angle = 2 * pi * n / len(by_group)
            aside = OFFSET_PX if len(by_group) > 1 else 0.0
            title = f"{_list(names)} ({labels[number]})"
            marks.append(
                Mark(number, round(x + aside * cos(angle), 1), round(y + aside * sin(angle), 1), title)
            )
    return sorted(marks, key=lambda mark: (mark.y, mark.x)), len(table.rows) - drawn


def _with_city(table: Table, row: Sequence[Value], name: str) -> str:
    city = next(
        (value for of, value in zip(table.columns, row, strict=True) if of.name == CITY and value), None
    )
    return f"{name}, {_said(city)}" if city else name


def _counties(ground: Ground, names: Mapping[str, str], marks: Sequence[Mark]) -> list[CountyName]:
    """Names where they fit, off the marks if that can be."""
    taken = shapely.union_all([shapely.Point(mark.x, mark.y).buffer(MARK_PX, quad_segs=2) for mark in marks])
    areas = ground.areas["county"]
    if len(areas) > MOST_COUNTIES:
        return []
    found = []
    for fips, area in areas.items():
        if fips not in names:
            continue
        whole = Wanted(area.shape, area.x, area.y, [names[fips]])
        if place := within(replace(whole, shape=area.shape.difference(taken))) or within(whole):
            found.append(CountyName(place.x, place.y, names[fips]))
    return found


def _list(names: Sequence[str]) -> str:
    more = len(names) - NAMES
    return "; ".join(names[:NAMES]) + (f"; and {more} more" if more > 0 else "")


def _said(value: Value) -> str:
    text = NOT_KNOWN if value is None else str(value)
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"


def _of_band(item: PointMap) -> np.ndarray:
    return np.searchsorted(item.bands_km, [km for *_, km in item.points], side="left")


def _dots(item: PointMap, ground: Ground) -> list[Dots]:
    if not item.points:
        return []
    points = np.array(item.points, dtype=float)
    pixels = ground.frame.project(points[:, (1, 0)])
    shown = np.isfinite(pixels).all(axis=1)
    band, size = _of_band(item), np.searchsorted(SIZES, points[:, 2], side="right")
    found = []
    for b in range(len(item.bands_km) + 1):
        for s in range(len(SIZES) + 1):
            chosen = shown & (band == b) & (size == s)
            if chosen.any():
                found.append(Dots(_shade(b, item), s + (_shade(b, item) >= FAR_STYLE), dots(pixels[chosen])))
    return found


def _bands(item: PointMap) -> list[Band]:
    if not item.points:
        return []
    people = np.array([point[2] for point in item.points])
    band, total = _of_band(item), max(int(people.sum()), 1)
    edges = list(item.bands_km)
    living = [int(people[band == b].sum()) for b in range(len(edges) + 1)]
    return [
        Band(_shade(b, item), _band_label(edges, b), here, here / total)
        for b, here in enumerate(living)
        if here
    ]


def _band_label(edges: Sequence[float], band: int) -> str:
    if not edges:
        return "people"
    if band == 0:
        return f"within {edges[0]:g} km ({edges[0] / KM_PER_MILE:.0f} miles)"
    if band == len(edges):
        return f"farther than {edges[-1]:g} km ({edges[-1] / KM_PER_MILE:.0f} miles)"
    return f"{edges[band - 1]:g} to {edges[band]:g} km"


def _shade(band: int, item: PointMap) -> int:
    """Bands from near (1) to far (5), spread over the ramp."""
    return 1 + round(band * (MOST_BANDS - 1) / max(len(item.bands_km), 1))
