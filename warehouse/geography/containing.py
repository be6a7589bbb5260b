"""In which area each of many points lies, with boundaries as the table `boundary` holds them (well-known binary)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

Degrees = npt.ArrayLike  # WGS 84, one number a point
Boundaries = Sequence[tuple[str, bytes]]  # area_id, geometry


def containing(boundaries: Boundaries, longitudes: Degrees, latitudes: Degrees) -> list[str | None]:
    """The id of the area that each point lies in, or None; on a line between two, the one that is given first.

    An STRtree finds the candidates. Raises shapely.GEOSException where a boundary is no well-known binary.
    """
    points = shapely.points(np.asarray(longitudes, np.float64), np.asarray(latitudes, np.float64))
    found = np.full(points.size, len(boundaries))
    if boundaries:
        shapes = shapely.from_wkb([geometry for _, geometry in boundaries])
        at, area = shapely.STRtree(shapes).query(points, predicate="intersects")
        np.minimum.at(found, at, area)
    ids = [*(area_id for area_id, _ in boundaries), None]
    return [ids[i] for i in found]


def nearest(boundaries: Boundaries, longitudes: Degrees, latitudes: Degrees) -> list[str]:
    """The id of the area that each point lies in or is nearest to: for points that a generalised line leaves out.

    Degrees of longitude are shortened by the cosine of the points' mean latitude, which orders distances rightly
    within a state. Raises ValueError where there are points but no boundary.
    """
    x, y = np.asarray(longitudes, np.float64), np.asarray(latitudes, np.float64)
    if not x.size:
        return []
    if not boundaries:
        raise ValueError("no boundary to be near to: give at least one area")
    scale = np.array([np.cos(np.radians(y.mean())), 1.0])
    shapes = shapely.transform(shapely.from_wkb([g for _, g in boundaries]), lambda xy: xy * scale)
    near = shapely.STRtree(shapes).nearest(shapely.points(x * scale[0], y))
    return [boundaries[i][0] for i in near]
