"""How DuckDB is set up for the size of a job, and how a release is opened by those who only read it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.sql import literal, quoted

LARGE = (
    64 * 2**20
)  # bytes to be read; below, threads wait for each other: a small build costs 1.5 times the CPU
THREADS = 2
BLOCK = 2**18  # bytes, DuckDB's own; a table of a release takes one at least
SMALL, SMALL_BLOCK = 16 * 2**20, 2**14  # bytes to be read, below which a file's blocks are of so many


def threads(*inputs: Path | None) -> int:
    """Threads that are worth having for work on these files and folders, which need not be there."""
    return THREADS if sum(_sizes(inputs)) >= LARGE else 1


def block_size(*inputs: Path | None) -> int:
    """Bytes of a block of a file that is made of these: of few rows a hundred tables are little but the rest of their blocks."""
    return BLOCK if sum(_sizes(inputs)) >= SMALL else SMALL_BLOCK


@contextmanager
def opened(release: Path, name: str = "release") -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in which a release's file, which is only read, is the current database, by a name."""
    with duckdb.connect(config={"threads": threads(release)}) as connection:
        connection.execute(f"ATTACH {literal(str(release))} AS {quoted(name)} (READ_ONLY)")
        connection.execute(f"USE {quoted(name)}")
        yield connection


def _sizes(inputs: tuple[Path | None, ...]) -> Iterator[int]:
    for path in inputs:
        if path is None or not path.exists():
            continue
        yield from (file.stat().st_size for file in (path.rglob("*") if path.is_dir() else (path,)))
