"""The made-up report with text that wants to be more than text."""

from __future__ import annotations

from dataclasses import replace

from coverage_fixture import made_up_report

from warehouse.coverage.page.shapes import Shapes
from warehouse.coverage.report.document import Choropleth, Figure, Kind, PointMap, Report, Table

HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    "\"'><svg onload=alert(1)>",
    "{{ 7 * 7 }} {% raw %}",
    "]]>&lt;b&gt; \x00\x0b",
    "\u202emargorp \u05e9\u05dc\u05d5\u05dd",
    "W" * 5000,
    "javascript:alert(1)",
)


def hostile_report(shapes: Shapes) -> Report:
    """The report with hostile text in all its words and names."""
    names = {fips: HOSTILE[n % len(HOSTILE)] for n, fips in enumerate(shapes.counties)}
    report = made_up_report(
        shapes,
        names,
        title=HOSTILE[0],
        summary=HOSTILE[1],
        citation=HOSTILE[0],
        methods=HOSTILE,
        limits=HOSTILE,
    )
    sections = []
    for section in report.sections:
        changed: list[Figure | Table | Choropleth | PointMap] = []
        for n, item in enumerate(section.items):
            text = HOSTILE[n % len(HOSTILE)]
            if isinstance(item, Figure):
                changed.append(replace(item, label=text, definition=text, note=text))
            elif isinstance(item, Table):
                rows = [
                    [
                        text
                        if of.kind is Kind.TEXT and of.name not in ("county_fips", "url", "county")
                        else value
                        for of, value in zip(item.columns, row, strict=True)
                    ]
                    for row in item.rows[:9]
                ]
                columns = [replace(of, label=text, meaning=text) for of in item.columns]
                changed.append(replace(item, title=text, text=text, rows=rows, columns=columns))
            else:
                changed.append(replace(item, title=text, text=text))
        sections.append(replace(section, title=HOSTILE[0], text=HOSTILE[1], items=changed))
    return replace(report, sections=sections)
