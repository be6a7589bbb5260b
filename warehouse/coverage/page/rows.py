"""A table as what a template draws: which columns are seen, each value with its interval, its mark and where it leads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from markupsafe import Markup

from warehouse.coverage.report.columns import beside, counted, seen, value
from warehouse.coverage.report.document import Answers, Column, Kind, Table, Value
from warehouse.coverage.report.written import NUMERIC, miles, miles_too, written

LONG = 40  # rows from which a table scrolls in a box of its own and gets a filter
NOTHING = "nothing"  # the style of a value that is not known
SHORT_HEAD, LONG_HEAD = 14, 30  # letters of a column's head
COUNTY = "county"  # the column by which the page shows one county


# Whole words, so that nothing else comes apart; short, so that they fit on a line.
_UNBROKEN = re.compile(r"(?<!\S)(\S{0,12}\d (?:km|mi|miles)\b\S{0,3}|\S{0,8}\d[-–]\d\S{0,8})(?!\S)")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an answers bar, in percent of its length."""

    style: str
    label: str
    count: int
    start: float
    share: float


@dataclass(frozen=True, slots=True)
class Cell:
    """`key`: what numbers are sorted by, where the text says less. `title`: the same in miles."""

    tag: str
    text: str
    style: str = ""
    key: str = ""
    title: str = ""
    between: str = ""
    by_chance: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the page."""

    cells: Sequence[Cell]
    answers: Sequence[Part]


@dataclass(frozen=True, slots=True)
class TableView:
    """All that is drawn of one table."""

    table: Table
    columns: Sequence[Column]
    rows: Sequence[Row]
    meanings: Sequence[tuple[str, str]]

    @property
    def joined(self) -> Sequence[Column]:
        """Columns of text between the first and the numbers: on a narrow screen they stand under the first."""
        return list(takewhile(lambda of: of.kind is Kind.TEXT, self.columns))[1:]

    @property
    def unknown(self) -> bool:
        """Whether a cell says that it is not known."""
        return any(NOTHING in cell.style.split() for row in self.rows for cell in row.cells)

    @property
    def long(self) -> bool:
        """Whether it needs a filter and a box that scrolls."""
        return len(self.rows) >= LONG


def table_view(table: Table) -> TableView:
    """What to draw of a table."""
    columns = seen(table)
    named = _named_by(columns)
    rows = [
        Row(
            [_cell(table, of, row, "th" if of is named else "td") for of in columns],
            answer_parts(known) if (known := _answers(table, row)) else (),
        )
        for row in table.rows
    ]
    return TableView(table, columns, rows, [(of.label, of.meaning) for of in columns if of.meaning])


def answer_parts(answers: Answers) -> list[Part]:
    """The bar's parts, in order; nothing known behind it: no length."""
    parts = counted(answers)
    total = max(sum(count for *_, count in parts), 1)
    found, start = [], 0.0
    for style, label, count in parts:
        share = 100 * count / total
        found.append(Part(style, label, count, round(start, 2), round(share, 2)))
        start += share
    return found


def _named_by(columns: Sequence[Column]) -> Column | None:
    return next((of for of in columns if of.kind is Kind.TEXT), None)


def _cell(table: Table, of: Column, row: Sequence[Value], tag: str) -> Cell:
    said = value(table, of.name, row)
    number = of.kind in NUMERIC
    styles = (("number", number), ("whole", of.kind is Kind.DATE), (NOTHING, said is None))
    style = " ".join(word for word, true in styles if true)
    if said is None:
        return Cell(tag, written(None, of.kind), style)
    text = written(said, of.kind)
    between, by_chance = beside(table, of, row)
    return Cell(
        tag,
        text,
        style,
        f"{float(said):.8g}" if number and text.replace(",", "") != f"{said}" else "",
        miles(said) if miles_too(of) else "",
        between,
        by_chance,
        str(value(table, of.link, row) or ""),
    )


def _answers(table: Table, row: Sequence[Value]) -> Answers | None:
    """None where one of the four is not known: of the others alone a bar would be wrong."""
    counts = [said for name in table.answers if isinstance(said := value(table, name, row), int)]
    return Answers(*counts) if len(counts) == 4 else None


def head_style(of: Column) -> str:
    """The classes of a column's head: long ones get room on a narrow screen, so that they have few lines."""
    wide = "wider" if len(of.label) > LONG_HEAD else "wide" if len(of.label) > SHORT_HEAD else ""
    return " ".join(filter(None, ("number" if of.kind in NUMERIC else "", wide)))


def unbroken(text: str) -> Markup:
    """Text, escaped, whose numbers stay on one line with their units and ends (`25 km`, `18–26`)."""
    parts = _UNBROKEN.split(text)
    return Markup("").join(
        Markup('<span class="whole">{}</span>').format(part) if n % 2 else part
        for n, part in enumerate(parts)
    )


def filters() -> dict[str, Any]:
    """What templates call."""
    return {
        "answers": answer_parts,
        "is_number": lambda of: of.kind in NUMERIC,
        "head_style": head_style,
        "unbroken": unbroken,
    }
