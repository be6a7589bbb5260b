"""What must hold of a report before it is drawn or written to files: a clear error instead of a wrong page."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from warehouse.coverage.report.document import (
    Choropleth,
    Column,
    Figure,
    Kind,
    PointMap,
    Report,
    Table,
    Value,
)
from warehouse.coverage.report.written import NUMERIC

# An anchor of the page and the name of a file; `--` stands in the page's own ids.
_ID = re.compile(r"[a-z](?:[a-z0-9_]|-(?!-)){0,79}")
_OF_THE_PAGE = frozenset(
    {
        "contents",
        "main",
        "method",
        "limits",
        "known-issues",
        "data-sets",
        "citation",
        "live",
        "theme",
        "hatch",
    }
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_WEB = re.compile(r"https?://")
_RELATIVE = re.compile(r"[^/\\:?#][^:\\]*|#.*")  # no scheme, no other host


class ReportError(ValueError):
    """A report that cannot be drawn: what is wrong, and where."""


def check(report: Report) -> None:
    """ReportError where an id is no anchor or told twice, a row does not fit its columns, or a map names what is not there."""
    tables = tables_of(report)
    seen: set[str] = set()
    for name in ids(report):
        if not _ID.fullmatch(name):
            raise ReportError(f"{name[:40]!r} cannot be an id: it must match {_ID.pattern}")
        if name in _OF_THE_PAGE:
            raise ReportError(f"the id {name} is the page's own: choose another")
        if name in seen:
            raise ReportError(
                f"the id {name} stands twice in the report: every figure, table, map and section needs its own"
            )
        seen.add(name)
    for item in items(report):
        if isinstance(item, Table):
            _table(item)
        elif isinstance(item, Figure):
            for value in (item.value, item.low, item.high):
                _value(value, item.kind, f"figure {item.id}")
        else:
            _map(item, tables)


def items(report: Report) -> Iterator[Figure | Table | Choropleth | PointMap]:
    """All that stands in the sections, in order."""
    for section in report.sections:
        yield from section.items


def tables_of(report: Report) -> Mapping[str, Table]:
    """The tables by id, in order."""
    return {item.id: item for item in items(report) if isinstance(item, Table)}


def ids(report: Report) -> Iterator[str]:
    """Every id of the report."""
    yield from (section.id for section in report.sections)
    yield from (item.id for item in items(report))


def position(table: Table, name: str) -> int:
    """Where a column stands. ReportError where there is none of that name."""
    for n, column in enumerate(table.columns):
        if column.name == name:
            return n
    raise ReportError(f"table {table.id} has no column {name!r}")


def _table(table: Table) -> None:
    names = [column.name for column in table.columns]
    if len(set(names)) != len(names):
        raise ReportError(f"table {table.id} has two columns of one name")
    if table.answers and len(table.answers) != 4:
        raise ReportError(f"table {table.id}: answers are four columns, not {len(table.answers)}")
    for name in (
        *table.answers,
        *(x for c in table.columns for x in (c.low, c.high, c.unreliable, c.link) if x),
    ):
        position(table, name)
    for number, row in enumerate(table.rows, start=1):
        where = f"table {table.id}, row {number}"
        if len(row) != len(names):
            raise ReportError(f"{where}: {len(row)} values under {len(names)} columns")
        for column, value in zip(table.columns, row, strict=True):
            _value(value, column.kind, f"{where}, {column.name}")
            if column.link:
                _link(row[position(table, column.link)], f"{where}, {column.link}")


def _value(value: Value, kind: Kind, where: str) -> None:
    if value is None:
        return
    if kind in NUMERIC:
        fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    elif kind is Kind.FLAG:
        fits = isinstance(value, bool)
    elif kind is Kind.DATE:
        fits = isinstance(value, str) and bool(_DATE.fullmatch(value))
    else:
        fits = isinstance(value, str)
    if not fits:
        raise ReportError(f"{where}: {str(value)[:40]!r} is no {kind}")


def _link(value: Value, where: str) -> None:
    if value and not (isinstance(value, str) and (_WEB.match(value) or _RELATIVE.fullmatch(value))):
        raise ReportError(
            f"{where}: {str(value)[:60]!r} leads nowhere a page may lead: only relative, http and https"
        )


def _map(item: Choropleth | PointMap, tables: Mapping[str, Table]) -> None:
    table = tables.get(item.table)
    if table is None:
        raise ReportError(f"map {item.id} names table {item.table!r}, which is not in the report")
    if isinstance(item, Choropleth):
        shaded = column(table, item.value)
        if shaded.kind not in NUMERIC:
            raise ReportError(f"map {item.id}: {item.value} is {shaded.kind}, and only numbers are shaded")
        wanted = [item.area_id, *([item.unreliable] if item.unreliable else [])]
    else:
        wanted = ["latitude", "longitude", item.label, item.group]
    for name in wanted:
        position(table, name)


def column(table: Table, name: str) -> Column:
    """A column by name. ReportError where there is none."""
    return table.columns[position(table, name)]
