"""Fixtures that every test may use."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.archive.archive import Archive

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "helpers"))

from made_once import in_common  # noqa: E402

for name in [name for name in os.environ if name.startswith(("IOP_", "DAGSTER_"))]:
    del os.environ[name]  # a test has the settings that it gives itself, and so has what it starts
# many containers set it: every process would compile all of our code
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is collected stays to the end: to look through it for garbage again and again was a tenth of the time."""
    gc.disable()
    collected = yield
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000)
    return collected


@pytest.fixture(scope="session", autouse=True)
def _in_common(tmp_path_factory: pytest.TempPathFactory) -> None:
    in_common(tmp_path_factory)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the checkout; tests that measure on it skip where it is absent."""
    folder = ROOT.parent / "shared"
    if not (folder / "data").is_dir():
        pytest.skip("the real data (../shared) is not beside this checkout")
    return folder


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive") as opened:
        yield opened
