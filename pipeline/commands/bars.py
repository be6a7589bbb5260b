"""Progress on a terminal: what long steps are given as `pipeline.progress.Progress`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from pipeline.commands.console import err, shown
from pipeline.progress import Task


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
            err.print(f"{shown(name)}: done")
