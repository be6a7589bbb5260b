"""What Dagster's catalog shows of the assets: owners, tags, retries (`catalog.toml`), the tables of `core`, lineage of columns.

Columns and their lineage come from the contracts: that of a column which a mart takes over as it is, and of an id. Where a
column is computed, the models say how, and nothing is stated here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg

from warehouse.contracts import Column, Contract, release_tables

FILE = Path(__file__).with_name("catalog.toml")
CORE = "core"
COLUMNS, LINEAGE = "dagster/column_schema", "dagster/column_lineage"


@cache
def catalog() -> Mapping[str, Any]:
    """The file."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def retry_policy() -> dg.RetryPolicy:
    """How a failed step is tried again, in runs that nobody waits for."""
    return dg.RetryPolicy(**catalog()["retry"], backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)


def described(spec: dg.AssetSpec) -> dg.AssetSpec:
    """The asset with what the catalog knows of it."""
    name = spec.key.to_user_string()
    group, own = catalog()["group"][spec.group_name], catalog()["asset"].get(name, {})
    metadata = {COLUMNS: core_columns(), "tables": core_tables()} if name == CORE else lineage_of(name)
    return spec.merge_attributes(
        owners=group["owners"],
        tags={**group["tags"], **own.get("tags", {})},
        metadata=metadata,
    )


def lineage_of(name: str) -> Mapping[str, dg.TableColumnLineage]:
    """Metadata of an asset with the columns that its own are known to come from; none: {}."""
    contract = release_tables().get(name)
    known = {c.name: [came] for c in contract.columns if (came := _from(c))} if contract else {}
    return {LINEAGE: dg.TableColumnLineage(known)} if known else {}


def core_columns() -> dg.TableSchema:
    """Every column of the tables of `core`, as table.column."""
    return dg.TableSchema(
        [
            dg.TableColumn(f"{table.table}.{c.name}", str(c.type), c.meaning)
            for table in _core()
            for c in table.columns
        ]
    )


def core_tables() -> dg.MetadataValue[Any]:
    """The tables of `core`: what a row is, and the names of the columns. How many rows, each materialization says."""
    return dg.MetadataValue.md(
        "\n".join(
            [
                "| table | a row | columns |",
                "| --- | --- | --- |",
                *(f"| `{t.table}` | {t.row} | {', '.join(f'`{c}`' for c in t.names)} |" for t in _core()),
            ]
        )
    )


def _core() -> list[Contract]:
    return [table for table in release_tables().values() if table.layer != "mart"]


def _from(column: Column) -> dg.TableColumnDep | None:
    """The column that it is taken over from, or that its ids are those of."""
    origin = column.origin or column.references
    if origin is None:
        return None
    table, _, name = origin.partition(".")
    if release_tables()[table].layer == "mart":
        return dg.TableColumnDep(table, name)
    return dg.TableColumnDep(CORE, origin)
