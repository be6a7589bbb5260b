"""Rules of one row: what makes a row bad, as a condition. Admission keeps such rows and values out (`admission.py`), and the
audit finds those that came in all the same (`checks.py`, `sanity.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import duckdb

from warehouse.contracts import Column, Contract, vocabulary_table
from warehouse.findings import Finding, example
from warehouse.policy import policy
from warehouse.sql import literal, quoted

Connection = duckdb.DuckDBPyConnection
Tables = Mapping[str, Contract]


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition that is true of a bad row."""

    check: str
    severity: str
    column: str
    bad: str
    message: str
    remedy: str

    def broken(self, contract: Contract, rows: int, sample: tuple[object, ...] | None) -> Finding:
        return Finding(
            self.check,
            self.severity,
            contract.table,
            self.column,
            rows,
            example(sample),
            self.message,
            self.remedy,
        )


def row_rules(
    connection: Connection, contract: Contract, names: Collection[str], tables: Tables
) -> Iterator[Rule]:
    """The rules of a table for one row, of those columns that are there."""
    yield from _column_rules(connection, [c for c in contract.columns if c.name in names], tables)
    yield from _listed_rules(contract)


def _column_rules(connection: Connection, present: list[Column], tables: Tables) -> Iterator[Rule]:
    for column in present:
        name = quoted(column.name)
        if column.required:
            message = "a value is missing that must be there"
            remedy = "Give the value in the model; if it can be unknown, say in the contract what null means"
            yield Rule("required", "error", column.name, f"{name} IS NULL", message, remedy)
        if column.enum:
            codes = _codes(connection, column.enum, tables)
            values = ", ".join(literal(code) for code in codes)
            inside = column.type.kind == "list"
            others = f"len(list_filter({name}, lambda item: item NOT IN ({values}))) > 0"  # a third of `list_has_all`'s time
            bad = others if inside else f"{name} NOT IN ({values})"
            where = f"the vocabulary `{column.enum}`" if isinstance(column.enum, str) else ", ".join(codes)
            message = f"a value is none of {where}"
            remedy = "Add the code to the vocabulary (or to the contract's enum), or map it in the reader of the source"
            yield Rule("enum", "error", column.name, bad, message, remedy)


def _codes(connection: Connection, enum: str | tuple[str, ...], tables: Tables) -> list[str]:
    if isinstance(enum, tuple):
        return list(enum)
    contract = vocabulary_table(enum, tables)
    key = quoted(contract.key[0])
    return [row[0] for row in connection.execute(f"SELECT {key} FROM {quoted(contract.table)}").fetchall()]


def _listed_rules(contract: Contract) -> Iterator[Rule]:
    """The checks of a contract that look at one row."""
    for check in contract.checks:
        options = check.options
        name = quoted(options.get("column", ""))
        if check.kind == "range":
            bad = f"{name} NOT BETWEEN {options['minimum']} AND {options['maximum']}"
        elif check.kind == "pattern":
            bad = f"NOT regexp_full_match({name}, {literal(options['pattern'])})"
        elif check.kind == "sql":
            bad = options["bad"]
        else:
            continue
        yield Rule(
            check.name, check.severity, options["column"], bad, f"not so: {check.meaning}", check.remedy
        )


def may_hold_mail(column: str, sql_type: str) -> bool:
    """Whether a column is text, or lists of it, where no e-mail address may stand: addresses of pages may hold anything."""
    return "VARCHAR" in sql_type and not column.endswith("url")


def mail(column: str, sql_type: str = "VARCHAR") -> str:
    """The condition that a text, or any text of a list, holds an e-mail address. CASE, as AND would match where there is no sign."""
    matches = f"regexp_matches({_text(column, sql_type)}, {literal(policy()['privacy']['mail'])})"
    return f"CASE WHEN {sign_of_mail(column, sql_type)} THEN {matches} ELSE FALSE END"


def sign_of_mail(column: str, sql_type: str = "VARCHAR") -> str:
    """The condition without which there is none. To look for it alone takes a seventh of the time."""
    return f"contains({_text(column, sql_type)}, '@')"


def _text(column: str, sql_type: str) -> str:
    return quoted(column) if sql_type == "VARCHAR" else f"{quoted(column)}::VARCHAR"
