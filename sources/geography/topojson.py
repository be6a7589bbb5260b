"""TopoJSON → shapes: arcs that neighbours share are put together to rings, polygons and multipolygons.

After the TopoJSON Format Specification (2013): arcs are delta-encoded where the topology is quantized; `~i` is arc `i`
backwards; a ring's arcs follow each other, the last point of one being the first of the next.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
RING = 4  # points of the least ring, the first told again at its end


class TopologyError(ValueError):
    """What is wrong with a TopoJSON text, in one line."""


class Shape(NamedTuple):
    """One geometry of an object: what it is, and where."""

    id: str | None
    properties: dict[str, Any]
    geometry: shapely.MultiPolygon | None  # valid; None: generalising has drawn it together to a line


def read_topology(content: bytes) -> dict[str, list[Shape]]:
    """The polygons of each object of a topology, by its name; other geometries are left out.

    Raises TopologyError.
    """
    try:
        topology = json.loads(content)
        arcs = _Arcs(topology)
        return {name: _shapes(found, arcs) for name, found in topology["objects"].items()}
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, shapely.GEOSException) as error:
        raise TopologyError(f"is no TopoJSON of polygons ({type(error).__name__}: {error})") from None


class _Arcs:
    """The arcs of a topology in degrees, end to end in one array."""

    def __init__(self, topology: Any) -> None:
        arcs = topology["arcs"]
        self.lengths = np.fromiter(map(len, arcs), np.intp, len(arcs))
        self.starts = np.cumsum(self.lengths) - self.lengths
        points = np.array([xy for arc in arcs for xy in arc], np.float64).reshape(-1, 2)
        if transform := topology.get("transform"):  # a sum over all arcs, less what stood before each
            sums = np.cumsum(points, axis=0)
            before = sums[self.starts] - points[self.starts]
            points = sums - np.repeat(before, self.lengths, axis=0)
            points = points * transform["scale"] + transform["translate"]
        self.points: Floats = points

    def rings(self, rings: list[list[int]]) -> tuple[Floats, Indices]:
        """The points of these rings end to end, and the number of points of each."""
        named = np.fromiter((i for ring in rings for i in ring), np.intp)
        arc, back = np.where(named < 0, ~named, named), named < 0
        ends = np.cumsum(np.fromiter(map(len, rings), np.intp, len(rings)))
        taken = self.lengths[arc] - 1  # the last point of an arc is the first of the next …
        taken[ends - 1] += 1  # … but for that of the ring
        first = self.starts[arc] + np.where(back, self.lengths[arc] - 1, 0)
        step = np.arange(taken.sum()) - np.repeat(np.cumsum(taken) - taken, taken)
        at = np.repeat(first, taken) + step * np.repeat(np.where(back, -1, 1), taken)
        return self.points[at], np.add.reduceat(taken, np.r_[0, ends[:-1]])


def _shapes(found: Any, arcs: _Arcs) -> list[Shape]:
    """The members of a collection, or the one geometry that an object is."""
    members = [
        m for m in (found.get("geometries") or [found]) if m.get("type") in ("Polygon", "MultiPolygon")
    ]
    if not members:
        return []
    rings, numbers = _flat(members)
    points, lengths = arcs.rings(rings)
    shape, polygon, inner = numbers.T
    # an island or hole that generalising has drawn together to a line is none
    gone = np.isin(polygon, polygon[(lengths < RING) & (inner == 0)]) | (lengths < RING)
    kept = np.repeat(~gone, lengths)
    lines = shapely.linearrings(
        points[kept], indices=_renumbered(np.repeat(np.arange(len(rings)), lengths)[kept])
    )
    polygons = shapely.polygons(lines, indices=_renumbered(polygon[~gone]))
    with_area, of = np.unique(shape[~gone & (inner == 0)], return_inverse=True)
    drawn = dict(zip(with_area.tolist(), _valid(shapely.multipolygons(polygons, indices=of)), strict=True))
    return [Shape(_text(m.get("id")), m.get("properties") or {}, drawn.get(i)) for i, m in enumerate(members)]


def _flat(members: Iterable[Any]) -> tuple[list[list[int]], Indices]:
    """Every ring, and the numbers of its shape, of its polygon, and its own in that (0: the outer ring)."""

    def rings() -> Iterator[tuple[list[int], tuple[int, int, int]]]:
        polygon = -1
        for shape, member in enumerate(members):
            for part in [member["arcs"]] if member["type"] == "Polygon" else member["arcs"]:
                polygon += 1
                yield from ((ring, (shape, polygon, inner)) for inner, ring in enumerate(part))

    found = list(rings())
    return [ring for ring, _ in found], np.array([numbers for _, numbers in found], np.intp)


def _renumbered(ascending: Indices) -> Indices:
    """The same groups, numbered without gaps."""
    return np.unique(ascending, return_inverse=True)[1].astype(np.intp)


def _valid(geometries: Any) -> list[shapely.MultiPolygon]:
    """Lines that cross themselves after generalising are mended; what has no area is left out."""
    wrong = ~shapely.is_valid(geometries)
    mended = shapely.make_valid(geometries[wrong], method="structure", keep_collapsed=False)
    geometries[wrong] = [shapely.MultiPolygon(shapely.get_parts(g).tolist()) for g in mended]
    return list(geometries)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
