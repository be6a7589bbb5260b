"""The outlines that maps are drawn from, in degrees (WGS 84)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import shapely
from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class Shapes:
    """Polygons by FIPS code: counties and states spoken of, states beside them, towns where they are loaded."""

    counties: Mapping[str, BaseGeometry]
    states: Mapping[str, BaseGeometry]
    neighbours: Mapping[str, BaseGeometry] = field(default_factory=dict)
    towns: Mapping[str, BaseGeometry] = field(default_factory=dict)

    @property
    def outline(self) -> Sequence[BaseGeometry]:
        """What maps are fitted to: the states, else the counties."""
        return list((self.states or self.counties).values())


def shapes_of(rows: Iterable[tuple[str, str, str, bytes]], state: str | None) -> Shapes:
    """Rows of `boundary` (area_kind, area_id, state, geometry as WKB) for one state's report, or for all.

    Other states of the rows are the neighbours. Towns are drawn for one state alone: for all they are finer than a pixel.
    """
    found: dict[str, dict[str, BaseGeometry]] = {"county": {}, "state": {}, "town": {}, "beside": {}}
    for kind, area_id, of, wkb in rows:
        if state in (None, of):
            found[kind][area_id] = shapely.from_wkb(wkb)
        elif kind == "state":
            found["beside"][area_id] = shapely.from_wkb(wkb)
    return Shapes(found["county"], found["state"], found["beside"], found["town"] if state else {})
