"""What a build reads, attached under the names that the models use, and checked against its contract on the way."""

from __future__ import annotations

import glob
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

import duckdb

from warehouse.contracts import Column, Contract, stage_tables
from warehouse.ddl import create_table
from warehouse.overrides import Correction, NotAPerson, Overrides, Person, Takedown, load_overrides
from warehouse.sql import insert_rows, literal, quoted

SMALL = 8 * 2**20  # bytes of a stage table that is read once; of a larger one each query reads what it needs
INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}


class StageError(ValueError):
    """A stage table that does not fit its contract; the message names table, column, file and remedy."""


@dataclass(frozen=True, slots=True)
class Previous:
    """The release that history is carried from."""

    release: int
    built_at: datetime


def attach_stage(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """`stage.given.<table>` for every contract: its Parquet files as a table, or a view of them where they are many bytes;
    an empty table where there are none.

    What of it may enter a release is `stage.<table>` (`admission.admit`)."""
    if not folder.is_dir():
        raise StageError(f"{folder} is no folder; the stage tables are written by `iop run`")
    connection.execute("CREATE SCHEMA stage.given")
    for contract in stage_tables().values():
        files = sorted((folder / contract.table).glob("*.parquet"))
        if not files:
            connection.execute(create_table(contract, schema="stage.given"))
            continue
        listed = ", ".join(literal(glob.escape(str(file))) for file in files)
        source = f"read_parquet([{listed}], union_by_name = true)"
        found = _describe(connection, source, contract)
        columns = ", ".join(_read(column, found, contract, files) for column in contract.columns)
        kind = "TABLE" if sum(file.stat().st_size for file in files) < SMALL else "VIEW"
        connection.execute(
            f"CREATE {kind} stage.given.{quoted(contract.table)} AS SELECT {columns} FROM {source}"
        )


def _describe(connection: duckdb.DuckDBPyConnection, source: str, contract: Contract) -> dict[str, str]:
    try:
        rows = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    except duckdb.Error as error:
        raise StageError(
            f"stage table {contract.table}: a Parquet file cannot be read: {error}. Remove it and run its source again"
        ) from error
    return {row[0]: row[1] for row in rows}


def _read(column: Column, found: Mapping[str, str], contract: Contract, files: list[Path]) -> str:
    name, wanted = quoted(column.name), column.type.duckdb
    actual = found.get(column.name)
    where = f"stage table {contract.table}, column {column.name} ({files[0].parent}, {len(files)} files)"
    if actual is None:
        raise StageError(
            f"{where}: the column is missing, as in files of an older version. `iop replay` reads every source anew from the archive"
        )
    if actual == wanted or actual.replace('"', "") == wanted.replace('"', ""):
        return name
    if wanted == "TIMESTAMP" and actual.startswith("TIMESTAMP"):
        return (
            f"(timezone('UTC', {name}))::TIMESTAMP AS {name}"
            if "ZONE" in actual
            else f"{name}::TIMESTAMP AS {name}"
        )
    if wanted in INTEGERS and actual in INTEGERS:
        return f"{name}::{wanted} AS {name}"
    if (wanted == "DOUBLE" and actual in INTEGERS | {"FLOAT"}) or actual in ('"NULL"', "NULL", "INTEGER[]"):
        return f"{name}::{wanted} AS {name}"
    raise StageError(
        f"{where}: is {actual} and should be {wanted}. `iop replay` reads every source anew from the archive"
    )


def attach_previous(
    connection: duckdb.DuckDBPyConnection, previous: Path | None, contracts: Mapping[str, Contract]
) -> Previous | None:
    """`previous.<table>` in the shape of today's contracts: a column that the old release lacks reads as null."""
    if previous:
        connection.execute(f"ATTACH {literal(str(previous))} AS last (READ_ONLY)")
    in_todays_shape(connection, "last", "previous.main", contracts)
    row = connection.execute("SELECT release, built_at FROM previous.release_info").fetchone()
    return Previous(*row) if row else None


def in_todays_shape(
    connection: duckdb.DuckDBPyConnection, release: str, schema: str, contracts: Mapping[str, Contract]
) -> None:
    """The tables of an attached release, maybe of an older contract, as views of today's: what it lacks is null, or empty."""
    have = _columns_of(connection, release)
    for contract in contracts.values():
        if contract.table not in have:
            connection.execute(create_table(contract, schema=schema))
            continue
        columns = ", ".join(
            f"{quoted(c.name)}::{c.type.duckdb} AS {quoted(c.name)}"
            if c.name in have[contract.table]
            else f"NULL::{c.type.duckdb} AS {quoted(c.name)}"
            for c in contract.columns
        )
        table = quoted(contract.table)
        connection.execute(f"CREATE VIEW {schema}.{table} AS SELECT {columns} FROM {release}.main.{table}")


def lacks(connection: duckdb.DuckDBPyConnection, release: str, contract: Contract) -> list[str]:
    """The columns without which a row of a table is none, and which an attached release does not have."""
    have = _columns_of(connection, release).get(contract.table, set())
    return [column.name for column in contract.columns if column.required and column.name not in have]


def _columns_of(connection: duckdb.DuckDBPyConnection, release: str) -> dict[str, set[str]]:
    have: dict[str, set[str]] = {}
    # no parameter: to bind one, DuckDB's client imports pandas where it is there, 100 MB
    for table, column in connection.execute(
        f"SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = {literal(release)}"
    ).fetchall():
        have.setdefault(table, set()).add(column)
    return have


def attach_overrides(connection: duckdb.DuckDBPyConnection, folder: Path | None, now: datetime) -> None:
    """`override.takedown`, `.not_a_person`, `.person` and `.correction`, from the reviewed CSV files. Raises OverrideError."""
    for name in ("takedown", "not_a_person", "person"):
        connection.execute(f"CREATE TABLE override.{name} (id VARCHAR)")
    connection.execute(
        "CREATE TABLE override.correction (id VARCHAR, field VARCHAR, value VARCHAR, corrected_at TIMESTAMP, why VARCHAR)"
    )
    overrides = load_overrides(folder) if folder else Overrides()
    tables: dict[str, list[tuple[object, ...]]] = {
        "takedown": [(row.id,) for row in overrides.of(Takedown)],
        "not_a_person": [(row.id,) for row in overrides.of(NotAPerson)],
        "person": [(row.id,) for row in overrides.of(Person)],
        "correction": [
            (row.id, row.field, row.value, min(datetime.combine(row.when, time()), now), row.why)
            for row in overrides.of(Correction)
        ],
    }
    for table, rows in tables.items():
        if rows:
            connection.execute(insert_rows(f"override.{table}", rows))
