"""One run at a time: what a run and the upkeep of its archive must not do side by side, whoever starts them.

The steps of one run may work in many processes: they share the lock, as all of them know the run's id. It is a lock of the
file system (`flock`), so that the kernel gives it up with the last process that holds it, however that ends.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pipeline.denied import require_writable
from pipeline.flow.lease import LeaseError, leased
from pipeline.flow.leavings import FOLDER
from pipeline.settings import Settings

LOCK = ".lock"  # held, shared, by every process of the run that works here
HOLDER = ".lock.run"  # which run that is; locked for the moment in which somebody looks and decides


class RunLockedError(RuntimeError):
    """Somebody else works in the run's directory, or with its archive; the message says where."""


@contextmanager
def run_lock(settings: Settings, run_id: str | None = None) -> Iterator[None]:
    """One run at a time works in a directory, and with an archive that lies elsewhere; readers of its releases are never
    in the way. All steps of one run (`run_id`; None: this thread alone) may enter, in whatever process.
    OSError where one of its folders may not be written to; RunLockedError at once where another run does, on another
    machine too where the archive is an object store."""
    folders = [settings.out]
    if isinstance(settings.archive, Path) and not settings.archive.is_relative_to(settings.out):
        folders.append(settings.archive)
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    written = (settings.archive, settings.stage, settings.releases, settings.out / FOLDER)
    require_writable(folder for folder in (*folders, *written) if isinstance(folder, Path))
    with ExitStack() as locks:
        for folder in folders:
            locks.enter_context(_held(folder, run_id or f"{os.getpid()}.{threading.get_ident()}"))
        if isinstance(settings.archive, str):
            try:
                locks.enter_context(leased(settings.archive, f"run {run_id}" if run_id else ""))
            except LeaseError as error:
                raise RunLockedError(str(error)) from error
        yield


@contextmanager
def _held(folder: Path, run_id: str) -> Iterator[None]:
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _enters(lock, folder / HOLDER, run_id):
            raise RunLockedError(f"Another run works in {folder}. Wait for it, or give another --out.")
        yield
    finally:
        os.close(lock)  # and with it what it holds


def _enters(lock: int, holder: Path, run_id: str) -> bool:
    """Take the lock where nobody has it, in the run's name; or share it where the same run has it."""
    with holder.open("a+", encoding="utf-8") as name:
        fcntl.flock(name, fcntl.LOCK_EX)  # so that nobody comes between looking and writing
        if _takes(lock, fcntl.LOCK_EX):
            name.truncate(0)
            name.write(run_id)
            name.flush()
            return _takes(lock, fcntl.LOCK_SH)
        name.seek(0)
        return name.read() == run_id and _takes(lock, fcntl.LOCK_SH)


def _takes(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
