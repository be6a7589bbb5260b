"""Contracts as SQL: `CREATE TABLE` with or without enforced keys, and comments that stay in the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from warehouse.contracts import Contract
from warehouse.sql import literal, quoted


def sentence(text: str) -> str:
    """The text with a capital."""
    return text[:1].upper() + text[1:]


def create_table(contract: Contract, *, enforce: bool = False, schema: str | None = None) -> str:
    """DDL of one table.

    A release is built without enforced constraints: a published file never changes, so its indexes would only
    cost time and space, and the audit explains a broken rule where an engine would just stop. With `enforce`,
    NOT NULL, PRIMARY KEY and FOREIGN KEY are the engine's business.
    """
    lines = []
    for column in contract.columns:
        suffix = " NOT NULL" if enforce and column.required else ""
        lines.append(f"  {quoted(column.name)} {column.type.duckdb}{suffix}")
    if enforce and contract.key and all(contract.column(name).required for name in contract.key):
        lines.append(f"  PRIMARY KEY ({', '.join(map(quoted, contract.key))})")
    if enforce:
        lines += [
            f"  FOREIGN KEY ({quoted(c)}) REFERENCES {quoted(t)} ({quoted(k)})"
            for c, t, k in foreign_keys(contract)
        ]
    table = quoted(f"{schema}.{contract.table}" if schema else contract.table)
    return f"CREATE TABLE {table} (\n" + ",\n".join(lines) + "\n)"


def foreign_keys(contract: Contract) -> Iterator[tuple[str, str, str]]:
    """(column, referenced table, referenced column) of a contract."""
    for column in contract.columns:
        if column.references:
            table, _, key = column.references.partition(".")
            yield column.name, table, key


def comments(contract: Contract) -> Iterator[str]:
    """`COMMENT ON` statements: what a reader of the file sees without this project."""
    key = f" Key: {', '.join(contract.key)}." if contract.key else ""
    notes = "".join(f" Note: {warning}" for warning in contract.warnings)
    yield f"COMMENT ON TABLE {quoted(contract.table)} IS {literal(f'{contract.meaning} {sentence(contract.row)}.{key}{notes}')}"
    for column in contract.columns:
        parts = [column.meaning]
        if column.unit:
            parts.append(f"Unit: {column.unit}")
        if column.null:
            parts.append(f"Null: {column.null}")
        if column.references:
            parts.append(f"Refers to {column.references}")
        if column.warning:
            parts.append(f"Note: {column.warning}")
        name = quoted(f"{contract.table}.{column.name}")
        yield f"COMMENT ON COLUMN {name} IS {literal('. '.join(parts))}"


def allowed(enum: str | tuple[str, ...] | None) -> str | None:
    """An enum as one text: the vocabulary's name, or the values."""
    return "|".join(enum) if isinstance(enum, tuple) else enum


def contract_rows(contracts: Mapping[str, Contract]) -> list[tuple[object, ...]]:
    """The rows of `contract_column`, in the order of its columns."""
    return [
        (
            contract.table,
            column.name,
            position,
            str(column.type),
            column.meaning,
            column.null,
            column.unit,
            allowed(column.enum),
            contract.key.index(column.name) + 1 if column.name in contract.key else None,
            column.references,
            column.hsds,
            column.fhir,
            column.label_vocabulary,
        )
        for contract in contracts.values()
        for position, column in enumerate(contract.columns, 1)
    ]
