"""A shaded map as what a template draws: areas with their class and their words, the legend, what is not on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from warehouse.coverage.page.classes import LegendClass, classes
from warehouse.coverage.page.ground import Area, Ground
from warehouse.coverage.page.labels import Outside, Place, Wanted, within
from warehouse.coverage.report.checked import column, position
from warehouse.coverage.report.columns import beside
from warehouse.coverage.report.document import Choropleth, Kind, Table, Value
from warehouse.coverage.report.written import NOT_KNOWN, unit, with_unit, written

MOST_LABELS = 30
SMALL_AREAS = 120  # on a map of more than these they are small
LONGEST_TITLE, LONGEST_LABEL = 160, 32
UNRELIABLE, RELIABLE = "unreliable", "reliable"
MARKS = {
    UNRELIABLE: "unreliable: chance alone moves it much",
    RELIABLE: "reliable: chance alone moves all others much",
}


@dataclass(frozen=True, slots=True)
class ShadedArea:
    """`label`: name and value, or the value alone, where there is room. `reference`: the id of the path that is shaded."""

    reference: str
    style: str
    title: str
    x: float
    y: float
    link: str = ""
    name: str = ""
    value: str = ""
    unreliable: bool | None = None  # None where there is no value, or nothing tells
    marked: bool = False
    label: Sequence[str] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class ShadedMap:
    """All that is drawn of one choropleth."""

    map: Choropleth
    table: Table
    measure: str
    areas: Sequence[ShadedArea]
    legend: Sequence[LegendClass]
    marks: str  # what marked areas are: "unreliable"; where most are, "reliable"; else nothing
    missing: Sequence[str]  # in the table, and without a shape that the map shows

    @property
    def mark_size(self) -> float:
        """The mark's radius in pixels: less on many small areas, less still where many may be marked."""
        if len(self.areas) <= SMALL_AREAS:
            return 4.0
        return 1.5 if self.marks == UNRELIABLE else 3.0

    @property
    def marks_said(self) -> str:
        """What the mark means, for the legend."""
        return MARKS[self.marks]

    @property
    def marked(self) -> int:
        """How many areas are marked."""
        return sum(area.marked for area in self.areas)


def shaded(item: Choropleth, table: Table, ground: Ground) -> ShadedMap:
    """What to draw of a choropleth on its table."""
    of = column(table, item.value)
    value_at, id_at = position(table, item.value), position(table, item.area_id)
    rows = {str(row[id_at]): row for row in table.rows if row[id_at] is not None}
    shapes = ground.areas[item.area_kind]
    values = [_number(rows[fips][value_at]) if fips in rows else None for fips in shapes]
    by = classes(values, of.kind)
    areas = [
        _area(item, table, fips, area, rows.get(fips), by.style(value))
        for (fips, area), value in zip(shapes.items(), values, strict=True)
    ]
    areas, marks = _marked(areas)
    if len(areas) <= MOST_LABELS:
        areas = _labelled(areas, list(shapes.values()), ground)
    return ShadedMap(
        item,
        table,
        f"{of.label} ({unit(of)})" if unit(of) else of.label,
        areas,
        by.legend(values),
        marks,
        [area_name(table, item, row) for fips, row in rows.items() if fips not in shapes],
    )


def _area(
    item: Choropleth,
    table: Table,
    fips: str,
    area: Area,
    row: Sequence[Value] | None,
    style: str,
) -> ShadedArea:
    reference = f"{item.area_kind}--{fips}"
    if row is None:
        return ShadedArea(reference, style, f"FIPS {fips}: {NOT_KNOWN}", area.x, area.y)
    of, value, name = column(table, item.value), row[position(table, item.value)], area_name(table, item, row)
    told = value is not None and item.unreliable
    by_chance = bool(row[position(table, item.unreliable)]) if told and item.unreliable else None
    between, _ = beside(table, of, row)
    words = [
        f"{name}: {with_unit(value, of)}",
        between and f"95% interval {between}",
        "unreliable" if by_chance else "",
    ]
    title, shown = "; ".join(filter(None, words)), written(value, of.kind)
    return ShadedArea(reference, style, title, area.x, area.y, _link(table, row), name, shown, by_chance)


def _marked(areas: Sequence[ShadedArea]) -> tuple[list[ShadedArea], str]:
    """The few are marked: the unreliable, or where they are most, the others."""
    unreliable = sum(area.unreliable is True for area in areas)
    reliable = sum(area.unreliable is False for area in areas)
    if not unreliable:
        return list(areas), ""
    of = unreliable <= reliable
    return [replace(area, marked=area.unreliable is of) for area in areas], UNRELIABLE if of else RELIABLE


def _labelled(areas: Sequence[ShadedArea], on: Sequence[Area], ground: Ground) -> list[ShadedArea]:
    """Name and value within the area, else outside with a line that leads to it, else the value alone, else nothing.

    The smallest choose first outside.
    """
    outside = Outside([at.shape for at in on], ground.beside_shape, ground.frame.width, ground.frame.height)
    found: dict[int, ShadedArea] = {}
    for n in sorted(range(len(areas)), key=lambda n: on[n].shape.area):
        area = areas[n]
        full = Wanted(on[n].shape, area.x, area.y, list(filter(None, (area.name, area.value))), area.marked)
        if not area.name or len(area.name) > LONGEST_LABEL:
            found[n] = area
        elif place := within(full) or outside.place(full):
            found[n] = replace(area, label=full.lines, place=place)
        else:
            place = within(replace(full, lines=[area.value]))
            found[n] = replace(area, label=[area.value] if place else (), place=place)
    return [found[n] for n in range(len(areas))]


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def area_name(table: Table, item: Choropleth, row: Sequence[Value]) -> str:
    """What an area is called: the first other column of text of its row."""
    names = (
        value
        for of, value in zip(table.columns, row, strict=True)
        if of.kind is Kind.TEXT and of.name != item.area_id and not of.hidden
    )
    name = next(
        (str(value) for value in names if value is not None), f"FIPS {row[position(table, item.area_id)]}"
    )
    return name if len(name) <= LONGEST_TITLE else name[: LONGEST_TITLE - 1] + "…"


def _link(table: Table, row: Sequence[Value]) -> str:
    leading = next((of.link for of in table.columns if of.link), "")
    return str(row[position(table, leading)] or "") if leading else ""
