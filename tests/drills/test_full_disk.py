"""No room left, and a folder that may not be written to: one line, exit code 1, nothing half-written, readers undisturbed; and with
room again it goes on. On a real file system of its own, where root may mount one."""

from __future__ import annotations

import errno
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest
from small_world import World

from pipeline.archive.archive import Archive
from pipeline.commands.exit_codes import ExitCode
from pipeline.flow.acceptance import Accept
from pipeline.flow.assets import warehouse
from pipeline.stage.tables import Stage
from warehouse.content import Content
from warehouse.contracts import stage_tables
from warehouse.findings import AuditReport, Finding
from warehouse.release import Releases

MB = 2**20
ASK = ("query", "SELECT count(*) FROM directory", "--format", "csv")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 128 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=128m", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a file system of its own needs root and leave to mount")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=False)


@pytest.fixture
def full(sound: World, disk: Path) -> World:
    """A world on it that has 20 KB left."""
    world = sound.copied(disk / "world")
    fill(disk, 20_000)
    return world


def fill(disk: Path, left: int) -> None:
    room = shutil.disk_usage(disk).free - left
    (disk / "filler").write_bytes(b"x" * room)


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def stage(world: World) -> None:
    schema = stage_tables()["observation"].polars_schema
    ids = pl.Series("observation_id", [f"{n * 7919:x}" * 9 for n in range(20_000)])
    frame = pl.DataFrame(schema=schema).select(pl.exclude("observation_id"))
    Stage(world.out / "stage").write("observation", "new", pl.concat([frame, ids.to_frame()], how="diagonal"))


def archive(world: World) -> None:
    with Archive(world.out / "archive") as opened:
        opened.put(b"".join(str(n * 7919 % 10007).encode() for n in range(200_000)))


def publish(world: World) -> None:
    elsewhere = world.folder.parents[1] / "candidate.duckdb"  # another disk, so that it is copied
    shutil.copy(world.out / "releases" / "release-1.duckdb", elsewhere)
    renumber(elsewhere, 3)
    Releases(world.out / "releases").publish(elsewhere, AuditReport(elsewhere, 1, ()), Content("", ""))


def renumber(release: Path, number: int) -> None:
    release.chmod(0o644)
    with duckdb.connect(str(release)) as connection:
        connection.execute("UPDATE release_info SET release = ?", [number])


@pytest.mark.parametrize("write", [stage, archive, publish])
def test_a_write_that_finds_no_room_leaves_nothing_under_its_name(
    full: World, disk: Path, write: Callable[[World], None]
) -> None:
    before = files(full.out)
    with pytest.raises((OSError, pl.exceptions.PolarsError)) as raised:
        write(full)
    assert getattr(raised.value, "errno", errno.ENOSPC) == errno.ENOSPC
    assert {path for path in files(full.out) - before if path.suffix != ".lock"} == set()
    (disk / "filler").unlink()
    write(full)
    assert files(full.out) - before
    assert full.iop(*ASK) == (ExitCode.OK, "count_star()\n4\n")


def test_an_export_that_finds_no_room_is_told_in_a_line(full: World, disk: Path) -> None:
    code, text = full.iop("export", "parquet", "--to", disk / "export")
    assert code == ExitCode.FAILED and len(text.splitlines()) == 1, text
    assert not (disk / "export").exists()


def test_a_run_without_room_says_so_and_publishes_nothing(full: World, disk: Path) -> None:
    full.list(4)
    code, text = full.run()
    assert code == ExitCode.FAILED
    assert "No space left on device" in text and "Nothing was published; the last release stays" in text
    assert "Traceback" not in text
    assert full.iop(*ASK) == (ExitCode.OK, "count_star()\n4\n")
    assert "free at" in full.iop("doctor", "--registry", full.registry)[1]


def test_what_an_audit_refused_makes_room_where_there_is_none(
    sound: World, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next run wants more than this disk has; what failed is told and kept in `.run`."""
    world = sound.copied(disk / "world")
    refused = Finding("volume", "error", "service", "", 1, "", "there are too few", "look at the sources")
    monkeypatch.setattr("warehouse.audit.audit", lambda path, *_: AuditReport(path, 1, (refused,)))
    code, text = world.run("--reread")
    assert code == ExitCode.FAILED and "there are too few" in " ".join(text.split()), text
    assert not list(world.out.glob("candidate.duckdb*"))
    assert any("there are too few" in file.read_text() for file in world.out.glob(".run/*/audit*.json"))
    assert world.iop(*ASK) == (ExitCode.OK, "count_star()\n4\n")


def test_what_could_not_be_audited_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> AuditReport:
        raise OSError(errno.ENOSPC, "No space left on device")

    candidate = tmp_path / "candidate.duckdb"
    candidate.write_bytes(b"built")
    monkeypatch.setattr("warehouse.audit.audit", full)
    with pytest.raises(OSError, match="No space"):
        warehouse._audited(candidate, None, datetime(2026, 1, 1), Accept())
    assert not candidate.exists()


def test_what_a_killed_run_built_makes_room_before_anything_is_fetched(full: World) -> None:
    """Else each run would find the disk full before it came to the build, which replaces the file."""
    (full.out / "candidate.duckdb").write_bytes(b"x" * 10_000)
    full.list(4)
    assert full.run()[0] == ExitCode.FAILED
    assert not (full.out / "candidate.duckdb").exists()


def test_readers_of_a_disk_that_may_not_be_written_to(sound: World, disk: Path) -> None:
    world = sound.copied(disk / "world")
    assert subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=False).returncode == 0
    code, text = world.run()
    assert code == ExitCode.FAILED and "Read-only file system" in text and len(text.splitlines()) == 1
    assert world.iop(*ASK) == (ExitCode.OK, "count_star()\n4\n")
    code, text = world.iop("rollback")
    assert code == ExitCode.FAILED and "Read-only file system" in text and len(text.splitlines()) == 1
    assert "cannot be written to" in world.iop("doctor", "--registry", world.registry)[1]
