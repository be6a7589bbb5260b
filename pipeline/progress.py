"""What a long step tells whoever waits for it: how many of how many are done."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Task(Protocol):
    """One thing under way."""

    def advance(self, steps: int = 1) -> None: ...

    def total(self, steps: int) -> None: ...


class Progress(Protocol):
    """Where tasks are shown: a terminal's bars, or nowhere."""

    def task(self, name: str, total: int | None = None) -> AbstractContextManager[Task]: ...


class _SilentTask:
    def advance(self, steps: int = 1) -> None:
        """Nobody is looking."""

    def total(self, steps: int) -> None:
        """Nobody is looking."""


class Silent:
    """For runs that nobody watches: a daemon's, a test's."""

    def task(self, name: str, total: int | None = None) -> AbstractContextManager[Task]:  # noqa: ARG002
        return nullcontext(_SilentTask())
