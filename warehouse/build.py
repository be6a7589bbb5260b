"""Builds one release: stage tables and vocabularies in, a complete DuckDB file at a private path out.

The work is SQL (`models/*.sql`, run in order of their names); this module only lays the table: it attaches what the
models read under the names `stage`, `previous`, `override` and `policy`, and scratch space as `work`.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.admission import admit
from warehouse.build_report import BuildReport
from warehouse.clock import next_change
from warehouse.contracts import contract_version, release_tables
from warehouse.coverage.marts import functions
from warehouse.coverage.marts.fill import fill_marts
from warehouse.ddl import comments, contract_rows, create_table
from warehouse.drafts import clear
from warehouse.engine import block_size, threads
from warehouse.entity_json.publish import fill_schemas
from warehouse.geography import lookup
from warehouse.inputs import attach_overrides, attach_previous, attach_stage
from warehouse.people import functions as people
from warehouse.policy import policy, variables
from warehouse.reference import Trust, fill_kinds, fill_policy, fill_vocabularies
from warehouse.sql import insert_rows, literal, quoted
from warehouse.types import utc

MODELS = Path(__file__).parent / "models"
STORAGE_VERSION = "v1.2.0"  # read by every DuckDB since 1.2, also when 2.0 writes it
MEMORY = "600MB"  # DuckDB's share; what does not fit spills to disk
SCRATCH = ("stage", "previous", "override", "policy", "work")


class BuildError(RuntimeError):
    """A release that could not be built; the message names what to look at."""


def build(
    stage: Path,
    vocabulary: Path,
    out: Path,
    *,
    trust: Mapping[str, Trust],
    previous: Path | None,
    overrides: Path | None,
    now: datetime,
    run: Mapping[str, Any],
) -> BuildReport:
    """Build a release from the folder of stage tables into the file `out`, which is replaced.

    `trust` is how far each kind of source is believed (`reference.Trust`), `previous` the last published release (history and first sights
    are carried from it), `overrides` the folder of reviewed decisions, `now` the time that every age is counted to.
    `run` is kept as JSON in `release_info`; its `release` is the number to give, by default one more than the previous.
    StageError where an input does not fit its contract, BuildError where a model fails.
    """
    contracts, now = release_tables(), utc(now)
    with _new_release(out, threads(stage, previous), block_size(stage)) as connection:
        _at_once(connection, [create_table(contract) for contract in contracts.values()])
        attach_stage(connection, stage)
        last = attach_previous(connection, previous, contracts)
        attach_overrides(connection, overrides, now)
        release = int(run.get("release") or (last.release + 1 if last else 1))
        fill_vocabularies(connection, vocabulary, contracts)
        moment = {"now": now, "release": release, "previous_release": last.release if last else None}
        for name, value in (variables(vocabulary) | moment).items():
            connection.execute(f"SET VARIABLE {quoted(name)} = ?", [value])
        before = (last.release, last.built_at) if last else (None, None)
        versions = contract_version(), policy()["version"]
        info = (release, now, *versions, *before, duckdb.__version__, json.dumps(run, default=str))
        connection.execute(insert_rows("release_info", [info]))
        admit(connection, contracts)
        fill_kinds(connection, trust)
        fill_policy(connection, vocabulary, contracts)
        lookup.register(connection)
        functions.register(connection)
        people.register(connection)
        seconds = dict(_run_models(connection))
        began = time.perf_counter()
        fill_marts(connection)
        seconds["coverage"] = round(time.perf_counter() - began, 3)
        fill_schemas(connection)
        connection.execute(insert_rows("contract_column", contract_rows(contracts)))
        _at_once(connection, [text for contract in contracts.values() for text in comments(contract)])
        rows = {name: _count(connection, name) for name in contracts}
        refused = connection.execute("SELECT source_id, count(*) FROM quarantine GROUP BY ALL").fetchall()
        changes_at = next_change(connection, contracts, now)
        return BuildReport(out, release, rows, seconds, dict(refused), changes_at)


@contextmanager
def _new_release(out: Path, threads: int, block_size: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a new file, which is complete when it closes, with scratch databases beside it."""
    out.parent.mkdir(parents=True, exist_ok=True)
    _remove(out)
    spill = out.with_name(out.name + ".spill")
    clear(spill)
    try:
        with duckdb.connect(
            config={"memory_limit": MEMORY, "threads": threads, "temp_directory": str(spill)}
        ) as connection:
            file = f"{literal(str(out))} AS release"
            form = f"(STORAGE_VERSION {literal(STORAGE_VERSION)}, BLOCK_SIZE {block_size})"
            for database in (f"{file} {form}", *(f"':memory:' AS {name}" for name in SCRATCH)):
                connection.execute(f"ATTACH {database}")
            connection.execute("USE release")
            yield connection
            connection.execute("USE memory")
            connection.execute("DETACH release")
    except BaseException:
        _remove(out)  # half of a release is of no use, and may be what fills the disk
        raise
    finally:
        shutil.rmtree(spill, ignore_errors=True)


def _remove(out: Path) -> None:
    for file in (out, out.with_name(out.name + ".wal")):
        file.unlink(missing_ok=True)


def _at_once(connection: duckdb.DuckDBPyConnection, statements: list[str]) -> None:
    connection.execute(";\n".join(["BEGIN", *statements, "COMMIT"]))


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
