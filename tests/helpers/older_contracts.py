"""What the last versions of the contract were, so that what they left behind can be made: `older_contracts.csv`.

`python tests/helpers/older_contracts.py` writes today's in, once its version is another, and lets the oldest go.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import duckdb
import polars as pl

from warehouse.contracts import contract_version, release_tables, stage_tables

FILE = Path(__file__).with_name("older_contracts.csv")
KEPT = 3
Column = tuple[str, str, str, str]  # layer, table, column, type as DuckDB names it
Shape = Mapping[str, Mapping[str, str]]  # type by table and column


def remembered() -> dict[str, list[Column]]:
    """The columns of each version, oldest first."""
    found: dict[str, list[Column]] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for layer, table, column, kind, versions in list(csv.reader(file))[1:]:
            for version in versions.split():
                found.setdefault(version, []).append((layer, table, column, kind))
    return dict(sorted(found.items()))


def shape(version: str, layer: str) -> dict[str, dict[str, str]]:
    """The tables of a layer ("stage", "release") in a version."""
    tables: dict[str, dict[str, str]] = {}
    for of, table, column, kind in remembered()[version]:
        if of == layer:
            tables.setdefault(table, {})[column] = kind
    return tables


def todays() -> list[Column]:
    layers = {"stage": stage_tables(), "release": release_tables()}
    return [
        (layer, contract.table, column.name, column.type.duckdb)
        for layer, contracts in layers.items()
        for contract in contracts.values()
        for column in contract.columns
    ]


def remember() -> None:
    versions = remembered() | {contract_version(): todays()}
    kept = sorted(versions)[-KEPT:]
    columns = dict.fromkeys(column for version in kept for column in versions[version])
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["layer", "table", "column", "type", "versions"])
        for column in columns:
            writer.writerow([*column, " ".join(v for v in kept if column in versions[v])])


def release_in_shape(release: Path, old: Path, tables: Shape, version: str) -> Path:
    """A release as a version with these tables would have published it: what it had and today's has not is null."""
    with duckdb.connect(str(old)) as con:
        con.execute(f"ATTACH '{release}' AS new (READ_ONLY)")
        for table, columns in tables.items():
            have = _types(con, "new", table)
            picked = ", ".join(_as(name, kind, have.get(name)) for name, kind in columns.items())
            source = f"FROM new.{table}" if have else "WHERE false"
            con.execute(f"CREATE TABLE {table} AS SELECT {picked} {source}")
        named = [(table, column) for table, columns in tables.items() for column in columns]
        con.execute("CREATE TEMP TABLE named (t VARCHAR, c VARCHAR)")
        con.executemany("INSERT INTO named VALUES (?, ?)", named)
        con.execute(
            "DELETE FROM contract_column WHERE (table_name, column_name) NOT IN (SELECT (t, c) FROM named)"
        )
        con.execute("UPDATE release_info SET contract_version = ?", [version])
    return old


def _types(con: duckdb.DuckDBPyConnection, database: str, table: str) -> dict[str, str]:
    sql = "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = ? AND table_name = ?"
    return dict(con.execute(sql, [database, table]).fetchall())


def _as(name: str, kind: str, have: str | None) -> str:
    if have is None:
        return f'NULL::{kind} AS "{name}"'
    if kind == "BIGINT" and have == "VARCHAR":  # a number is now a name
        return f'(hash("{name}") >> 2)::BIGINT AS "{name}"'
    return f'"{name}"::{kind} AS "{name}"'


def stage_in_shape(stage: Path, tables: Shape) -> Path:
    """Rewrite a stage as a version with these tables would have written it."""
    for file in stage.glob("*/*.parquet"):
        columns = tables.get(file.parent.name)
        if columns is None:
            file.unlink()
            continue
        with duckdb.connect() as con:
            rows = con.execute(f"DESCRIBE FROM '{file}'").fetchall()
            have = {row[0]: row[1] for row in rows}
            picked = ", ".join(_as(name, kind, have.get(name)) for name, kind in columns.items())
            frame: pl.DataFrame = con.execute(f"SELECT {picked} FROM '{file}'").pl()
        frame.write_parquet(file)
    return stage


if __name__ == "__main__":
    remember()
