"""One at a time: what a run and the upkeep of its archive must not do side by side."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.commands.console import fail
from pipeline.settings import Settings


@contextmanager
def run_lock(settings: Settings) -> Iterator[None]:
    """One run at a time works in a directory, and with a local archive that lies elsewhere; readers of its releases
    are never in the way."""
    folders = [settings.out]
    if isinstance(settings.archive, Path) and not settings.archive.is_relative_to(settings.out):
        folders.append(settings.archive)
    with ExitStack() as locks:
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
            try:
                locks.enter_context(FileLock(folder / ".lock", timeout=0))
            except Timeout:
                fail(f"Another run works in {folder}. Wait for it, or give another --out.")
        yield
