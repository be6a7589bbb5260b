"""Releases as snapshots of a DuckLake (https://ducklake.select/docs/stable/specification/introduction): a catalog in SQLite or
Postgres, and Parquet files beside it, which many read while one writes.

A release is one transaction, hence one snapshot; its commit message names the release, and its `commit_extra_info` holds
what this module goes by. A table whose rows are as they were is not written again. Views travel
with it, macros do not: DuckLake 1.0 keeps no parameter that is NULL by default. Readers see the newest snapshot, or
ask for an older one (`AT (VERSION => n)`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from warehouse.content import hash_of_rows
from warehouse.release import Release, Releases
from warehouse.release_files import withdrawn
from warehouse.sql import literal, quoted
from warehouse.targets.extensions import allow_s3, load
from warehouse.targets.target import Delivery, TargetError, refuse_strangers, without_secret

PREFIX = "ducklake:"
SCANNERS = {"sqlite": "sqlite_scanner", "postgres": "postgres_scanner"}
VIEWS = ""  # among fingerprints of tables
SQLITE = (
    "META_JOURNAL_MODE 'WAL'",
    "META_BUSY_TIMEOUT 5000",
)  # else readers and the writer lock each other out
GRACE = "INTERVAL 1 DAY"  # files that no snapshot needs any more stay so long for those who read them
AUTHOR = "iop"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot that holds a release. `tables` has a fingerprint of each table's columns and rows."""

    snapshot: int
    release: int
    sha256: str
    tables: Mapping[str, str] = field(default_factory=dict)


class LakeTarget:
    """A DuckLake by its address, as `ATTACH` takes it: `ducklake:sqlite:FILE`, `ducklake:postgres:dbname=… host=…` (the
    password from `PGPASSWORD` or `~/.pgpass`). `data` is where its files lie; the catalog remembers that."""

    def __init__(self, place: str, data: str | Path | None = None) -> None:
        self.name, self._place = without_secret(place), place
        kind, _, where = place.removeprefix(PREFIX).partition(":")
        if kind not in SCANNERS or not where:
            raise TargetError(
                f"{self.name} is no catalog: write ducklake:sqlite:FILE or ducklake:postgres:dbname=…"
            )
        self._scanner, self._file = SCANNERS[kind], Path(where) if kind == "sqlite" else None
        self._data = str(data) if data else f"{where}.files" if self._file else None

    def bring_up(self, releases: Releases) -> Delivery:
        current, mine = releases.current(), {release.number: release for release in releases.list()}
        if current is None:
            return Delivery(self.name, None)
        sent: list[Release] = []
        with self._open() as lake:
            while release := publish_next(lake, self.name, mine, current):
                sent.append(release)
            forget(lake, {*mine, current.number}, withdrawn(releases.folder))
        return Delivery(self.name, current.number, tuple(r.number for r in sent), sum(r.bytes for r in sent))

    def current(self) -> int | None:
        if self._file and not self._file.exists():
            return None
        with self._open(read_only=True) as lake:
            there = snapshots(lake)
        return there[-1].release if there else None

    @contextmanager
    def _open(self, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection with the lake attached as `lake`; what DuckDB refuses becomes a TargetError of one line."""
        options = ["READ_ONLY"] if read_only else []
        if self._file:
            options += SQLITE
            if not read_only:
                self._file.parent.mkdir(parents=True, exist_ok=True)
        if self._data:
            options.append(f"DATA_PATH {literal(self._data)}")
        shown = f" ({', '.join(options)})" if options else ""
        with _connection() as connection:
            load(connection, self._scanner, "ducklake")
            if self._data and self._data.startswith("s3://"):
                allow_s3(connection)
            try:
                connection.execute(f"ATTACH {literal(self._place)} AS lake{shown}")
                yield connection
            except duckdb.Error as error:
                raise TargetError(
                    f"{self.name}: {' '.join(without_secret(str(error)).split())}. Look at the catalog and at "
                    "IOP_LAKE_DATA; where somebody else wrote meanwhile, run again"
                ) from error


def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def missed(mine: Mapping[int, Release], current: Release, last: Snapshot | None) -> Sequence[Release]:
    """What is to be published in turn, so that the newest snapshot is the current release: also those before it that the
    lake never had. Newer ones, which readers do not see yet, wait."""
    if last and last.release == current.number:
        return ()
    newest = last.release if last else 0
    return [*(r for n, r in sorted(mine.items()) if newest < n < current.number), current]


def snapshots(lake: duckdb.DuckDBPyConnection) -> list[Snapshot]:
    """Those that hold releases, oldest first; what others did in the lake is passed over."""
    rows = lake.execute(
        "SELECT snapshot_id, commit_extra_info FROM ducklake_snapshots('lake') WHERE author = ? ORDER BY snapshot_id",
        [AUTHOR],
    ).fetchall()
    return [Snapshot(number, **json.loads(told)) for number, told in rows if told]


def publish_next(
    lake: duckdb.DuckDBPyConnection, name: str, mine: Mapping[int, Release], current: Release
) -> Release | None:
    """Make the first release that is missing the newest snapshot; None where none is. What is missing is looked up in the
    transaction that writes, so that of two publishers the second fails as it commits."""
    lake.execute("BEGIN")
    try:
        there = snapshots(lake)
        refuse_strangers(name, mine, {s.release: s.sha256 for s in there})
        missing = missed(mine, current, there[-1] if there else None)
        if missing:
            _lay_down(lake, missing[0], there[-1].tables if there else {})
        lake.execute("COMMIT")
    except TargetError:
        lake.execute("ROLLBACK")
        raise
    return missing[0] if missing else None


def _lay_down(lake: duckdb.DuckDBPyConnection, release: Release, before: Mapping[str, str]) -> None:
    """Write what differs from the fingerprints `before`, under a message that names the release."""
    wanted, columns, views = _of_release(release)
    there = _columns(lake, "lake")
    lake.execute(f"ATTACH {literal(str(release.path))} AS release_{release.number} (READ_ONLY)")
    for table, described in columns.items():
        if before.get(table) != wanted[table]:
            lake.execute(_write(table, f"release_{release.number}", there.get(table) == described))
    for table in sorted(before.keys() - wanted.keys()):
        lake.execute(f"DROP TABLE lake.{quoted(table)}")
    if before.get(VIEWS) != wanted[VIEWS]:
        made = [sql.replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1) for _, sql in views]
        lake.execute("\n".join(["USE lake;", *made, "USE memory"]))
    told = json.dumps({"release": release.number, "sha256": release.sha256, "tables": wanted})
    message = f"release {release.number}, built {release.built_at}"
    lake.execute(
        f"CALL lake.set_commit_message({literal(AUTHOR)}, {literal(message)}, extra_info => {literal(told)})"
    )


def forget(lake: duckdb.DuckDBPyConnection, retained: Set[int], withdrawn: Set[int] = frozenset()) -> None:
    """Let go of the snapshots of other releases, and of files that none has needed for a while; what was withdrawn leaves
    its files at once. The newest snapshot stays."""
    gone = [s for s in snapshots(lake)[:-1] if s.release not in retained]
    if gone:
        lake.execute(f"CALL ducklake_expire_snapshots('lake', versions => {[s.snapshot for s in gone]})")
    grace = "INTERVAL 0 SECONDS" if any(s.release in withdrawn for s in gone) else GRACE
    lake.execute(f"CALL ducklake_cleanup_old_files('lake', older_than => now() - {grace})")


def _write(table: str, release: str, has_same_columns: bool) -> str:
    name = quoted(table)
    if has_same_columns:
        return f"DELETE FROM lake.{name}; INSERT INTO lake.{name} FROM {release}.{name}"
    return f"CREATE OR REPLACE TABLE lake.{name} AS FROM {release}.{name}"


def _columns(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, list[Any]]:
    """Columns and types of each table of a database, in order."""
    rows = connection.execute(
        """SELECT table_name, list([column_name, data_type] ORDER BY column_index) FROM duckdb_columns()
        JOIN duckdb_tables() USING (database_name, table_name) WHERE database_name = ? GROUP BY ALL ORDER BY ALL""",
        [database],
    ).fetchall()
    return dict(rows)


def _of_release(release: Release) -> tuple[dict[str, str], dict[str, list[Any]], list[tuple[str, str]]]:
    """Fingerprints of a release's tables and of its views, the tables' columns, the views' SQL."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {literal(str(release.path))} AS release (READ_ONLY); USE release")
        tables = _columns(connection, "release")
        views = connection.execute(
            "SELECT view_name, sql FROM duckdb_views() WHERE database_name = 'release' AND NOT internal ORDER BY ALL"
        ).fetchall()
        found = {VIEWS: _short(str(views).encode())}
        for table, columns in tables.items():
            rows = hash_of_rows(connection, table, [name for name, _ in columns])
            found[table] = _short(f"{duckdb.__version__} {columns}".encode() + rows)
    return found, tables, views


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
