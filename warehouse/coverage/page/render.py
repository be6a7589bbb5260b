"""The whole report as one HTML file that opens without network: styles, script and maps are in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from warehouse.coverage.checked import check, items, tables_of
from warehouse.coverage.document import Choropleth, Figure, PointMap, Report, Table
from warehouse.coverage.page.choropleth import shaded
from warehouse.coverage.page.ground import Ground, ground
from warehouse.coverage.page.point_map import SHAPES, sited
from warehouse.coverage.page.rows import table_view
from warehouse.coverage.page.shapes import Shapes
from warehouse.coverage.page.templating import environment, script, style

CLOSING = (
    ("method", "Method", "method"),
    ("limits", "What this report cannot say", "limits"),
    ("known-issues", "Known issues", "known_issues"),
    ("data-sets", "Data sets it stands on", "geography"),
)


def render(report: Report, shapes: Shapes) -> str:
    """The page. ReportError where the report does not hold together (`warehouse.coverage.checked`).

    `tables/<id>.csv`, `tables/<id>.json` and `report.json` are linked as files beside it; the page is whole without them.
    """
    check(report)
    on = ground(shapes)
    tables = tables_of(report)
    kinds = {item.area_kind for item in items(report) if isinstance(item, Choropleth)}
    return (
        environment()
        .get_template("page.html")
        .render(
            report=report,
            built_on=f"{report.built_at.day} {report.built_at:%B %Y}",
            style=style(),
            script=script(),
            ground=on,
            shapes=SHAPES,
            paths={
                f"{kind}-{fips}": area.path for kind in sorted(kinds) for fips, area in on.areas[kind].items()
            },
            sections=[(section, list(_grouped(section.items, tables, on))) for section in report.sections],
            closing=[(id, title, lines) for id, title, name in CLOSING if (lines := getattr(report, name))],
        )
    )


def _grouped(
    of: Sequence[Figure | Table | Choropleth | PointMap], tables: Mapping[str, Table], on: Ground
) -> Iterator[tuple[str, Sequence[object]]]:
    """Figures that follow one another stand side by side; everything else alone. The name is that of the template."""
    for name, group in groupby(of, key=_template):
        views: list[object] = []
        for item in group:
            if isinstance(item, Table):
                views.append(table_view(item))
            elif isinstance(item, Choropleth):
                views.append(shaded(item, tables[item.table], on))
            elif isinstance(item, PointMap):
                views.append(sited(item, tables[item.table], on))
            else:
                views.append(item)
        yield name, views


def _template(item: Figure | Table | Choropleth | PointMap) -> str:
    return {Figure: "figures", Table: "table", Choropleth: "choropleth", PointMap: "sites"}[type(item)]
