"""The tables of an archive's log as DuckDB reads them: lines as they were written, and lines packed into Parquet.

Whatever is wrong with one line or one file stays its own matter: a line that is no row is passed over, a packed
file that is damaged is named in a warning, and all else is read.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from pipeline.archive.store import Store
from pipeline.records import Document, Outcome
from warehouse.sql import literal

log = logging.getLogger(__name__)
LINE_LIMIT = 16 * 1024 * 1024  # DuckDB refuses the whole file for a longer one
ASIDE = "aside/"  # notes on rows that a clock dated wrongly
UNREAD = ".unread"  # a file of lines that was packed, and of which not every line was a row
SEALED = re.compile(r"-([0-9a-f]{16})\.parquet$")  # the beginning of the file's own SHA-256
MOMENT = "BETWEEN TIMESTAMP '1000-01-01' AND TIMESTAMP '9000-01-01'"  # what every reader can count with
OUTCOMES = ", ".join(f"'{outcome.value}'" for outcome in Outcome)


@dataclass(frozen=True, slots=True)
class Table:
    """A table, in the folder of its name. `readable` tells rows from what a damaged line gave; `moment` is the column that
    dates a row."""

    name: str
    columns: Mapping[str, str]
    readable: str
    moment: str

    @property
    def order(self) -> str:
        return f"source_id, {self.moment}"

    @property
    def folder(self) -> str:
        return f"{self.name}/"

    @property
    def schema(self) -> str:
        return ", ".join(f"{name} {kind}" for name, kind in self.columns.items())


LOG = Table(
    "log",
    {
        **{f.name: "VARCHAR" for f in fields(Document)},
        "fetched_at": "TIMESTAMP",
        "status": "INTEGER",
        "size": "BIGINT",
        "elapsed_ms": "INTEGER",
        "published": "DATE",
        "redirects": "VARCHAR[]",
    },
    f"source_id IS NOT NULL AND url IS NOT NULL AND fetched_at {MOMENT} AND outcome IN ({OUTCOMES})",
    "fetched_at",
)
VISITS = Table(
    "visits",
    {
        "source_id": "VARCHAR",
        "began_at": "TIMESTAMP",
        "ended_at": "TIMESTAMP",
        "outcomes": "MAP(VARCHAR, BIGINT)",
        "size": "BIGINT",
    },
    f"source_id IS NOT NULL AND began_at {MOMENT} AND ended_at {MOMENT} AND outcomes IS NOT NULL AND size IS NOT NULL",
    "ended_at",
)


@dataclass(frozen=True, slots=True)
class Segments:
    """The files of a table: `lines` are not packed yet, `done` are packed and wait to be removed, `damaged` are
    packed files that cannot be read, `unread` are set aside."""

    lines: list[str]
    done: list[str]
    damaged: list[str]
    unread: list[str]


class SegmentError(Exception):
    """A packed file is not what was written."""


class LogReader:
    """Makes tables of a store's log files. A packed file is checked when it is first met."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._checked: dict[tuple[str, int, float], frozenset[str] | None] = {}  # None: damaged

    def load(self, table: Table, con: duckdb.DuckDBPyConnection) -> Segments:
        """Give a connection the view `<table>`, and `<table>_rows`, which also has the name of the file that each
        row was written to (`segment`)."""
        found = [file for file in self._store.names(table.folder) if file[1]]
        packed = {name: self._packed_in(*file) for file in found if (name := file[0]).endswith(".parquet")}
        sound = [name for name, segments in packed.items() if segments is not None]
        known = frozenset[str]().union(*(packed[name] or () for name in sound))
        written = [(name, size) for name, size, _ in found if name.endswith(".jsonl")]
        lines = [(name, size) for name, size in written if base(name) not in known]
        self._make_views(table, con, sound, lines)
        return Segments(
            [name for name, _ in lines],
            [name for name, _ in written if base(name) in known],
            [name for name, segments in packed.items() if segments is None],
            [name for name, _, _ in found if name.endswith(UNREAD)],
        )

    def until(self, table: Table, con: duckdb.DuckDBPyConnection, moment: datetime) -> None:
        """Leave out of the view `<table>`, which is loaded, what is dated after a moment, or put aside."""
        con.execute(
            f"CREATE OR REPLACE VIEW {table.name} AS SELECT {', '.join(table.columns)} FROM {table.name}_rows "
            f"WHERE {table.moment} <= {moment_sql(moment)} AND {self.not_aside(table)}"
        )

    def not_aside(self, table: Table) -> str:
        """What is true of a row of `<table>_rows` that no note puts aside, in SQL."""
        notes = (self._note(name) for name, size, _ in self._store.names(ASIDE) if size)
        tests = (
            f"NOT (segment IN ({quoted(segments)}) AND {table.moment} > {moment_sql(after)})"
            for after, segments in filter(None, notes)
        )
        return " AND ".join(["true", *tests])

    def put_aside(self, stamp: str, after: datetime, segments: list[str]) -> None:
        """Note that what these files hold of moments after one is never to be believed; without the note it is as before."""
        note = {"after": after.astimezone(UTC).isoformat(), "segments": segments}
        self._store.write(f"{ASIDE}{stamp}.json", json.dumps(note, indent=1).encode() + b"\n")
        self._store.sync()

    def _note(self, name: str) -> tuple[datetime, list[str]] | None:
        try:
            note = json.loads(self._store.read(name))
            return datetime.fromisoformat(note["after"]), [str(segment) for segment in note["segments"]]
        except (ValueError, KeyError, TypeError) as error:
            log.warning("%s is damaged and puts nothing aside: %s", name, error)
            return None

    def counts(self, table: Table, con: duckdb.DuckDBPyConnection) -> dict[str, int]:
        """Rows by the file that they were written to, of a table that is loaded."""
        return dict(con.execute(f"SELECT segment, count(*) FROM {table.name}_rows GROUP BY 1").fetchall())

    def unread(self, table: Table) -> dict[str, int]:
        """Files that have lines which are no rows, and how many."""
        with duckdb.connect() as con:
            files = self.load(table, con)
            rows = self.counts(table, con)
        found = {
            name: count_lines(self._store.read(name)) - rows.get(base(name).removesuffix(UNREAD), 0)
            for name in (*files.lines, *files.unread)
        }
        return {name: number for name, number in found.items() if number > 0}

    def _make_views(
        self, table: Table, con: duckdb.DuckDBPyConnection, packed: list[str], lines: list[tuple[str, int]]
    ) -> None:
        con.execute(f"CREATE TABLE {table.name}_apart ({table.schema}, segment VARCHAR)")
        plain: list[str] = []
        for name, size in lines:
            if size >= LINE_LIMIT and has_long_line(data := self._store.read(name)):
                self._load_apart(table, con, name, data)
            else:
                plain.append(self._store.queryable(name, con))
        parts = [f"FROM {table.name}_apart"]
        if plain:
            parts.append(_lines_sql(table, plain, "parse_filename(filename)"))
        if packed:
            files = quoted(self._store.queryable(name, con) for name in packed)
            parts.append(f"FROM read_parquet([{files}], union_by_name=true)")
        rows = " UNION ALL BY NAME ".join(f"({part})" for part in parts)
        con.execute(f"CREATE VIEW {table.name}_rows AS SELECT * FROM ({rows}) WHERE {table.readable}")
        con.execute(f"CREATE VIEW {table.name} AS SELECT {', '.join(table.columns)} FROM {table.name}_rows")

    def _load_apart(self, table: Table, con: duckdb.DuckDBPyConnection, name: str, data: bytes) -> None:
        """Take in a file without its over-long lines."""
        with TemporaryDirectory() as folder:
            path = Path(folder, base(name))
            path.write_bytes(b"\n".join(line for line in data.split(b"\n") if len(line) < LINE_LIMIT // 2))
            con.execute(
                f"INSERT INTO {table.name}_apart BY NAME {_lines_sql(table, [str(path)], quoted([base(name)]))}"
            )

    def _packed_in(self, name: str, size: int, changed: float) -> frozenset[str] | None:
        key = name, size, changed
        if key not in self._checked:
            try:
                self._checked[key] = self._check(name)
            except SegmentError as error:
                log.warning("%s is damaged and is not read: %s", name, error)
                self._checked[key] = None
        return self._checked[key]

    def _check(self, name: str) -> frozenset[str]:
        """The files whose rows a packed file holds. (In a connection of its own, which an error may ruin.)"""
        seal = SEALED.search(name)
        if seal and not fingerprint(self._store.read(name)).startswith(seal[1]):
            raise SegmentError("its content has another hash than its name")
        with duckdb.connect() as con:
            file = quoted([self._store.queryable(name, con)])
            try:
                rows = con.execute(f"SELECT DISTINCT segment FROM read_parquet([{file}])").fetchall()
            except duckdb.Error as error:
                raise SegmentError(str(error).partition("\n")[0]) from error
        return frozenset(segment for (segment,) in rows)


def moment_sql(moment: datetime) -> str:
    """A moment (with its zone) as the tables hold it, in SQL."""
    return f"TIMESTAMP '{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}'"


def _lines_sql(table: Table, files: Iterable[str], segment: str) -> str:
    """A query for the lines of files; what cannot be read of one is NULL."""
    schema = "{" + ", ".join(f"{name}: '{kind}'" for name, kind in table.columns.items()) + "}"
    return (
        f"SELECT * EXCLUDE (filename), {segment} AS segment FROM read_json([{quoted(files)}], columns={schema}, "
        f"format='newline_delimited', ignore_errors=true, filename=true, maximum_object_size={LINE_LIMIT})"
    )


def has_long_line(data: bytes) -> bool:
    """Whether a line is too long for DuckDB (by half, to be on the safe side)."""
    start, limit = 0, LINE_LIMIT // 2
    while len(data) - start > limit:
        end = data.rfind(b"\n", start, start + limit)
        if end < 0:
            return True
        start = end + 1
    return False


def count_lines(data: bytes) -> int:
    """Lines, one that was not ended among them."""
    return data.count(b"\n") + (not data.endswith(b"\n") and bool(data))


def fingerprint(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def base(name: str) -> str:
    return name.rpartition("/")[2]


def quoted(names: Iterable[str]) -> str:
    """File names as a list of SQL strings."""
    return ", ".join(map(literal, names))
