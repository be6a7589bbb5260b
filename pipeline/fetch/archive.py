"""The archive: every byte received, by content hash, and a log with one row for every attempt to fetch.

Content lies in `blobs/ab/<sha256>.zst`, the log in `log/*.jsonl`, which DuckDB reads (`Archive.connection`). Both
are only added to. A blob is complete before the row that names it is written, and each writer has a log file
of its own: a kill at any moment leaves at most an unnamed blob, or half a last line, which readers skip.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import zstandard

from pipeline.fetch.packer import Packer
from pipeline.fetch.store import LogWriter, Store, open_store
from pipeline.fetch.visit_log import VisitRow, read_visits, visit_line
from pipeline.records import Document, Outcome

LEVEL = 3  # zstd: levels above 3 gain 5% of size for twice the time
COLUMNS = {
    **{f.name: "VARCHAR" for f in fields(Document)},
    "fetched_at": "TIMESTAMP",
    "status": "INTEGER",
    "size": "BIGINT",
    "elapsed_ms": "INTEGER",
    "redirects": "VARCHAR[]",
}
_thread = threading.local()


class ArchiveError(Exception):
    """The archive's content is not what its name says."""


class Archive:
    """A folder (or fsspec URL, such as "s3://bucket/archive") of content and its log."""

    def __init__(self, root: str | Path) -> None:
        self.store: Store = open_store(root)
        self._logs: dict[str, LogWriter] = {}
        self._packer = Packer(self.put, self.store.writers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def put(self, data: bytes) -> str:
        """Keep content; the SHA-256 of it is its name. Content already kept is not written again."""
        sha256 = hashlib.sha256(data).hexdigest()
        name = blob_name(sha256)
        if not self.store.exists(name):
            self.store.write(name, _compressor().compress(data))
        return sha256

    async def put_beside(self, data: bytes) -> str:
        """`put` in a thread, so that an event loop goes on meanwhile."""
        return await self._packer.put(data)

    def get(self, sha256: str) -> bytes:
        """Content by its hash. Raises KeyError if it is not kept, ArchiveError if it is damaged."""
        try:
            packed = self.store.read(blob_name(sha256))
        except FileNotFoundError:
            raise KeyError(sha256) from None
        try:
            data = zstandard.ZstdDecompressor().decompress(packed)
        except zstandard.ZstdError as error:
            raise ArchiveError(f"{sha256}: {error}") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ArchiveError(f"{sha256}: content has another hash")
        return data

    def __contains__(self, sha256: object) -> bool:
        return isinstance(sha256, str) and self.store.exists(blob_name(sha256))

    def record(self, document: Document) -> None:
        """Log one attempt. Its content must have been put before."""
        self._log("log").append(to_line(document))

    def record_visit(self, visit: VisitRow) -> None:
        """Log that a source was read to the end."""
        self._log("visits").append(visit_line(visit))

    def visits(self) -> list[VisitRow]:
        """All visits, oldest first."""
        self.flush()
        logs = [name for name, _, _ in self.store.names("visits/") if name.endswith(".jsonl")]
        return sorted(
            (row for name in logs for row in read_visits(self.store.read(name))), key=lambda v: v.ended_at
        )

    def flush(self) -> None:
        """Make what is logged durable (object stores: write what is buffered)."""
        for log in self._logs.values():
            log.flush()

    def close(self) -> None:
        for log in self._logs.values():
            log.close()
        self._logs.clear()
        self._packer.close()

    def _log(self, folder: str) -> LogWriter:
        if folder not in self._logs:
            self._logs[folder] = self.store.log_writer(f"{folder}/{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
        return self._logs[folder]

    def documents(
        self, source_id: str | None = None, as_of: datetime | None = None, since: datetime | None = None
    ) -> Iterator[Document]:
        """Logged attempts in order of time: of one source, until `as_of` (inclusive), from `since`."""
        tests = [
            ("source_id = ?", source_id),
            ("fetched_at <= ?", utc(as_of)),
            ("fetched_at >= ?", utc(since)),
        ]
        where = " AND ".join(sql for sql, value in tests if value is not None) or "true"
        values = [value for _, value in tests if value is not None]
        yield from self.select(f"SELECT * FROM log WHERE {where} ORDER BY fetched_at, source_id, url", values)

    def latest(self) -> Latest:
        """The newest attempts with content, as they are now."""
        return Latest(self.connection())

    def connection(self) -> duckdb.DuckDBPyConnection:
        """An in-memory DuckDB with the log as the view `log`."""
        self.flush()
        con = duckdb.connect()
        columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        con.execute(f"CREATE TABLE nothing ({columns})")
        packed, lines = self.segments(con)
        parts = ["SELECT * FROM nothing"]
        if packed:
            parts.append(f"SELECT * EXCLUDE (segment) FROM read_parquet([{quoted(packed)}])")
        if lines:
            parts.append(read_lines(lines))
        con.execute(f"CREATE VIEW log AS {' UNION ALL BY NAME '.join(parts)}")
        return con

    def segments(self, con: duckdb.DuckDBPyConnection) -> tuple[list[str], list[str]]:
        """The log's files as DuckDB calls them: packed ones, and lines that are not packed yet."""
        names = [name for name, size, _ in self.store.names("log/") if size]
        packed = [self.store.queryable(name, con) for name in names if name.endswith(".parquet")]
        done: set[str] = set()
        if packed:
            query = f"SELECT DISTINCT segment FROM read_parquet([{quoted(packed)}])"
            done = {segment for (segment,) in con.execute(query).fetchall()}
        lines = [name for name in names if name.endswith(".jsonl") and name.rpartition("/")[2] not in done]
        return packed, [self.store.queryable(name, con) for name in lines]

    def select(self, sql: str, values: list[Any] | dict[str, Any]) -> Iterator[Document]:
        """Documents that a query over `log` gives."""
        with self.connection() as con:
            yield from _documents(con, sql, values)


class Latest:
    """Per source and URL, the newest attempt with content: what conditional requests compare with.

    Pages that were gone twice since are left out. Read from the log once, and kept packed.
    """

    TABLE = """
        CREATE TABLE latest AS
        WITH content AS (
            SELECT * FROM log WHERE outcome IN ('ok', 'unchanged') AND sha256 IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY source_id, url ORDER BY fetched_at DESC) = 1
        ), absent AS (
            SELECT c.source_id, c.url FROM content c JOIN log USING (source_id, url)
            WHERE log.outcome = 'gone' AND log.fetched_at > c.fetched_at GROUP BY ALL HAVING count(*) >= 2
        )
        SELECT * FROM content ANTI JOIN absent USING (source_id, url) ORDER BY source_id"""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        con.execute(self.TABLE)

    def of(self, source_ids: Iterable[str]) -> dict[str, dict[str, Document]]:
        """The attempts of these sources, by source and URL."""
        found: dict[str, dict[str, Document]] = {}
        sql = "SELECT * FROM latest WHERE source_id IN (SELECT unnest(?::VARCHAR[]))"
        for document in _documents(self._con, sql, [list(source_ids)]):
            found.setdefault(document.source_id, {})[document.url] = document
        return found


def _documents(
    con: duckdb.DuckDBPyConnection, sql: str, values: list[Any] | dict[str, Any]
) -> Iterator[Document]:
    result = con.execute(sql, values)
    names = [column[0] for column in result.description]
    while rows := result.fetchmany(2000):
        for row in rows:
            yield from_row(dict(zip(names, row, strict=True)))


def read_lines(files: Iterable[str], filename: bool = False) -> str:
    """A query for the rows of log files; a line cut short by a kill is skipped."""
    schema = "{" + ", ".join(f"{name}: '{kind}'" for name, kind in COLUMNS.items()) + "}"
    return (
        f"SELECT * FROM read_json([{quoted(files)}], columns={schema}, format='newline_delimited', "
        f"ignore_errors=true, filename={str(filename).lower()}) WHERE url IS NOT NULL"
    )


def quoted(names: Iterable[str]) -> str:
    """File names as a list of SQL strings."""
    return ", ".join("'" + name.replace("'", "''") + "'" for name in names)


def blob_name(sha256: str) -> str:
    return f"blobs/{sha256[:2]}/{sha256}.zst"


def to_line(document: Document) -> bytes:
    """One row of the log: a JSON object on one line."""
    stated = ((name, getattr(document, name)) for name in COLUMNS)
    row = {name: value for name, value in stated if value not in (None, "", ())}
    row["fetched_at"] = document.fetched_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


def from_row(row: dict[str, Any]) -> Document:
    """A Document from a row of the log."""
    row["fetched_at"] = row["fetched_at"].replace(tzinfo=UTC)
    row["outcome"] = Outcome(row["outcome"])
    row["redirects"] = tuple(row["redirects"] or ())
    row["detail"] = row["detail"] or ""
    row["elapsed_ms"] = row["elapsed_ms"] or 0
    return Document(**row)


def utc(moment: datetime | None) -> datetime | None:
    """A moment as the log's TIMESTAMP columns hold it: UTC, without a zone. One without a zone is taken for UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment and moment.tzinfo else moment


def _compressor() -> zstandard.ZstdCompressor:
    if not hasattr(_thread, "compressor"):  # a compressor is not for two threads at once
        _thread.compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
    compressor: zstandard.ZstdCompressor = _thread.compressor
    return compressor
