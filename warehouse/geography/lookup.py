"""Which county or town a point lies in, as SQL functions of a build: `county_at`, `town_at`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import duckdb
from duckdb.func import FunctionNullHandling
from duckdb.sqltypes import DOUBLE, VARCHAR

from warehouse.geography.containing import Areas

# Boundaries are generalised: within so many degrees (some 2 km) of the area that others name, their word stands.
MARGIN = 0.02
KINDS = ("county", "town")
BOUNDARIES = "SELECT area_id, geometry FROM stage.boundary WHERE area_kind = ? AND state = ? ORDER BY area_id"
Lookup = Callable[[str | None, float | None, float | None, str | None], str | None]


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
    def areas_of(state: str) -> Areas:
        return Areas(connection.execute(BOUNDARIES, [kind, state]).fetchall())

    def area_at(
        state: str | None, longitude: float | None, latitude: float | None, believed: str | None
    ) -> str | None:
        if state is None or longitude is None or latitude is None:
            return None
        areas = areas_of(state)
        if believed is not None and areas.is_at(believed, longitude, latitude, MARGIN):
            return believed
        return areas.containing([longitude], [latitude])[0]

    return area_at
