"""How the columns of a table belong together: which stand alone, and what is said beside their values."""

from __future__ import annotations

from collections.abc import Sequence

from warehouse.coverage.report.checked import position
from warehouse.coverage.report.document import Answers, Column, Table, Value
from warehouse.coverage.report.written import interval


def seen(table: Table) -> list[Column]:
    """Columns that stand on their own: not hidden, and not the bounds, mark or address of another."""
    aside = {name for of in table.columns for name in (of.low, of.high, of.unreliable, of.link) if name}
    return [of for of in table.columns if not of.hidden and of.name not in aside]


def value(table: Table, name: str, row: Sequence[Value]) -> Value:
    """The value of a row in a column; null for no column's name."""
    return row[position(table, name)] if name else None


def beside(table: Table, of: Column, row: Sequence[Value]) -> tuple[str, bool]:
    """What stands with a value: its interval as text, and whether it is unreliable."""
    between = interval(value(table, of.low, row), value(table, of.high, row), of.kind)
    return between, bool(value(table, of.unreliable, row))


def counted(answers: Answers) -> list[tuple[str, str, int]]:
    """Name, words and number of each part of what is known and unknown, in order."""
    return [
        ("yes", "yes", answers.yes),
        ("not-ticked", "asked, not ticked", answers.not_ticked),
        ("not-asked", "not asked", answers.not_asked),
        ("not-stated", "not stated", answers.not_stated),
    ]
