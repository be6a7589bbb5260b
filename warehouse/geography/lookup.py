"""Which county or town a point lies in, as SQL functions of a build: `county_at`, `town_at`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import duckdb
import shapely
from duckdb.func import FunctionNullHandling
from duckdb.sqltypes import DOUBLE, VARCHAR
from shapely import STRtree

# Boundaries are generalised: within so many degrees (some 2 km) of the area that others name, their word stands.
MARGIN = 0.02
KINDS = ("county", "town")
BOUNDARIES = (
    "SELECT area_id, state, geometry FROM stage.boundary WHERE area_kind = ? AND state = ? ORDER BY area_id"
)
Lookup = Callable[[str | None, float | None, float | None, str | None], str | None]


class Boundaries:
    """Areas of one kind in one state."""

    def __init__(self, areas: list[tuple[str, bytes]]) -> None:
        """`areas`: GEOID and well-known binary (degrees, WGS 84)."""
        self.ids = [area_id for area_id, _ in areas]
        self.shapes = shapely.from_wkb([geometry for _, geometry in areas])
        self.tree = STRtree(self.shapes)

    def at(self, longitude: float, latitude: float, believed: str | None) -> str | None:
        """The area that a point lies in; `believed` (a GEOID) where the point lies at its line. None: in none."""
        point = shapely.Point(longitude, latitude)
        if believed in self.ids and shapely.dwithin(self.shapes[self.ids.index(believed)], point, MARGIN):
            return believed
        within = self.tree.query(point, predicate="intersects")
        return self.ids[within.min()] if within.size else None


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Give a build the functions `county_at(state, longitude, latitude, believed)` and `town_at(…)`.

    Each is the GEOID of the area within the state, `believed` where the point lies at that area's line, or null.
    """
    for kind in KINDS:
        connection.create_function(
            f"{kind}_at",
            _lookup(connection.cursor(), kind),
            [VARCHAR, DOUBLE, DOUBLE, VARCHAR],
            VARCHAR,
            null_handling=FunctionNullHandling.SPECIAL,
        )


def _lookup(connection: duckdb.DuckDBPyConnection, kind: str) -> Lookup:
    @cache
    def boundaries(state: str) -> Boundaries | None:
        found = connection.execute(BOUNDARIES, [kind, state]).fetchall()
        return Boundaries([(area_id, geometry) for area_id, _, geometry in found]) if found else None

    def area_at(
        state: str | None, longitude: float | None, latitude: float | None, believed: str | None
    ) -> str | None:
        if state is None or longitude is None or latitude is None:
            return None
        areas = boundaries(state)
        return areas.at(longitude, latitude, believed) if areas else None

    return area_at
