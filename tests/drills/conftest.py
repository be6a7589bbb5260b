"""One small world with two releases, made once for all workers; a drill breaks a copy of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock
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


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> World:
    """Not to be written to."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    world, done = World(shared / "small_world"), shared / "small_world.done"
    with FileLock(shared / "small_world.lock"), pytest.MonkeyPatch.context() as patch:
        patch.delenv("DAGSTER_HOME", raising=False)
        if not done.exists():
            world.write()
            code, text = world.run()
            assert code == ExitCode.OK, text
            publish_again(world)
            done.touch()
    return world


@pytest.fixture
def world(sound: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A copy of it, to break."""
    for name in ("DAGSTER_HOME", "IOP_ARCHIVE", "IOP_OUT", "IOP_PROFILE", "IOP_REGISTRY"):
        monkeypatch.delenv(name, raising=False)
    return sound.copied(tmp_path / "world")
