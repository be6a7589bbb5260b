"""One small world with two releases, made once; a drill breaks a copy of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from made_once import made_once
from small_world import World

from pipeline.commands.exit_codes import ExitCode
from warehouse.findings import AuditReport
from warehouse.release import Releases


def publish_again(world: World) -> None:
    """The same as release 2, which is then current."""
    releases, candidate = Releases(world.out / "releases"), world.folder / "candidate.duckdb"
    shutil.copy(releases.folder / "release-1.duckdb", candidate)
    candidate.chmod(0o644)
    with duckdb.connect(str(candidate)) as connection:
        connection.execute("UPDATE release_info SET release = 2")
    releases.publish(candidate, AuditReport(candidate, 1, ()))


def make(folder: Path) -> None:
    world = World(folder)
    world.write()
    code, text = world.run()
    assert code == ExitCode.OK, text
    publish_again(world)


@pytest.fixture(scope="session")
def sound() -> World:
    """Not to be written to."""
    return World(made_once("small_world", make))


@pytest.fixture
def world(sound: World, tmp_path: Path) -> World:
    """A copy of it, to break."""
    return sound.copied(tmp_path / "world")
