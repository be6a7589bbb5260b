"""The whole report as one HTML file that opens without network: styles, script and maps are in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from warehouse.coverage.page.maps import Maps, maps
from warehouse.coverage.page.point_map import SHAPES
from warehouse.coverage.page.rows import table_view
from warehouse.coverage.page.shapes import Shapes
from warehouse.coverage.page.templating import environment, script, style
from warehouse.coverage.report.checked import check
from warehouse.coverage.report.document import Choropleth, Figure, PointMap, Report, Section, Table

CLOSING = (
    ("method", "Method", "methods"),
    ("limits", "What this report cannot say", "limits"),
    ("known-issues", "Known issues", "known_issues"),
    ("data-sets", "Data sets it stands on", "geography"),
)


TEMPLATES = {Figure: "figures", Table: "table", Choropleth: "choropleth", PointMap: "sites"}


def render(report: Report, shapes: Shapes) -> str:
    """The page. ReportError where the report does not hold together (`warehouse.coverage.report.checked`).

    `tables/<id>.csv`, `tables/<id>.json` and `report.json` are linked as files beside it; the page is whole without them.
    """
    check(report)
    drawn = maps(report, shapes)
    template = environment().get_template("page.html")
    return template.render(
        report=report,
        built_on=f"{report.built_at.day} {report.built_at:%B %Y}",
        style=style(),
        script=script(),
        ground=drawn.ground,
        shapes=SHAPES,
        paths=drawn.paths(),
        sections=[(section, list(_grouped(section, drawn))) for section in report.sections],
        closing=[(id, title, lines) for id, title, name in CLOSING if (lines := getattr(report, name))],
    )


def _grouped(section: Section, drawn: Maps) -> Iterator[tuple[str, Sequence[object]]]:
    """Figures that follow one another stand side by side; everything else alone. The name is that of the template."""
    for template, group in groupby(section.items, key=lambda item: TEMPLATES[type(item)]):
        yield (
            template,
            [table_view(one) if isinstance(one, Table) else drawn.views.get(one.id, one) for one in group],
        )
