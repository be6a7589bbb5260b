"""What the tests of the archive share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from pipeline.archive.archive import Archive


@pytest.fixture(params=["local", "memory"])
def store(request, tmp_path: Path) -> Iterator[Archive]:
    """An archive in a folder, and one in an object store."""
    fsspec.filesystem("memory").store.clear()
    with Archive(tmp_path / "a" if request.param == "local" else "memory://a") as archive:
        yield archive
