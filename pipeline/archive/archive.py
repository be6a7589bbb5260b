"""The archive: every byte received, by content hash, and a log with one row for every attempt to fetch.

Content lies in `blobs/ab/<sha256>.zst`, the log in `log/*.jsonl`, which DuckDB reads (`Archive.connection`). Both
are only added to. A blob is complete before the row that names it is written, and each writer has a log file
of its own: a kill at any moment leaves at most an unnamed blob, or half a last line, which readers skip. Content
that was found damaged has a mark in `damaged/` and counts as absent, until it is put again.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import duckdb
import zstandard

from pipeline.archive.log import LINE_LIMIT, LOG, VISITS, LogReader, Table, quoted
from pipeline.archive.packer import Packer
from pipeline.archive.store import LogWriter, Store, open_store
from pipeline.archive.visits import VisitRow, visit_line
from pipeline.records import Document, Outcome
from warehouse.types import utc

LEVEL = 3  # zstd: levels above 3 gain 5% of size for twice the time
COLUMNS = LOG.columns
HASH = re.compile(r"[0-9a-f]{64}")
MARKS = "damaged/"
AHEAD = timedelta(days=1)  # that the clock of another machine, or of another zone, may be ahead of ours
T = TypeVar("T")
_thread = threading.local()
_outcomes = {outcome.value: outcome for outcome in Outcome}
_fields: list[Callable[[Document, Any], None]] = [vars(Document)[name].__set__ for name in COLUMNS]


class ArchiveError(Exception):
    """The archive's content is not what its name says, or it takes no more."""


class Archive:
    """A folder (or fsspec URL, such as "s3://bucket/archive") of content and its log."""

    def __init__(self, root: str | Path) -> None:
        self.store: Store = open_store(root)
        self.reader = LogReader(self.store)
        self._logs: dict[str, LogWriter] = {}
        self._packer = Packer(self.put, self.store.writers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def put(self, data: bytes) -> str:
        """Keep content; the SHA-256 of it is its name. What is kept already, and whole, is not written again."""
        sha256 = hashlib.sha256(data).hexdigest()
        name = blob_name(sha256)
        if not self.store.renew(name, partial(_holds, data)):
            self.store.write(name, _compressor().compress(data))
        if sha256 in self._marks:
            self._marks.discard(sha256)
            self.store.remove(MARKS + sha256)
        return sha256

    async def put_beside(self, data: bytes) -> str:
        """`put` in a thread, so that an event loop goes on meanwhile."""
        try:
            return await self._packer.put(data)
        except OSError as error:  # no fault of who sent it
            raise ArchiveError(f"the archive takes no content: {error}") from error

    def get(self, sha256: str) -> bytes:
        """Content by its hash. Raises KeyError if it is not kept, ArchiveError if it is damaged."""
        try:
            packed = self.store.read(blob_name(sha256)) if HASH.fullmatch(sha256) else b""
        except FileNotFoundError:
            packed = b""
        if not packed:
            raise KeyError(sha256)
        try:
            data = _decompressor().decompress(packed)
        except (zstandard.ZstdError, MemoryError) as error:  # memory: the size that it names is wrong
            self._mark(sha256)
            raise ArchiveError(f"{sha256}: {error}") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            self._mark(sha256)
            raise ArchiveError(f"{sha256}: content has another hash")
        return data

    def __contains__(self, sha256: object) -> bool:
        """Whether content is kept, as far as is known without reading it."""
        if not isinstance(sha256, str) or sha256 in self._marks or not HASH.fullmatch(sha256):
            return False
        return self.store.exists(blob_name(sha256))

    @cached_property
    def _marks(self) -> set[str]:
        """Content that was found damaged, by whichever process read it."""
        return {name.removeprefix(MARKS) for name, _, _ in self.store.names(MARKS)}

    def _mark(self, sha256: str) -> None:
        """Let content count as absent, so that its page is asked for without conditions, and it is put again."""
        self._marks.add(sha256)
        with suppress(OSError):  # an archive that may only be read
            self.store.write(MARKS + sha256, b"\n")

    def record(self, document: Document) -> None:
        """Log one attempt. Its content must have been put before."""
        line = to_line(document)
        if len(line) > LINE_LIMIT // 2:
            raise ArchiveError(f"a row of {len(line)} bytes could not be read again")
        try:
            self._log("log").append(line)
        except OSError as error:
            raise ArchiveError(f"the archive takes no row: {error}") from error

    def record_visit(self, visit: VisitRow) -> None:
        """Log that a source was read to the end."""
        self._log("visits").append(visit_line(visit))

    def visits(self) -> list[VisitRow]:
        """All visits, oldest first."""
        rows = self._read((VISITS,), lambda con: con.execute("FROM visits ORDER BY ended_at").fetchall())
        return [
            VisitRow(source_id, began.replace(tzinfo=UTC), ended.replace(tzinfo=UTC), dict(outcomes), size)
            for source_id, began, ended, outcomes, size in rows
        ]

    def flush(self) -> None:
        """Make durable what is logged, after the contents that it names (object stores: write what is buffered)."""
        self.store.sync()
        for log in self._logs.values():
            log.flush()

    def close(self) -> None:
        self._packer.close()
        self.store.sync()
        for log in self._logs.values():
            log.close()
        self._logs.clear()

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
        return self._read((LOG,), Latest, keep=True)

    def asked(self, source_ids: Sequence[str]) -> set[tuple[str, str, date | None]]:
        """What these sources were ever asked for: source, URL and edition."""
        sql = "SELECT DISTINCT source_id, url, published FROM log WHERE source_id IN (SELECT unnest(?::VARCHAR[]))"
        return set(self._read((LOG,), lambda con: con.execute(sql, [list(source_ids)]).fetchall()))

    def connection(self) -> duckdb.DuckDBPyConnection:
        """An in-memory DuckDB with all of the log as the view `log`."""
        return self.with_rows((LOG,))

    def with_rows(self, tables: Iterable[Table]) -> duckdb.DuckDBPyConnection:
        """The same with all of some tables, and which file each row was written to (`<table>_rows`)."""
        return self._connection(tables, past=False)

    def select(self, sql: str, values: list[Any] | dict[str, Any]) -> Iterator[Document]:
        """Documents that a query over `log` and `visits` gives."""
        con = self._read((LOG, VISITS), lambda con: con.execute(sql, values), keep=True)
        with con:
            yield from _documents(con)

    def _connection(self, tables: Iterable[Table], past: bool = True) -> duckdb.DuckDBPyConnection:
        """`past`: without rows of the future, and what was put aside (`clock.py`). A clock that was ahead wrote them; they
        would stand as the newest, and keep a source from being due, until that day has come."""
        self.flush()
        con = duckdb.connect()
        for table in tables:
            self.reader.load(table, con)
            if past:
                self.reader.until(table, con, datetime.now(UTC) + AHEAD)
        return con

    def _read(
        self, tables: Iterable[Table], work: Callable[[duckdb.DuckDBPyConnection], T], keep: bool = False
    ) -> T:
        """What `work` gives for a connection with some tables. Begun anew if the files were packed meanwhile."""
        con = self._connection(tables)
        try:
            found = work(con)
        except duckdb.IOException:
            con.close()
            con = self._connection(tables)
            found = work(con)
        if not keep:
            con.close()
        return found


class Latest:
    """Per source and URL, the newest attempt with content: what conditional requests compare with.

    Pages that were gone twice since are left out. Read from the log once, and kept packed.
    """

    ATTEMPTS = """
        CREATE TEMP TABLE attempt AS
        SELECT * FROM log WHERE outcome = 'gone' OR outcome IN ('ok', 'unchanged') AND sha256 IS NOT NULL"""
    TABLE = """
        CREATE TABLE latest AS
        WITH content AS (
            SELECT * FROM attempt WHERE outcome <> 'gone'
            QUALIFY row_number() OVER (PARTITION BY source_id, url ORDER BY fetched_at DESC) = 1
        ), absent AS (
            SELECT c.source_id, c.url FROM content c JOIN attempt USING (source_id, url)
            WHERE attempt.outcome = 'gone' AND attempt.fetched_at > c.fetched_at
            GROUP BY ALL HAVING count(DISTINCT attempt.fetched_at) >= 2
        )
        SELECT * FROM content ANTI JOIN absent USING (source_id, url) ORDER BY source_id"""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        con.execute(self.ATTEMPTS)
        con.execute(self.TABLE)
        con.execute("DROP TABLE attempt")

    def of(self, source_ids: Iterable[str]) -> dict[str, dict[str, Document]]:
        """The attempts of these sources, by source and URL."""
        found: dict[str, dict[str, Document]] = {}
        ids = quoted(source_ids) or "NULL"  # in the text: for a parameter DuckDB imports pandas, if it can
        for document in _documents(self._con.execute(f"SELECT * FROM latest WHERE source_id IN ({ids})")):
            found.setdefault(document.source_id, {})[document.url] = document
        return found


def _documents(result: duckdb.DuckDBPyConnection) -> Iterator[Document]:
    names = [column[0] for column in result.description]
    pick = itemgetter(*(names.index(name) for name in COLUMNS))
    while rows := result.fetchmany(2000):
        for row in rows:
            yield _document(pick(row))


def blob_name(sha256: str) -> str:
    return f"blobs/{sha256[:2]}/{sha256}.zst"


def to_line(document: Document) -> bytes:
    """One row of the log: a JSON object on one line."""
    stated = ((name, getattr(document, name)) for name in COLUMNS)
    row = {name: value for name, value in stated if value not in (None, "", ())}
    row["fetched_at"] = document.fetched_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    text = json.dumps(row, ensure_ascii=False, default=str)  # of dates
    return text.encode(errors="replace") + b"\n"  # lone surrogates are no text


def from_row(row: dict[str, Any]) -> Document:
    """A Document from a row of the log. Raises ValueError for an outcome that is none."""
    row = row | {"outcome": Outcome(row["outcome"])}
    return _document([row[name] for name in COLUMNS])


def _document(row: Sequence[Any]) -> Document:
    """A Document from values in the order of the columns. (A frozen dataclass's own `__init__` takes twice as long.)"""
    source_id, url, fetched_at, outcome, *others, detail, elapsed_ms, redirects = row
    moment = fetched_at.replace(tzinfo=UTC)
    last = (detail or "", elapsed_ms or 0, tuple(redirects) if redirects else ())
    values = (source_id, url, moment, _outcomes[outcome], *others, *last)
    document = object.__new__(Document)
    for put, value in zip(_fields, values, strict=True):
        put(document, value)
    return document


def _compressor() -> zstandard.ZstdCompressor:
    if not hasattr(_thread, "compressor"):  # a compressor is not for two threads at once
        _thread.compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
    compressor: zstandard.ZstdCompressor = _thread.compressor
    return compressor


def _decompressor() -> zstandard.ZstdDecompressor:
    if not hasattr(_thread, "decompressor"):
        _thread.decompressor = zstandard.ZstdDecompressor()
    decompressor: zstandard.ZstdDecompressor = _thread.decompressor
    return decompressor


def _holds(data: bytes, packed: bytes) -> bool:
    """Whether a blob holds this content, its checksum being right too."""
    try:
        return bool(packed) and _decompressor().decompress(packed) == data
    except (zstandard.ZstdError, MemoryError):
        return False
