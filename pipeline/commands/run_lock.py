"""The run lock (`pipeline.flow.run_lock`) for commands: where another run holds it, they end with a line that says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from pipeline.commands.console import fail
from pipeline.flow.run_lock import RunLockedError
from pipeline.flow.run_lock import run_lock as hold
from pipeline.settings import Settings


@contextmanager
def run_lock(settings: Settings, run_id: str | None = None) -> Iterator[None]:
    """Hold the lock, for the run of this id too, or end the command."""
    with ExitStack() as held:
        try:
            held.enter_context(hold(settings, run_id))
        except RunLockedError as error:
            fail(error)
        yield
