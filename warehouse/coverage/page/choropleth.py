"""A shaded map as what a template draws: areas with their class and their words, the legend, what is not on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.coverage.page.classes import LegendClass, classes
from warehouse.coverage.page.ground import Area, Ground
from warehouse.coverage.page.labels import room
from warehouse.coverage.report.checked import column, position
from warehouse.coverage.report.columns import beside
from warehouse.coverage.report.document import Choropleth, Kind, Table, Value
from warehouse.coverage.report.written import NOT_KNOWN, unit, with_unit, written

MOST_LABELS = 30
LONGEST_TITLE = 160


@dataclass(frozen=True, slots=True)
class ShadedArea:
    """`label`: name and value where there is room for them. `reference`: the id of the path that is shaded."""

    reference: str
    style: str
    title: str
    x: float
    y: float
    label: Sequence[str]
    unreliable: bool
    link: str


@dataclass(frozen=True, slots=True)
class ShadedMap:
    """All that is drawn of one choropleth."""

    map: Choropleth
    table: Table
    measure: str
    areas: Sequence[ShadedArea]
    legend: Sequence[LegendClass]
    unreliable: int
    missing: Sequence[str]  # in the table, and without a shape that the map shows


def shaded(item: Choropleth, table: Table, ground: Ground) -> ShadedMap:
    """What to draw of a choropleth on its table."""
    of = column(table, item.value)
    value_at, id_at = position(table, item.value), position(table, item.area_id)
    rows = {str(row[id_at]): row for row in table.rows if row[id_at] is not None}
    shapes = ground.areas[item.area_kind]
    values = [_number(rows[fips][value_at]) if fips in rows else None for fips in shapes]
    by = classes(values, of.kind)
    areas = [
        _area(item, table, fips, area, rows.get(fips), by.style(value), len(shapes) <= MOST_LABELS)
        for (fips, area), value in zip(shapes.items(), values, strict=True)
    ]
    return ShadedMap(
        item,
        table,
        f"{of.label} ({unit(of)})" if unit(of) else of.label,
        areas,
        by.legend(values),
        sum(area.unreliable for area in areas),
        [_name(table, item, row) for fips, row in rows.items() if fips not in shapes],
    )


def _area(
    item: Choropleth,
    table: Table,
    fips: str,
    area: Area,
    row: Sequence[Value] | None,
    style: str,
    labelled: bool,
) -> ShadedArea:
    reference = f"{item.area_kind}--{fips}"
    if row is None:
        return ShadedArea(reference, style, f"FIPS {fips}: {NOT_KNOWN}", area.x, area.y, (), False, "")
    of, value, name = column(table, item.value), row[position(table, item.value)], _name(table, item, row)
    by_chance = bool(value is not None and item.unreliable and row[position(table, item.unreliable)])
    between, _ = beside(table, of, row)
    words = [
        f"{name}: {with_unit(value, of)}",
        between and f"95% interval {between}",
        "unreliable" if by_chance else "",
    ]
    x, y, label = _label(name, written(value, of.kind), area) if labelled else (area.x, area.y, ())
    return ShadedArea(
        reference, style, "; ".join(filter(None, words)), x, y, label, by_chance, _link(table, row)
    )


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _name(table: Table, item: Choropleth, row: Sequence[Value]) -> str:
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


def _label(name: str, value: str, area: Area) -> tuple[float, float, Sequence[str]]:
    """Name and value, the value alone, or nothing, by the room in the area."""
    for lines in ((name, value), (value,)):
        if place := room(area.shape, area.x, area.y, len(lines), max(map(len, lines))):
            return round(place[0], 1), round(place[1], 1), lines
    return area.x, area.y, ()
