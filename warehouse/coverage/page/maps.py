"""All maps of a report, ready to be drawn: on the page and as pictures alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from warehouse.coverage.page.choropleth import ShadedMap, area_name, shaded
from warehouse.coverage.page.ground import Ground, ground
from warehouse.coverage.page.point_map import SiteMap, sited
from warehouse.coverage.page.shapes import Shapes
from warehouse.coverage.report.checked import items, position, tables_of
from warehouse.coverage.report.document import Choropleth, PointMap, Report, Table


@dataclass(frozen=True, slots=True)
class Maps:
    """What is drawn of each map by its id, and on what; `ground` is None in a report without maps."""

    ground: Ground | None
    views: Mapping[str, ShadedMap | SiteMap]

    def paths(self) -> dict[str, str]:
        """Path data by id, of the areas that some map shades: each is in a file once."""
        if self.ground is None:
            return {}
        kinds = {view.map.area_kind for view in self.views.values() if isinstance(view, ShadedMap)}
        return {
            f"{kind}--{fips}": area.path
            for kind in sorted(kinds)
            for fips, area in self.ground.areas[kind].items()
        }


def maps(report: Report, shapes: Shapes) -> Maps:
    """The maps, in order. ReportError where there are some and no boundaries to draw them on."""
    wanted = [item for item in items(report) if isinstance(item, Choropleth | PointMap)]
    if not wanted:
        return Maps(None, {})
    on, tables = ground(shapes), tables_of(report)
    names = _county_names(wanted, tables)
    views: dict[str, ShadedMap | SiteMap] = {}
    for item in wanted:
        table = tables[item.table]
        views[item.id] = (
            shaded(item, table, on) if isinstance(item, Choropleth) else sited(item, table, on, names)
        )
    return Maps(on, views)


def _county_names(wanted: Iterable[Choropleth | PointMap], tables: Mapping[str, Table]) -> dict[str, str]:
    """Names of counties by FIPS code, as the tables of the shaded maps have them."""
    return {
        str(row[position(tables[item.table], item.area_id)]): area_name(tables[item.table], item, row)
        for item in wanted
        if isinstance(item, Choropleth) and item.area_kind == "county"
        for row in tables[item.table].rows
    }
