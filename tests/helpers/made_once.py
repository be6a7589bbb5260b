"""What is dear to make and only read is made once in a run of the tests, by the worker that asks for it first."""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

import pytest
from filelock import FileLock


class Common:
    """The folder that all workers of this run have in common; `tests/conftest.py` says which. A bench has one of its own."""

    folder: Path | None = None


def in_common(factory: pytest.TempPathFactory) -> None:
    """Where there are several workers, the folder of each lies in the common one."""
    base = factory.getbasetemp()
    Common.folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "made_once"


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """A folder, filled by `make` before anybody has it: read it only, or copy it. What fails is tried again."""
    if Common.folder is None:
        Common.folder = Path(mkdtemp())
        atexit.register(shutil.rmtree, Common.folder, ignore_errors=True)
    folder, done = Common.folder / name, Common.folder / f"{name}.done"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder
