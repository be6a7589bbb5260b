"""How DuckDB is set up for the size of a job."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

LARGE = (
    64 * 2**20
)  # bytes to be read; below, the threads wait for each other: a small build costs 1.5 times the CPU
THREADS = 2


def threads(*inputs: Path | None) -> int:
    """Threads that are worth having for work on these files and folders, which need not be there."""
    return THREADS if sum(_sizes(inputs)) >= LARGE else 1


def _sizes(inputs: tuple[Path | None, ...]) -> Iterator[int]:
    for path in inputs:
        if path is None or not path.exists():
            continue
        yield from (file.stat().st_size for file in (path.rglob("*") if path.is_dir() else (path,)))
