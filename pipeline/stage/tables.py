"""The tables passed between the stages: Parquet files of a run's directory, written whole and by rename.

`stage/<table>/<source_id>.parquet` holds what one source gave, `stage/<table>/all.parquet` what matching made of
all of them. Columns and types are the contracts of `warehouse/contracts/stage/`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TypeVar

import polars as pl

from pipeline.records import Document, Listing, Rejected, SecondOpinion
from pipeline.stage.rows import Seen, as_frame, listing_rows, source_row, unmapped_rows
from pipeline.stage.second import SECOND, second_rows
from sources.registry import Source
from warehouse.contracts import stage_tables
from warehouse.drafts import replacing
from warehouse.types import utc

LISTING_TABLES = ("listing", "listing_service", "observation", "quarantine", "unmapped")
COMPRESSION_LEVEL = 3
LISTINGS_AT_ONCE = 500
ALL = "all"  # the partition of what matching made of all sources

T = TypeVar("T")


class DamagedStageError(Exception):
    """A file of the stage that cannot be read; the message names it, and what to do."""


class Stage:
    """The stage tables of one run's directory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, table: str, partition: str) -> Path:
        return self.folder / table / f"{partition}.parquet"

    def read(self, table: str, partition: str | None = None) -> pl.DataFrame:
        """One partition, or all of them; an empty frame of the right shape where there is none."""
        return self.scan(table, partition).collect()

    def scan(self, table: str, partition: str | None = None) -> pl.LazyFrame:
        """The same without reading yet: a query that wants few columns or rows reads only those."""
        files = (
            [self.path(table, partition)] if partition else sorted((self.folder / table).glob("*.parquet"))
        )
        there = [file for file in files if file.exists()]
        schema = stage_tables()[table].polars_schema
        if not there:
            return pl.LazyFrame(schema=schema)
        # a source that was not read since its columns were added, or taken away, has others than today's
        return pl.scan_parquet(
            there, schema=schema, missing_columns="insert", extra_columns="ignore", glob=False
        )

    def write(self, table: str, partition: str, frame: pl.DataFrame) -> None:
        """Replace one partition as a whole; a reader sees the old file or the new one."""
        path = self.path(table, partition)
        columns = frame.select(list(stage_tables()[table].polars_schema))
        with replacing(path) as draft:
            columns.write_parquet(draft, compression_level=COMPRESSION_LEVEL)

    def partitions(self) -> list[str]:
        """The sources that have given listings, by id."""
        return sorted(file.stem for file in (self.folder / "listing").glob("*.parquet"))

    def has(self, source_id: str) -> bool:
        """Whether a source has given anything, if only rows in quarantine."""
        return any(self.path(table, source_id).exists() for table in ("listing", "quarantine"))

    def keep_only(self, source_ids: Collection[str]) -> list[str]:
        """Remove everything that other sources gave, which have left the registry; returns their ids."""
        tables = (*LISTING_TABLES, "source", "document", SECOND)
        there = {file.stem for table in tables for file in (self.folder / table).glob("*.parquet")}
        departed = sorted(there - set(source_ids) - {ALL})
        for source_id in departed:
            self.mark(source_id, None)
            for table in tables:
                self.path(table, source_id).unlink(missing_ok=True)
        return departed

    def counts(self, source_id: str) -> dict[str, int]:
        """Rows per table that a source has on the stage."""
        files = {table: self.path(table, source_id) for table in LISTING_TABLES}
        return {
            table: pl.scan_parquet(f, glob=False).select(pl.len()).collect().item()
            for table, f in files.items()
            if f.exists()
        }

    def is_sound(self, table: str, partition: str) -> bool:
        """Whether a partition is there, to the end of its file, where Parquet has its footer."""
        try:
            pl.scan_parquet(self.path(table, partition), glob=False).collect_schema()
        except (pl.exceptions.PolarsError, OSError):
            return False
        return True

    def is_whole(self, source_id: str) -> bool:
        """Whether all that a source gave, once it was complete, is still there."""
        return all(self.is_sound(table, source_id) for table in LISTING_TABLES)

    def damage(self) -> DamagedStageError:
        """What to say where a table could not be read."""
        files = sorted(self.folder.glob("*/*.parquet"))
        broken = [str(file) for file in files if not self.is_sound(file.parent.name, file.stem)]
        return DamagedStageError(
            f"the stage is damaged ({', '.join(broken) or self.folder}): run again without --source, which reads it from the archive"
        )

    def marked(self, source_id: str) -> str | None:
        """Fingerprint of the input whose listings were complete on disk; None where a write was cut off."""
        file = self._mark(source_id)
        return file.read_text(errors="replace") if file.exists() else None

    def mark(self, source_id: str, fingerprint: str | None) -> None:
        file = self._mark(source_id)
        if fingerprint is None:
            file.unlink(missing_ok=True)
            return
        with replacing(file) as draft:
            draft.write(fingerprint.encode())

    def _mark(self, source_id: str) -> Path:
        return self.folder / ".complete" / source_id

    def write_source(self, source: Source) -> None:
        """What the registry says of a source."""
        self.write("source", source.id, as_frame("source", [source_row(source)]))

    def write_documents(self, source_id: str, documents: Iterable[Document]) -> None:
        """The attempts to fetch a source."""
        rows = [
            {name: getattr(d, name) for name in stage_tables()["document"].names}
            | {"fetched_at": utc(d.fetched_at), "outcome": str(d.outcome)}
            for d in documents
        ]
        self.write("document", source_id, as_frame("document", rows))

    def write_listings(
        self,
        source_id: str,
        read: Iterable[Listing | Rejected],
        unmapped: Mapping[tuple[str, str], int],
        seen: Seen,
        fingerprint: str | None,
    ) -> dict[str, int]:
        """Everything that one source gave, marked complete at the end, unless it is not (None). Returns the rows per
        table.

        `read` is taken in portions, so that a directory of any size needs little memory; `unmapped` is looked at
        when it is exhausted.
        """
        self.mark(source_id, None)
        parts: dict[str, list[pl.DataFrame]] = {table: [] for table in LISTING_TABLES}
        for portion in batched(read, LISTINGS_AT_ONCE):
            for table, rows in listing_rows(portion, seen).items():
                parts[table].append(as_frame(table, rows))
        parts["unmapped"].append(as_frame("unmapped", unmapped_rows(source_id, unmapped)))
        counts = {}
        for table, frames in parts.items():
            frame = pl.concat(frames) if frames else as_frame(table, [])
            self.write(table, source_id, frame)
            counts[table] = frame.height
        self.mark(source_id, fingerprint)
        return counts

    def write_rejected(self, source_id: str, rejected: Iterable[Rejected], seen: Seen) -> None:
        """Replace a source's quarantine alone: it could not be read, and keeps the listings of last time."""
        self.write(
            "quarantine", source_id, as_frame("quarantine", listing_rows(rejected, seen)["quarantine"])
        )

    def write_second_opinions(self, source_id: str, opinions: Mapping[str, SecondOpinion]) -> None:
        """Replace what a source's second readings differ in, by page; of a source without any there is no file."""
        if not opinions:
            self.path(SECOND, source_id).unlink(missing_ok=True)
            return
        self.write(SECOND, source_id, as_frame(SECOND, second_rows(source_id, opinions)))

    def verify_again(self, source_id: str, seen: Seen) -> None:
        """The same content was seen again: move the dates of what was read from it."""
        for table in ("listing", "observation"):
            frame = self.read(table, source_id)
            at = pl.col("url").replace_strict(
                dict(seen.by_url), default=seen.default, return_dtype=pl.Datetime("us")
            )
            moved = frame.with_columns(observed_at=at)
            if not moved["observed_at"].equals(frame["observed_at"]):
                self.write(table, source_id, moved)


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size` items, in order (itertools.batched is Python 3.12)."""
    iterator = iter(items)
    while portion := list(islice(iterator, size)):
        yield portion
