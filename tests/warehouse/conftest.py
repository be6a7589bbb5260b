"""Releases of a small made-up world, built once where a test only reads them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from warehouse_world import World, ask, build_world


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """`make(world, name, previous=…, now=…)` → path of a built file."""
    return lambda world, name="candidate", **more: build_world(world, tmp_path, name, **more)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the untouched world: read it only."""
    return build_world(World(), tmp_path_factory.mktemp("built"))


@pytest.fixture
def query(built: Path) -> Callable[..., list[tuple[Any, ...]]]:
    """Ask the release of the untouched world."""
    return lambda sql, *values: ask(built, sql, *values)
