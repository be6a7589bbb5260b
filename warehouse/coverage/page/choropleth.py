"""A shaded map as what a template draws: areas with their class and their words, the legend, what is not on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.coverage.checked import column, position
from warehouse.coverage.document import Choropleth, Kind, Table, Value
from warehouse.coverage.page.classes import UNKNOWN, LegendClass, classes
from warehouse.coverage.page.ground import Area, Ground
from warehouse.coverage.written import NOT_KNOWN, interval, unit, with_unit, written

LABEL_PX = 13.0
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
    by = classes((_number(rows[fips][value_at]) for fips in shapes if fips in rows), of.kind)
    found = []
    for fips, area in shapes.items():
        row = rows.get(fips)
        value = _number(row[value_at]) if row else None
        name = _name(table, item, row) if row else f"FIPS {fips}"
        by_chance = bool(row and item.unreliable and row[position(table, item.unreliable)])
        low = row[position(table, of.low)] if row and of.low else None
        high = row[position(table, of.high)] if row and of.high else None
        words = [f"{name}: {with_unit(value, of)}"]
        if between := interval(low, high, of.kind):
            words.append(f"95 % interval {between}")
        if by_chance:
            words.append("unreliable")
        found.append(
            ShadedArea(
                f"{item.area_kind}-{fips}",
                by.style(value),
                "; ".join(words),
                area.x,
                area.y,
                _label(name, value, of.kind, area) if len(shapes) <= MOST_LABELS else (),
                by_chance and value is not None,
                _link(table, row),
            )
        )
    values = [_number(rows[fips][value_at]) if fips in rows else None for fips in shapes]
    return ShadedMap(
        item,
        table,
        f"{of.label}{f' ({unit(of)})' if unit(of) else ''}",
        found,
        by.legend(values),
        sum(area.unreliable for area in found),
        [_name(table, item, row) for fips, row in rows.items() if fips not in shapes],
    )


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _name(table: Table, item: Choropleth, row: Sequence[Value]) -> str:
    names = (
        value
        for of, value in zip(table.columns, row, strict=True)
        if of.kind is Kind.TEXT and of.name != item.area_id and not of.hidden
    )
    name = next((str(value) for value in names if value is not None), f"FIPS {row[position(table, item.area_id)]}")
    return name if len(name) <= LONGEST_TITLE else name[: LONGEST_TITLE - 1] + "…"


def _link(table: Table, row: Sequence[Value] | None) -> str:
    leading = next((of.link for of in table.columns if of.link), "")
    return str(row[position(table, leading)] or "") if row and leading else ""


def _label(name: str, value: float | None, kind: Kind, area: Area) -> Sequence[str]:
    """Name and value, the value alone, or nothing, by the room in the area (letters are some 0.58 of their size wide)."""
    said = written(value, kind) if value is not None else NOT_KNOWN
    for lines in ((name, said), (said,)):
        wide = max(map(len, lines)) * LABEL_PX * 0.58
        if wide < area.width * 0.82 and len(lines) * LABEL_PX * 1.25 < area.height * 0.8:
            return lines
    return ()


def unshaded(legend: Sequence[LegendClass]) -> int:
    """How many areas are hatched."""
    return sum(part.areas for part in legend if part.style == UNKNOWN)
