"""Upkeep of an archive: what it holds, and what of it is needed no more."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import zstandard

from pipeline.archive.archive import MARKS, Archive, ArchiveError
from pipeline.archive.log import LOG, UNREAD, VISITS, Table, base, fingerprint, quoted
from pipeline.archive.replay import current_documents
from warehouse.types import utc

YOUNG_S = 86_400.0  # a file this young may be in use: content whose row is about to be written, an open log
HASHES = re.compile(rb"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Stats:
    """Sizes are bytes of the contents that are kept: `stored` as they lie there, `content` decompressed.

    `unread` is the number of lines of the log that are no rows, `damaged` the contents that were found so, and
    `damaged_logs` the packed files that cannot be read.
    """

    attempts: int
    sources: int
    urls: int
    contents: int
    content: int
    stored: int
    first: datetime | None
    last: datetime | None
    outcomes: dict[str, int] = field(default_factory=dict)
    unread: int = 0
    damaged: int = 0
    damaged_logs: tuple[str, ...] = ()

    @property
    def ratio(self) -> float | None:
        return self.content / self.stored if self.stored else None


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed, or would be."""

    orphans: int
    superseded: int
    stored: int


def stats(archive: Archive) -> Stats:
    """Counts of an archive."""
    with archive.connection() as con:
        row = con.execute(
            "SELECT count(*), count(DISTINCT source_id), count(DISTINCT (source_id, url)), min(fetched_at), "
            "max(fetched_at) FROM log"
        ).fetchone()
        counts = con.execute("SELECT outcome, count(*) FROM log GROUP BY 1 ORDER BY 2 DESC, 1").fetchall()
        logged = dict(
            con.execute("SELECT sha256, max(size) FROM log WHERE sha256 IS NOT NULL GROUP BY 1").fetchall()
        )
    attempts, sources, urls, first, last = row or (0, 0, 0, None, None)
    kept = {
        base(name).removesuffix(".zst"): (name, size)
        for name, size, _ in archive.store.names("blobs/")
        if name.endswith(".zst") and size
    }
    content = 0
    for sha256, (name, _) in kept.items():
        size = logged.get(sha256)
        content += _content_size(archive, name) if size is None else size
    return Stats(
        attempts,
        sources,
        urls,
        len(kept),
        content,
        sum(size for _, size in kept.values()),
        first,
        last,
        dict(counts),
        sum(sum(archive.reader.unread(table).values()) for table in (LOG, VISITS)),
        sum(1 for _ in archive.store.names(MARKS)),
        tuple(name for table in (LOG, VISITS) for name in _damaged(archive, table)),
    )


def _content_size(archive: Archive, name: str) -> int:
    """The size of content that no row tells, as its own frame does."""
    try:
        return max(zstandard.frame_content_size(archive.store.read(name)), 0)
    except (zstandard.ZstdError, OSError):
        return 0


def _damaged(archive: Archive, table: Table) -> list[str]:
    with duckdb.connect() as con:
        return archive.reader.load(table, con).damaged


def prune(archive: Archive, before: datetime | None = None, *, dry_run: bool = True) -> Pruned:
    """Remove content that no row names (left by killed runs), and, given `before`, content that was last seen
    before it and is not the newest good content of any page. The log stays whole.

    What was written or put again within a day stays: its row may be on its way. Content that a line names which
    is no row stays too, and while a packed file of the log is damaged nothing can be known.
    """
    if damaged := _damaged(archive, LOG):
        raise ArchiveError(f"what is needed cannot be known: {', '.join(damaged)} cannot be read")
    seen = _last_seen(archive)
    spared = _standing(archive) if before else set()
    spared |= _named_in_unread_lines(archive)
    limit = utc(before)
    unneeded: list[tuple[str, str, int, float]] = []
    for name, size, modified in archive.store.names("blobs/"):
        sha256 = base(name).removesuffix(".zst")
        old = sha256 not in seen or (limit is not None and seen[sha256] < limit)
        if old and sha256 not in spared and time.time() - modified > YOUNG_S:
            unneeded.append((sha256, name, size, modified))
    if unneeded and not dry_run:
        now_seen = _last_seen(archive)  # by a run that goes on meanwhile
        unneeded = [
            blob
            for blob in unneeded
            if now_seen.get(blob[0]) == seen.get(blob[0]) and archive.store.remove_unused(blob[1], blob[3])
        ]
    orphans = sum(sha256 not in seen for sha256, *_ in unneeded)
    return Pruned(orphans, len(unneeded) - orphans, sum(size for _, _, size, _ in unneeded))


def _standing(archive: Archive) -> set[str | None]:
    """The newest good content of every page, and what counts of a source whose new edition is not whole yet."""
    with archive.connection() as con:
        ids = [row[0] for row in con.execute("SELECT DISTINCT source_id FROM log").fetchall()]
    return {d.sha256 for lasting in ((), ids) for d in current_documents(archive, lasting=lasting)}


def _last_seen(archive: Archive) -> dict[str, datetime]:
    with archive.connection() as con:
        query = "SELECT sha256, max(fetched_at) FROM log WHERE sha256 IS NOT NULL GROUP BY 1"
        return dict(con.execute(query).fetchall())


def _named_in_unread_lines(archive: Archive) -> set[str]:
    files = archive.reader.unread(LOG)
    return {sha256.decode() for name in files for sha256 in HASHES.findall(archive.store.read(name))}


def compact(archive: Archive) -> int:
    """Pack the finished files of the log, and of the visits, into one Parquet file each; returns how many.

    Finished: older than a day, and no process writes them. Every row says which file it came from, and files so
    named are not read again: a kill between packing and removing changes nothing. They are removed when the
    packed file is durable and was read back. A file with lines that are no rows is set aside instead.
    """
    return sum(_compact(archive, table) for table in (LOG, VISITS))


def _compact(archive: Archive, table: Table) -> int:
    store = archive.store
    old = {name for name, _, changed in store.names(table.folder) if time.time() - changed > YOUNG_S}
    archive.flush()
    with duckdb.connect() as con:
        files = archive.reader.load(table, con)
        finished = {name for name in (*files.lines, *files.done) if name in old and not store.in_use(name)}
        rows = archive.reader.counts(table, con)
        full = sorted(base(name) for name in finished.difference(files.done) if rows.get(base(name)))
        if full:
            _check_packed(
                archive, table, _pack(archive, table, con, full), {name: rows[name] for name in full}
            )
    for name in finished:
        _retire(archive, name, rows.get(base(name), 0))
    for name in old:
        if name.endswith(".tmp"):  # left by a kill
            store.remove(name)
    return len(full)


def _pack(archive: Archive, table: Table, con: duckdb.DuckDBPyConnection, segments: list[str]) -> str:
    """Write the rows of these files into one, sealed with its own hash; its name."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "packed.parquet"
        con.execute(
            f"COPY (FROM {table.name}_rows WHERE segment IN ({quoted(segments)}) ORDER BY {table.order}) "
            f"TO {quoted([str(target)])} (FORMAT parquet, COMPRESSION zstd)"
        )
        data = target.read_bytes()
    name = f"{table.folder}{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{fingerprint(data)[:16]}.parquet"
    archive.store.write(name, data)
    archive.store.sync()
    return name


def _check_packed(archive: Archive, table: Table, name: str, rows: Mapping[str, int]) -> None:
    """Read a packed file back. One that is not right is removed: the log is then as it was before."""
    with duckdb.connect() as con:
        damaged = name in archive.reader.load(table, con).damaged
        found = archive.reader.counts(table, con)
    if damaged or any(found.get(segment) != number for segment, number in rows.items()):
        archive.store.remove(name)
        raise ArchiveError(f"{name} could not be read back, and was removed; nothing else was")


def _retire(archive: Archive, name: str, rows: int) -> None:
    """Remove a file that is packed; set it aside where some whole line of it is no row."""
    data = archive.store.read(name)
    if data.count(b"\n") > rows:
        archive.store.write(name + UNREAD, data)
        archive.store.sync()
    archive.store.remove(name)
