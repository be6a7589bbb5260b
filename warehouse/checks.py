"""Contract rules as queries: types, missing values, keys, enums, references, and the checks that a contract lists.

Rules that look at one row at a time are counted together, one scan of the table for all of them; an example is
fetched only for what failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import duckdb

from warehouse.contracts import Check, Contract
from warehouse.ddl import foreign_keys
from warehouse.findings import Finding, Outcomes, example
from warehouse.rules import Rule, row_rules
from warehouse.sql import literal, quoted

Connection = duckdb.DuckDBPyConnection
Tables = Mapping[str, Contract]


def contract_checks(connection: Connection, tables: Tables, now: datetime) -> Outcomes:
    """Every rule of every contract, in the current database."""
    held: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = current_database()"
    ).fetchall():
        held.setdefault(table, {})[column] = kind
    lost = _lost(connection, tables, held)
    for contract in tables.values():
        found = held.get(contract.table, {})
        yield from _shape(contract, found)
        if not found:
            continue
        yield from _count(connection, contract, [*row_rules(connection, contract, found, tables)])
        unique = Rule("key", "error", ", ".join(contract.key), "", "the key is not unique", _KEY_REMEDY)
        yield _unique(connection, contract, contract.key, unique)
        for name, table, key in foreign_keys(contract):
            if name in found:
                rows = lost.get((contract.table, name), 0)
                yield _reference(connection, contract, name, table, key, rows) if rows else None
        for check in contract.checks:
            yield from _listed(connection, contract, check, now)


_KEY_REMEDY = (
    "Find why a model or a source gives the row twice (join on more than its key is the usual cause)"
)


def _shape(contract: Contract, found: Mapping[str, str]) -> Outcomes:
    def wrong(column: str, message: str, remedy: str) -> Finding:
        return Finding("type", "error", contract.table, column, 0, "", message, remedy)

    if not found:
        remedy = "Build again; if the table is meant to go, remove its contract and raise the major version"
        yield wrong("", "the table is missing", remedy)
        return
    remedy = "Correct the model that fills it; an intended change goes into the contract and its version"
    for column in contract.columns:
        actual = found.get(column.name)
        if actual is None:
            message = "the column is missing"
        elif actual.replace('"', "") != column.type.duckdb.replace('"', ""):
            message = f"the type is {actual}, the contract says {column.type.duckdb}"
        else:
            yield None
            continue
        yield wrong(column.name, message, remedy)
    for name in sorted(set(found) - set(contract.names)):
        remedy = "Describe it in the contract, or leave it out of the model"
        yield wrong(name, "the column is in no contract", remedy)


def _count(connection: Connection, contract: Contract, rules: list[Rule]) -> Outcomes:
    if not rules:
        return
    table = quoted(contract.table)
    counts = connection.execute(
        f"SELECT {', '.join(f'count(*) FILTER (WHERE {rule.bad})' for rule in rules)} FROM {table}"
    ).fetchone()
    for rule, rows in zip(rules, counts or (), strict=True):
        if not rows:
            yield None
            continue
        shown = ", ".join(quoted(name) for name in dict.fromkeys((*contract.key, rule.column)))
        sample = connection.execute(f"SELECT {shown} FROM {table} WHERE {rule.bad} LIMIT 1").fetchone()
        yield rule.broken(contract, rows, sample)


def _unique(
    connection: Connection, contract: Contract, columns: tuple[str, ...], rule: Rule
) -> Finding | None:
    if not columns:
        return None
    key, table = ", ".join(map(quoted, columns)), quoted(contract.table)
    twice = f"SELECT {key}, count(*) AS n FROM {table} GROUP BY {key} HAVING n > 1"
    rows = connection.execute(f"SELECT coalesce(sum(n), 0) FROM ({twice})").fetchone()
    if not rows or not rows[0]:
        return None
    sample = connection.execute(f"SELECT {key} FROM ({twice}) LIMIT 1").fetchone()
    return rule.broken(contract, int(rows[0]), sample)


def _lost(
    connection: Connection, tables: Tables, held: Mapping[str, Mapping[str, str]]
) -> dict[tuple[str, str], int]:
    """By table and column: how many rows refer to none. All that refer to one key are counted together, as to lay out a large
    table's keys takes longer than to look them up."""
    referring: dict[tuple[str, str], list[str]] = {}
    for contract in tables.values():
        for name, table, key in foreign_keys(contract):
            if name in held.get(contract.table, {}):
                one = f"SELECT {literal(contract.table)} AS t, {literal(name)} AS c, {quoted(name)} AS value FROM {quoted(contract.table)}"
                referring.setdefault((table, key), []).append(one)
    lost: dict[tuple[str, str], int] = {}
    for (table, key), parts in referring.items():
        rows = connection.execute(
            f"SELECT t, c, count(*) FROM ({' UNION ALL '.join(parts)}) p WHERE p.value IS NOT NULL "
            f"AND NOT EXISTS (SELECT 1 FROM {quoted(table)} r WHERE r.{quoted(key)} = p.value) GROUP BY ALL"
        ).fetchall()
        lost |= {(t, c): n for t, c, n in rows}
    return lost


def _reference(
    connection: Connection, contract: Contract, name: str, table: str, key: str, rows: int
) -> Finding:
    column = quoted(name)
    lost = (
        f"FROM {quoted(contract.table)} t WHERE {column} IS NOT NULL "
        f"AND NOT EXISTS (SELECT 1 FROM {quoted(table)} r WHERE r.{quoted(key)} = t.{column})"
    )
    sample = connection.execute(f"SELECT {column} {lost} LIMIT 1").fetchone()
    message = f"it refers to no row of {table}.{key}"
    remedy = f"Find why {table} lacks the row: a model that filters only one of the two is the usual cause"
    return Finding("reference", "error", contract.table, name, rows, example(sample), message, remedy)


def _listed(connection: Connection, contract: Contract, check: Check, now: datetime) -> Outcomes:
    """The checks of a contract that look at the whole table."""
    options, table = check.options, quoted(contract.table)

    def rule(column: str, detail: str = "") -> Rule:
        return Rule(check.name, check.severity, column, "", f"not so: {check.meaning}{detail}", check.remedy)

    if check.kind == "unique":
        columns = tuple(options["columns"])
        yield _unique(connection, contract, columns, rule(", ".join(columns)))
        return
    total = (connection.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,))[0]
    found: Finding | None = None
    if check.kind == "rows":
        low, high = options.get("minimum", 0), options.get("maximum")
        if total < low or (high is not None and total > high):
            limits = f"at least {low}" if high is None else f"{low} to {high}"
            found = rule("", f" ({total:,} rows, {limits} wanted)").broken(contract, total, None)
    elif check.kind == "freshness" and total:
        column, days = options["column"], options["max_age_days"]
        limit = (now - timedelta(days=days)).replace(tzinfo=None).isoformat()
        old = f"FROM {table} WHERE {quoted(column)} < TIMESTAMP '{limit}'"
        rows = (connection.execute(f"SELECT count(*) {old}").fetchone() or (0,))[0]
        if rows > options["max_share"] * total:
            key = ", ".join(map(quoted, (*contract.key, column)))
            sample = connection.execute(f"SELECT {key} {old} LIMIT 1").fetchone()
            detail = f" ({rows / total:.0%} are older than {days} days)"
            found = rule(column, detail).broken(contract, rows, sample)
    else:
        return
    yield found
