"""One at a time: what a run and the upkeep of its archive must not do side by side, whoever starts them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.flow.lease import LeaseError, leased
from pipeline.settings import Settings


class RunLockedError(RuntimeError):
    """Somebody else works in the run's directory, or with its archive; the message says where."""


@contextmanager
def run_lock(settings: Settings) -> Iterator[None]:
    """One run at a time works in a directory, and with an archive that lies elsewhere; readers of its releases are never
    in the way. Who holds it may enter again. Raises RunLockedError at once where another process, or machine, does."""
    folders = [settings.out]
    if isinstance(settings.archive, Path) and not settings.archive.is_relative_to(settings.out):
        folders.append(settings.archive)
    with ExitStack() as locks:
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
            try:
                # A singleton counts: `iop run` holds it, and so does the Dagster run that it executes in process.
                locks.enter_context(FileLock(folder / ".lock", timeout=0, is_singleton=True))
            except Timeout:
                raise RunLockedError(
                    f"Another run works in {folder}. Wait for it, or give another --out."
                ) from None
        if isinstance(settings.archive, str):
            try:
                locks.enter_context(leased(settings.archive))
            except LeaseError as error:
                raise RunLockedError(str(error)) from error
        yield
