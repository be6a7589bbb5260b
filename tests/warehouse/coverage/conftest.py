"""A release of the made-up states, built once where a test only reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from made_up_programs import programs
from warehouse_world import ask, build_world


@pytest.fixture(scope="session")
def covered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release file: read it only."""
    return build_world(programs(), tmp_path_factory.mktemp("covered"))


@pytest.fixture
def told(covered: Path) -> Callable[..., list[tuple[Any, ...]]]:
    """Ask that release."""
    return lambda sql, *values: ask(covered, sql, *values)
