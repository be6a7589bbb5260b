"""Builds one release: stage tables and vocabularies in, a complete DuckDB file at a private path out.

The work is SQL (`models/*.sql`, run in order of their names); this module only lays the table: it attaches what the
models read under the names `stage`, `previous`, `override` and `policy`, and scratch space as `work`.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.contracts import contract_version, release_tables
from warehouse.ddl import comments, contract_rows, create_table, insert_rows, literal, quoted
from warehouse.inputs import attach_overrides, attach_previous, attach_stage
from warehouse.policy import policy, variables
from warehouse.reference import fill_policy, fill_vocabularies

MODELS = Path(__file__).parent / "models"
STORAGE_VERSION = "v1.2.0"  # read by every DuckDB since 1.2, also when 2.0 writes it
SCRATCH = ("stage", "previous", "override", "policy", "work")


class BuildError(RuntimeError):
    """A release that could not be built; the message names what to look at."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What was built: the file, the number of the release, rows per table, seconds per model."""

    path: Path
    release: int
    rows: Mapping[str, int]
    seconds: Mapping[str, float] = field(default_factory=dict)


def build(
    stage: Path,
    vocabulary: Path,
    out: Path,
    *,
    previous: Path | None,
    overrides: Path | None,
    now: datetime,
    run: Mapping[str, Any],
    memory_limit: str = "700MB",
    threads: int = 2,
) -> BuildReport:
    """Build a release from the folder of stage tables into the file `out`, which is replaced.

    `previous` is the last published release (history and first sights are carried from it), `overrides` the folder of
    `takedown.csv` and `correction.csv`, `now` the time that every age is counted to. `run` is kept as JSON in
    `release_info`; its `release` is the number to give, by default one more than the previous.
    StageError where an input does not fit its contract, BuildError where a model fails.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    spill = out.with_name(out.name + ".spill")
    for leftover in (out, out.with_name(out.name + ".wal")):
        leftover.unlink(missing_ok=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": str(spill),
        "memory_limit": memory_limit,
        "threads": threads,
    }
    try:
        with duckdb.connect(config=config) as connection:
            report = _build(connection, stage, vocabulary, out, previous, overrides, utc(now), run)
    finally:
        shutil.rmtree(spill, ignore_errors=True)
    return report


def _build(
    connection: duckdb.DuckDBPyConnection,
    stage: Path,
    vocabulary: Path,
    out: Path,
    previous: Path | None,
    overrides: Path | None,
    now: datetime,
    run: Mapping[str, Any],
) -> BuildReport:
    contracts = release_tables()
    connection.execute(f"ATTACH {literal(str(out))} AS release (STORAGE_VERSION {literal(STORAGE_VERSION)})")
    for name in SCRATCH:
        connection.execute(f"ATTACH ':memory:' AS {name}")
    connection.execute("USE release")
    _at_once(connection, [create_table(contract) for contract in contracts.values()])
    attach_stage(connection, stage)
    last = attach_previous(connection, previous, contracts)
    attach_overrides(connection, overrides, now)
    release = int(run.get("release") or (last.release + 1 if last else 1))
    settings = variables() | {
        "now": now,
        "release": release,
        "previous_release": last.release if last else None,
    }
    for name, value in settings.items():
        connection.execute(f"SET VARIABLE {quoted(name)} = ?", [value])
    fill_vocabularies(connection, vocabulary, contracts)
    fill_policy(connection, vocabulary, contracts)
    seconds = dict(_run_models(connection))
    connection.execute(insert_rows("contract_column", contract_rows(contracts)))
    info = [
        release, now, contract_version(), policy()["version"], last.release if last else None,
        last.built_at if last else None, duckdb.__version__, json.dumps(run, default=str),
    ]  # fmt: skip
    connection.execute(insert_rows("release_info", [info]))
    _at_once(connection, [statement for contract in contracts.values() for statement in comments(contract)])
    rows = {name: _count(connection, name) for name in contracts}
    connection.execute("USE memory")
    connection.execute("DETACH release")
    return BuildReport(out, release, rows, seconds)


def _at_once(connection: duckdb.DuckDBPyConnection, statements: list[str]) -> None:
    connection.execute(";\n".join(["BEGIN", *statements, "COMMIT"]))


def utc(moment: datetime) -> datetime:
    """A moment as the warehouse keeps it: UTC, without a zone mark. A naive moment is taken to be UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _run_models(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, float]]:
    for path in sorted(MODELS.glob("*.sql")):
        began = time.perf_counter()
        try:
            connection.execute(path.read_text(encoding="utf-8"))
        except duckdb.Error as error:
            raise BuildError(f"model {path.name}: {error}") from error
        yield path.name, round(time.perf_counter() - began, 3)


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {quoted(table)}").fetchone()
    return int(row[0]) if row else 0
