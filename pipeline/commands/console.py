"""What commands share: the consoles, exit codes, and progress bars."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from pipeline.progress import Task

PLAIN_WIDTH = 140  # of tables that go to a file or a pipe
out = Console(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
err = Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else PLAIN_WIDTH)


class Exit(IntEnum):
    """Exit codes of `iop`, as the README lists them."""

    OK = 0
    FAILED = 1  # nothing was published, or the thing asked for could not be done
    USAGE = 2  # the command line, the registry or a file given is wrong
    PARTIAL = 3  # published, but some sources could not be read
    INTERRUPTED = 130


class _Bar:
    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task

    def advance(self, steps: int = 1) -> None:
        self._progress.advance(self._task, steps)

    def total(self, steps: int) -> None:
        self._progress.update(self._task, total=steps)


class Bars:
    """Progress bars on standard error; plain lines where that is no terminal."""

    @contextmanager
    def task(self, name: str, total: int | None = None) -> Iterator[Task]:
        columns = (
            TextColumn("{task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=err, transient=False, disable=not err.is_terminal) as progress:
            yield _Bar(progress, progress.add_task(name, total=total))
        if not err.is_terminal:
            err.print(f"{name}: done")
