"""Releases of a small made-up world, built once where a test only reads them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.content import Content, content_of

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


@pytest.fixture(scope="session")
def numbered(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """A copy of the good release as release N, built N days later, that says its number in every row of the directory."""
    folder = tmp_path_factory.mktemp("numbered")

    @cache
    def one(number: int) -> Path:
        path = folder / f"{number}.duckdb"
        shutil.copy(built, path)
        with duckdb.connect(str(path)) as connection:
            connection.execute(
                "UPDATE release_info SET release = ?, built_at = built_at + ?",
                [number, timedelta(days=number)],
            )
            connection.execute("UPDATE directory SET evidence_count = ?", [number])
        return path

    return one


@pytest.fixture(scope="session")
def content(built: Path) -> Content:
    """What the numbered releases say, near enough: it need not be read again for each."""
    return content_of(built)
