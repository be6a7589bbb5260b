"""Killed at any moment: one run stops before each rename of its own, and what then lies on the disk is what a kill there would
leave. (A kill takes no written byte away; what a crash of the machine takes is the matter of `tests/archive` and `fsync`.)"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from small_world import World

from pipeline.archive.archive import Archive
from pipeline.commands.exit_codes import ExitCode
from pipeline.stage.tables import Stage
from warehouse.release import Releases

# Before every rename under the run's directory: a picture of it (files that are only ever replaced are linked, so that it
# costs little); at the one whose number is given, the end. An audit hook sees os.replace, os.rename and all of pathlib's.
RUN = """
import os, shutil, signal, sys
from pathlib import Path
from pipeline.cli import app

out, pictures, end = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
taken = 0

def picture(source, target):
    link = target.endswith((".duckdb", ".parquet"))
    (os.link if link else shutil.copyfile)(source, target)

def hook(event, arguments):
    global taken
    if event != "os.rename" or not os.path.realpath(arguments[1]).startswith(str(out)):
        return
    taken += 1
    if taken == end:
        os.kill(os.getpid(), signal.SIGKILL)
    if not end:
        shutil.copytree(out, pictures / f"{taken:03}", symlinks=True, copy_function=picture)

sys.addaudithook(hook)
app(sys.argv[4:])
"""


def killed(world: World, pictures: Path, root: Path, at: int = 0) -> int:
    """The exit code of a run that reads one more program and publishes it; killed before its rename number `at`, or (0)
    photographed before each."""
    command = [
        sys.executable,
        "-c",
        RUN,
        world.out,
        pictures,
        at,
        "run",
        "--registry",
        world.registry,
        "--out",
        world.out,
    ]
    done = subprocess.run(
        list(map(str, command)),
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode <= 0, done.stderr[-2000:]
    return done.returncode


@pytest.fixture
def more(world: World) -> World:
    """With one program more than it has published."""
    world.list(4)
    return world


def assert_readable(out: Path) -> int:
    """Readers have a whole release, its number; no table, index or content of the archive is half-written."""
    releases = Releases(out / "releases")
    current = releases.current()
    assert current is not None and releases.verify(current.number) is None
    stage = Stage(out / "stage")
    assert all(stage.is_sound(file.parent.name, file.stem) for file in (out / "stage").glob("*/*.parquet"))
    for source in ("licenses", "birchley"):
        assert stage.marked(source) is None or stage.is_whole(source)
    with Archive(out / "archive") as archive:
        for document in archive.documents():
            assert document.sha256 and archive.get(document.sha256)
    return current.number


def test_killed_before_any_rename(more: World, tmp_path: Path, root: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    assert killed(more, pictures, root) == ExitCode.OK
    taken = sorted(pictures.iterdir())
    assert len(taken) > 20, "blobs, tables, marks, index, pointer"
    numbers = [assert_readable(one) for one in taken]
    assert numbers == sorted(numbers) and set(numbers) <= {2, 3}
    assert assert_readable(more.out) == 3
    whole = more.ids()
    worst = next(one for one, later in itertools.pairwise(taken) if (later / "candidate.duckdb").exists())
    shutil.rmtree(more.out)
    shutil.copytree(worst, more.out, symlinks=True)
    code, text = more.run()
    assert code == ExitCode.OK, text
    assert more.ids() == whole, "the next run comes to the same, with the same ids"
    assert not list((more.out / "releases").glob("*.tmp"))


def test_a_kill_leaves_what_the_picture_shows(more: World, tmp_path: Path, root: Path) -> None:
    assert killed(more, tmp_path, root, at=12) == -signal.SIGKILL
    assert assert_readable(more.out) == 2
