"""A page of all states: a map and a table of a few figures each, and the way to each state's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from warehouse.coverage.checked import ReportError
from warehouse.coverage.document import Choropleth, Column, Kind, Report, Section, Table, Value

FIPS, STATE, PAGE = "state_fips", "state", "page"


@dataclass(frozen=True, slots=True)
class StatePage:
    """One state: FIPS code, name, its page relative to the index, and its values under the index's columns."""

    fips: str
    name: str
    page: str
    values: Sequence[Value]


def index_report(
    report: Report, pages: Sequence[StatePage], columns: Sequence[Column], shaded: str
) -> Report:
    """The report whose page is the index: `report` (state None) with a first section of all states.

    `columns` are what each state's `values` stand under; the map shades by the one named `shaded`. ReportError where that is
    none of them.
    """
    chosen = next((column for column in columns if column.name == shaded), None)
    if chosen is None:
        raise ReportError(
            f"the index cannot be shaded by {shaded!r}: its columns are {', '.join(c.name for c in columns)}"
        )
    table = Table(
        "states",
        "All states",
        "Each name leads to the report of that state.",
        [
            Column(FIPS, "FIPS", Kind.TEXT, "FIPS code of the state", hidden=True),
            Column(STATE, "State", Kind.TEXT, link=PAGE),
            Column(PAGE, "Page", Kind.TEXT, "Its report, relative to this file"),
            *columns,
        ],
        [(state.fips, state.name, state.page, *state.values) for state in pages],
    )
    drawn = Choropleth(
        "map-of-states",
        chosen.label,
        chosen.meaning,
        table.id,
        FIPS,
        chosen.name,
        chosen.unreliable or None,
        area_kind="state",
    )
    first = Section("all-states", "State by state", "", [drawn, table])
    return replace(report, sections=[first, *report.sections])
