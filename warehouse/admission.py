"""Admission: what the audit of a release would refuse in what sources gave, set aside before the release is made of it.

The rules are the audit's own (`rules.py`): those of a stage table, and those of the tables of the release that its rows
become (`becomes` in its contract). Where one is broken the value is null, or the row stays out where it cannot be: either way
with a row in `work.refused`, which goes to quarantine. One bad value never stops the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import duckdb

from warehouse.contracts import Becoming, Column, Contract, stage_tables
from warehouse.ddl import create_table, foreign_keys
from warehouse.rules import Rule, mail, may_hold_mail, row_rules
from warehouse.sql import literal, quoted

Connection = duckdb.DuckDBPyConnection
Tables = Mapping[str, Contract]

PERSONAL = "personal_contact"  # the reason that keeps what was read out of the quarantine as well
REASONS = {"required": "no_value", "enum": "unknown_code"}  # of rules whose names say no more than their kind
RAW_LENGTH = 200


@dataclass(frozen=True, slots=True)
class AdmissionRule:
    """A rule of the release as a condition on a row of a stage table.

    `clears`: the columns that are null where it is broken; none: the row is not admitted.
    """

    bad: str
    reason: str
    detail: str
    raw: str  # SQL of what was read
    clears: tuple[str, ...]


def admit(connection: Connection, tables: Tables) -> None:
    """`stage.<table>`: what of `given.<table>` may enter a release; `work.refused`: all the rest, with its reason.

    What matching made of the listings (`partition = "all"`) is admitted as it is: no source says it.
    """
    connection.execute(
        create_table(replace(stage_tables()["quarantine"], table="refused"), schema="work.main")
    )
    for contract in stage_tables().values():
        source = f"stage.given.{quoted(contract.table)}"
        rules = [*admission_rules(connection, contract, tables)] if contract.partition == "source" else []
        step = 0
        while broken := _broken(connection, source, rules):  # a value that is cleared may break another rule
            step += 1
            connection.execute(_refuse(contract, source, broken))
            cleared = f"stage.given.{quoted(f'{contract.table} {step}')}"
            connection.execute(f"CREATE VIEW {cleared} AS {_admitted(contract, source, broken)}")
            source = cleared
        connection.execute(f"CREATE VIEW stage.main.{quoted(contract.table)} AS FROM {source}")


def admission_rules(connection: Connection, contract: Contract, tables: Tables) -> Iterator[AdmissionRule]:
    """Every rule that a row of the stage table could break in a release, those of its keys first."""
    for rule in row_rules(connection, contract, contract.names, tables):
        if rule.severity == "error":
            yield _of_column(contract, rule)
    for name, table, key in foreign_keys(contract):
        if table != "source":  # a source's own row is written with what it says
            lost = f"{quoted(name)} NOT IN (SELECT {quoted(key)} FROM stage.main.{quoted(table)})"
            yield AdmissionRule(lost, f"no_{table}", name, quoted(name), ())
    for column in contract.columns:
        if may_hold_mail(column.name, column.type.duckdb):
            clears = () if column.required else (column.name,)
            yield AdmissionRule(_mail_only(column), PERSONAL, column.name, "NULL", clears)
    for becoming in contract.becomes:
        yield from _of_becoming(connection, becoming, tables)


def _of_column(contract: Contract, rule: Rule) -> AdmissionRule:
    clears = () if contract.column(rule.column).required else _together(contract, rule.column)
    return AdmissionRule(
        rule.bad, REASONS.get(rule.check, rule.check), rule.column, quoted(rule.column), clears
    )


def _together(contract: Contract, column: str) -> tuple[str, ...]:
    """The columns that are null with this one."""
    return next((b.clears for b in contract.becomes if column in b.clears), (column,))


def _mail_only(column: Column) -> str:
    """Holds an e-mail address; of printed words, out of which addresses are cut: and nothing else."""
    found = mail(column.name, column.type.duckdb)
    if not column.words:
        return found
    rest = rf"regexp_matches(regexp_replace({quoted(column.name)}, getvariable('mail'), '', 'g'), '\p{{L}}|\p{{N}}')"
    return f"({found} AND NOT {rest})"


def _of_becoming(connection: Connection, becoming: Becoming, tables: Tables) -> Iterator[AdmissionRule]:
    """The rules of the table that rows become, each as a macro over the values that the table's columns would have."""
    contract = tables[becoming.table]
    for number, rule in enumerate(row_rules(connection, contract, contract.names, tables)):
        named = [name for name in contract.names if re.search(rf'\b{name}\b"?', rule.bad)]
        if rule.severity != "error" or not set(named) <= set(becoming.columns):
            continue
        macro = f"work.{quoted(f'{rule.check} {contract.table} {number}')}"
        parameters = ", ".join(map(quoted, named))
        connection.execute(f"CREATE OR REPLACE MACRO {macro}({parameters}) AS {rule.bad}")
        values = ", ".join(becoming.columns[name] for name in named)
        bad = f"CASE WHEN {becoming.where} THEN {macro}({values}) END"
        raw = f"CASE WHEN {becoming.where} THEN {becoming.columns[rule.column]} END"
        yield AdmissionRule(bad, REASONS.get(rule.check, rule.check), rule.column, raw, becoming.clears)


def _broken(connection: Connection, source: str, rules: list[AdmissionRule]) -> list[AdmissionRule]:
    if not rules:
        return []
    counted = ", ".join(f"count(*) FILTER (WHERE {rule.bad})" for rule in rules)
    counts = connection.execute(f"SELECT {counted} FROM {source}").fetchone() or ()
    return [rule for rule, rows in zip(rules, counts, strict=True) if rows]


def _refuse(contract: Contract, source: str, broken: list[AdmissionRule]) -> str:
    """One row for each row that stays out, by its first broken rule; of the other rows one for each value."""
    out = [rule for rule in broken if not rule.clears]
    kept = f"NOT ({_any(out)})"
    earlier: list[AdmissionRule] = []
    parts: list[str] = []
    for rule in out:
        parts.append(_told(contract, source, rule, f"{rule.bad} AND NOT ({_any(earlier)})", "to_json(t)"))
        earlier.append(rule)
    cleared: set[tuple[str, ...]] = set()
    for rule in broken:
        if rule.clears and rule.clears not in cleared:
            cleared.add(rule.clears)
            same = [other for other in broken if other.clears == rule.clears]
            for number, one in enumerate(same):
                condition = f"{one.bad} AND {kept} AND NOT ({_any(same[:number])})"
                parts.append(_told(contract, source, one, condition, one.raw))
    return f"INSERT INTO work.refused {' UNION ALL '.join(parts)}"


def _told(contract: Contract, source: str, rule: AdmissionRule, condition: str, raw: str) -> str:
    names = contract.names
    source_id = "source_id" if "source_id" in names else "split_part(listing_id, ':', 1)"
    at = next((name for name in ("observed_at", "fetched_at") if name in names), "NULL")
    where = ", ".join(name for name in ("locator", "url", "listing_id") if name in names)
    read = "NULL" if rule.reason == PERSONAL else f"left(({raw})::VARCHAR, {RAW_LENGTH})"
    return (
        f"SELECT {source_id}, coalesce(NULL, {where or 'NULL'}), {literal(rule.reason)}, "
        f"{literal(rule.detail)}, {read}, coalesce({at}, getvariable('now')) FROM {source} t WHERE {condition}"
    )


def _admitted(contract: Contract, source: str, broken: list[AdmissionRule]) -> str:
    columns = []
    for name in contract.names:
        nulling = [rule for rule in broken if name in rule.clears]
        value = quoted(name)
        columns.append(f"CASE WHEN NOT ({_any(nulling)}) THEN {value} END AS {value}" if nulling else value)
    out = [rule for rule in broken if not rule.clears]
    return f"SELECT {', '.join(columns)} FROM {source} WHERE NOT ({_any(out)})"


def _any(rules: list[AdmissionRule]) -> str:
    """The condition, true or false and never null, that one of the rules is broken."""
    return " OR ".join(f"coalesce({rule.bad}, FALSE)" for rule in rules) or "FALSE"
