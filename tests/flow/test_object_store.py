"""Archive and releases in an object store, end to end, against an S3-compatible server: runs, upkeep, faults, the drill."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import fsspec
import pytest
from command_line import iop
from license_list import HEAD, TABLE
from s3_server import S3Server, s3_server

from pipeline.commands.exit_codes import ExitCode

ROW = "{name},1 Elm Street,Lowell,MA,01852,Intensive Outpatient\n"
ACCEPT = ("--accept", "drift", "--why", "it is renamed")
PLACE = "s3://bucket/releases"


@dataclass
class World:
    """One list of one program, whose archive and releases lie in the store."""

    folder: Path
    server: S3Server

    @property
    def where(self) -> tuple[object, ...]:
        return ("--registry", self.folder / "registry", "--out", self.folder / "out")

    def write(self, name: str) -> None:
        (self.folder / "registry").mkdir(exist_ok=True)
        (self.folder / "registry" / "list.csv").write_text(HEAD + ROW.format(name=name))
        (self.folder / "registry" / "some.toml").write_text(TABLE)

    def pointer(self) -> int | None:
        fs = fsspec.filesystem("s3", use_listings_cache=False)
        found = (
            fs.cat("bucket/releases/current.json") if fs.exists("bucket/releases/current.json") else b"null"
        )
        read = json.loads(found)
        return read and int(read["number"])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch, s3_server(patch) as server:
        patch.setenv("IOP_ARCHIVE", "s3://bucket/archive")
        patch.setenv("IOP_PUBLISH", PLACE)
        patch.delenv("DAGSTER_HOME", raising=False)
        folder = tmp_path_factory.mktemp("object_store")
        patch.setenv("IOP_HOME", str(folder))
        yield World(folder, server)


@pytest.mark.timeout(300)
def test_a_run_reads_and_writes_the_store_and_another_machine_goes_on(world: World) -> None:
    """With an outage as the pointer moves, and the drill of docs/operate.md: a copy of the release and the archive do."""
    world.write("Elm House")
    world.server.fails = lambda method, path: method == "PUT" and path.endswith("current.json")
    code, text = iop("run", *world.where)
    assert code == ExitCode.PARTIAL and "Release 1 published" in text and "published: " in text, text
    assert PLACE in text and "Traceback" not in text and world.pointer() is None
    assert not (world.folder / "out" / "archive").exists()
    code, text = iop("doctor", *world.where)
    assert "see release none, those of" in text and "iop releases publish" in text
    world.server.well()
    assert iop("releases", *world.where, "publish")[0] == ExitCode.OK and world.pointer() == 1

    code, text = iop("archive", "stats", *world.where)
    assert code == ExitCode.OK and "contents" in text
    assert iop("archive", "compact", *world.where)[0] == ExitCode.OK
    assert iop("archive", "prune", "--yes", *world.where)[0] == ExitCode.OK
    shutil.rmtree(world.folder / "out")
    code, text = iop("pull", PLACE, "--to", world.folder / "out" / "releases")
    assert code == ExitCode.OK and "Release 1 copied" in text
    fsspec.filesystem("s3").rm_file("bucket/releases/current.json")
    code, text = iop("replay", *world.where)  # has no news, and brings the place up all the same
    assert code == ExitCode.OK and "Nothing new: release 1 stays" in text, text
    assert f"{PLACE}: readers see release 1" in text and world.pointer() == 1


@pytest.mark.timeout(300)
def test_a_store_that_refuses_or_fails_is_told_in_a_line(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = world.pointer()
    world.server.fails = lambda method, path: method == "PUT" and "/archive/" in path
    world.write("Ash House")
    code, text = iop("run", *ACCEPT, *world.where)
    assert code == ExitCode.FAILED and "s3://bucket/archive: " in text and "Nothing was published" in text, (
        text
    )
    assert "Traceback" not in text and world.pointer() == before
    world.server.well()
    for where in ("stats", "compact"):
        world.server.refuses = lambda method, path: True
        code, text = iop("archive", where, *world.where)
        assert code == ExitCode.FAILED and text.startswith("s3://bucket/archive: "), text
        assert text.count("\n") == 1
    world.server.well()
    import s3fs

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    s3fs.S3FileSystem.clear_instance_cache()
    code, text = iop("archive", "stats", *world.where)
    assert code == ExitCode.FAILED and "credentials" in text and text.count("\n") == 1, text
    s3fs.S3FileSystem.clear_instance_cache()
