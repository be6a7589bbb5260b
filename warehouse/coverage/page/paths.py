"""Outlines as short SVG paths: projected, simplified together so that neighbours still meet, rounded to a tenth of a pixel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from warehouse.coverage.page.projection import Frame

COARSE_PX = 0.4  # what the eye does not see at the page's width
SMALLEST_PX2 = 0.4  # islets smaller than that are not drawn


def drawn(shapes: Mapping[str, BaseGeometry], frame: Frame) -> dict[str, BaseGeometry]:
    """The shapes in pixels; what no panel of the frame shows is left out."""
    flat = {name: found for name, shape in shapes.items() if (found := _flat(shape, frame)) is not None}
    if not flat:
        return {}
    simple = shapely.coverage_simplify(list(flat.values()), COARSE_PX)
    return {name: _areas_of(shape) for name, shape in zip(flat, simple, strict=True)}


def _areas_of(shape: BaseGeometry) -> BaseGeometry:
    """Published outlines touch themselves here and there, where rounding folded a spit of land: what is area in them."""
    if shapely.is_valid(shape):
        return shape
    parts = shapely.get_parts(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    return shapely.MultiPolygon(
        [part for whole in parts for part in shapely.get_parts(whole) if part.geom_type == "Polygon"]
    )


def _flat(shape: BaseGeometry, frame: Frame) -> BaseGeometry | None:
    parts = []
    for part in shapely.get_parts(shape):
        pixels = frame.project(shapely.get_coordinates(part))
        if np.isfinite(pixels).all():
            parts.append(shapely.set_coordinates(part, pixels))
    if len(parts) > 1:
        return shapely.MultiPolygon(parts)
    return parts[0] if parts else None


def path(shape: BaseGeometry) -> str:
    """The path data of an area; one too small to be seen is a dot, so that nothing is lost."""
    parts = [part for part in shapely.get_parts(shape) if part.area >= SMALLEST_PX2]
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    found = "".join(_ring(shapely.get_coordinates(ring)) for ring in rings)
    return found or _ring(shapely.get_coordinates(shape.centroid.buffer(0.6, quad_segs=1).exterior))


def lines(shapes: Iterable[BaseGeometry], frame: Frame) -> str:
    """The boundaries of shapes, each drawn once where two share it, within the frame."""
    boundaries = [shape.boundary for shape in shapes]
    if not boundaries:
        return ""
    once = shapely.line_merge(shapely.union_all(boundaries, grid_size=0.1))
    cut = shapely.clip_by_rect(once, -2, -2, frame.width + 2, frame.height + 2)
    return "".join(_open(shapely.get_coordinates(part)) for part in shapely.get_parts(cut))


def land(shapes: Iterable[BaseGeometry], frame: Frame) -> str:
    """Areas cut off at the frame, as one path."""
    cut = (shapely.clip_by_rect(shape, -2, -2, frame.width + 2, frame.height + 2) for shape in shapes)
    parts = [part for shape in cut for part in shapely.get_parts(shape) if part.area >= SMALLEST_PX2]
    return "".join(_ring(shapely.get_coordinates(part.exterior)) for part in parts)


def dots(pixels: NDArray[np.float64]) -> str:
    """One path of dots (lines of no length, for round caps): some ten bytes a point. Points on one half pixel are one."""
    tenths = np.unique(np.round(pixels * 2).astype(int) * 5, axis=0)
    moves = np.diff(tenths, axis=0, prepend=np.zeros((1, 2), dtype=int))
    return "".join(f"m{_pair(x, y)}h0" for x, y in moves.tolist())


def inner_points(shapes: Sequence[BaseGeometry]) -> NDArray[np.float64]:
    """A point well inside each area, for labels and marks (N × 2)."""
    largest = [max(shapely.get_parts(shape), key=lambda part: part.area) for shape in shapes]
    circles = [shapely.maximum_inscribed_circle(part, tolerance=0.5) for part in largest]
    return np.array([shapely.get_coordinates(circle)[0] for circle in circles]).reshape(-1, 2)


def _ring(pixels: NDArray[np.float64]) -> str:
    tenths = _tenths(pixels)
    if len(tenths) < 4:
        return ""
    return _start(tenths) + "z"


def _open(pixels: NDArray[np.float64]) -> str:
    tenths = _tenths(pixels)
    return _start(tenths) if len(tenths) > 1 else ""


def _start(tenths: NDArray[np.int64]) -> str:
    steps = np.diff(tenths, axis=0).tolist()
    return f"M{_pair(*tenths[0].tolist())}l" + "".join(
        pair if n == 0 or pair.startswith("-") else f" {pair}"
        for n, pair in enumerate(_pair(x, y) for x, y in steps)
    )


def _tenths(pixels: NDArray[np.float64]) -> NDArray[np.int64]:
    tenths = np.round(pixels * 10).astype(np.int64)
    moved: NDArray[np.bool_] = np.append(True, (np.diff(tenths, axis=0) != 0).any(axis=1))
    return np.compress(moved, tenths, axis=0)


def _pair(x: int, y: int) -> str:
    second = _tenth(y)
    return _tenth(x) + (second if second.startswith("-") else f" {second}")


def _tenth(value: int) -> str:
    sign, (whole, rest) = "-" if value < 0 else "", divmod(abs(value), 10)
    if not rest:
        return f"{sign}{whole}"
    return f"{sign}{whole or ''}.{rest}"
