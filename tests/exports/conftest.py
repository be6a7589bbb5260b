"""A release of the world of exports."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

for folder in ("exports", "warehouse"):
    sys.path.insert(0, str(Path(__file__).parents[1] / folder))

from export_world import build_export_world  # noqa: E402


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release file: read it only."""
    return build_export_world(tmp_path_factory.mktemp("export_world"))
