"""Upkeep of an archive: what it holds, and what of it is needed no more."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.fetch.archive import Archive, quoted, read_lines, utc
from pipeline.fetch.replay import current_documents

YOUNG_S = 86_400.0  # a file this young may be in use: content whose row is about to be written, an open log


@dataclass(frozen=True, slots=True)
class Stats:
    """Sizes are bytes: `stored` as they lie there, `content` decompressed."""

    attempts: int
    sources: int
    urls: int
    contents: int
    content: int
    stored: int
    first: datetime | None
    last: datetime | None
    outcomes: dict[str, int] = field(default_factory=dict)

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
            "max(fetched_at), (SELECT sum(size) FROM (SELECT DISTINCT sha256, size FROM log WHERE sha256 IS NOT NULL)) "
            "FROM log"
        ).fetchone()
        counts = con.execute("SELECT outcome, count(*) FROM log GROUP BY 1 ORDER BY 2 DESC, 1").fetchall()
    attempts, sources, urls, first, last, content = row or (0, 0, 0, None, None, 0)
    sizes = [size for name, size, _ in archive.store.names("blobs/") if name.endswith(".zst")]
    return Stats(attempts, sources, urls, len(sizes), content or 0, sum(sizes), first, last, dict(counts))


def prune(archive: Archive, before: datetime | None = None, *, dry_run: bool = True) -> Pruned:
    """Remove content that no row names (left by killed runs, older than a day), and, given `before`, content
    that was last seen before it and is not the newest good content of any page. The log stays whole."""
    with archive.connection() as con:
        seen = dict(
            con.execute(
                "SELECT sha256, max(fetched_at) FROM log WHERE sha256 IS NOT NULL GROUP BY 1"
            ).fetchall()
        )
    keep = {document.sha256 for document in current_documents(archive)} if before else set()
    limit = utc(before)
    orphans = superseded = stored = 0
    for name, size, modified in list(archive.store.names("blobs/")):
        sha256 = name.rpartition("/")[2].removesuffix(".zst")
        orphan = sha256 not in seen and time.time() - modified > YOUNG_S
        old = limit is not None and sha256 in seen and seen[sha256] < limit and sha256 not in keep
        if not (orphan or old):
            continue
        orphans, superseded, stored = orphans + orphan, superseded + old, stored + size
        if not dry_run:
            archive.store.remove(name)
    return Pruned(orphans, superseded, stored)


def compact(archive: Archive) -> int:
    """Pack the log's finished files (older than a day) into one Parquet file; returns how many.

    Every row says which file it came from, and files so named are not read again: a kill between packing and
    removing changes nothing.
    """
    names = list(archive.store.names("log/"))
    old = {name.rpartition("/")[2] for name, _, changed in names if time.time() - changed > YOUNG_S}
    with archive.connection() as con, TemporaryDirectory() as folder:
        files = [file for file in archive.segments(con)[1] if file.rpartition("/")[2] in old]
        if files:
            target = Path(folder) / "log.parquet"
            con.execute(
                "COPY (SELECT * EXCLUDE (filename), parse_filename(filename) AS segment "
                f"FROM ({read_lines(files, True)}) ORDER BY source_id, fetched_at) "
                f"TO {quoted([str(target)])} (FORMAT parquet, COMPRESSION zstd)"
            )
            packed = f"log/{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}.parquet"
            archive.store.write(packed, target.read_bytes())
        unpacked = {file.rpartition("/")[2] for file in archive.segments(con)[1]}
    for name, _, _ in names:
        if name.endswith(".jsonl") and name.rpartition("/")[2] in old - unpacked:
            archive.store.remove(name)
    return len(files)
