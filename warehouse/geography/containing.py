"""In which area points lie, with boundaries as the table `boundary` holds them (well-known binary)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

Degrees = npt.ArrayLike  # WGS 84, one number a point
Boundaries = Sequence[tuple[str, bytes]]  # area_id, geometry


class Areas:
    """Areas of one kind, to be asked for points again and again; an STRtree finds the candidates."""

    def __init__(self, boundaries: Boundaries) -> None:
        """Raises shapely.GEOSException where a boundary is no well-known binary."""
        self.ids = [area_id for area_id, _ in boundaries]
        self._shapes = shapely.from_wkb([geometry for _, geometry in boundaries])
        self._tree = shapely.STRtree(self._shapes)

    def containing(self, longitudes: Degrees, latitudes: Degrees) -> list[str | None]:
        """The id of the area that each point lies in, or None; on a line between two, the one that was given first."""
        points = shapely.points(np.asarray(longitudes, np.float64), np.asarray(latitudes, np.float64))
        found = np.full(points.size, len(self.ids))
        at, area = self._tree.query(points, predicate="intersects")
        np.minimum.at(found, at, area)
        ids = [*self.ids, None]
        return [ids[i] for i in found]

    def is_at(self, area_id: str, longitude: float, latitude: float, margin: float) -> bool:
        """Whether a point lies in the area, or no more than `margin` degrees beside it; False of an area that is not among them."""
        if area_id not in self.ids:
            return False
        shape = self._shapes[self.ids.index(area_id)]
        return bool(shapely.dwithin(shape, shapely.Point(longitude, latitude), margin))


def containing(boundaries: Boundaries, longitudes: Degrees, latitudes: Degrees) -> list[str | None]:
    """`Areas.containing`, asked once."""
    return Areas(boundaries).containing(longitudes, latitudes)


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
