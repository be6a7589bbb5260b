"""Archive and releases in an object store, end to end, against an S3-compatible server: runs, upkeep, faults, the drill."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fsspec
import pytest
from command_line import iop
from license_list import in_lowell, write_registry
from s3_server import S3Server, s3_server

from pipeline.archive.archive import Archive
from pipeline.commands.exit_codes import ExitCode
from pipeline.fetch.run import fetch_all
from pipeline.flow.lease import LeaseError, leased
from pipeline.records import Outcome
from pipeline.settings import Settings
from warehouse.targets.store import Objects, Seen

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
        write_registry(self.folder / "registry", in_lowell(name))

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
        folder = tmp_path_factory.mktemp("object_store")
        patch.setenv("IOP_HOME", str(folder))
        world = World(folder, server)
        world.write("Elm House")
        yield world


@pytest.mark.timeout(300)
def test_a_run_reads_and_writes_the_store_and_another_machine_goes_on(world: World) -> None:
    """With an outage as the pointer moves, and the drill of docs/operate.md: a copy of the release and the archive do."""
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


def test_one_machine_at_a_time_works_with_an_archive(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease of another machine keeps runs and upkeep out, until it runs out; who holds it enters again."""
    place, moment = "s3://bucket/shared", [datetime(2026, 3, 1, tzinfo=UTC)]
    with leased(place, "one", lambda: moment[0]):
        with leased(place, "one", lambda: moment[0]):
            pass
        with (
            pytest.raises(LeaseError, match=r"s3://bucket/shared \(one, until 00:10 UTC"),
            leased(place, "two", lambda: moment[0]),
        ):
            pass
        moment[0] += timedelta(minutes=11)  # as if it had not been renewed, its machine gone
        with leased(place, "two", lambda: moment[0]):
            pass
    monkeypatch.setenv("IOP_ARCHIVE", place)
    with leased(place, "three"):
        code, text = iop("archive", "compact", *world.where)
        assert code == ExitCode.FAILED and "Another run works with s3://bucket/shared (three" in text, text
        assert text.count("\n") == 1


def test_of_two_that_ask_for_the_lease_at_once_one_gets_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, told = threading.Barrier(2), []
    see = Objects.see

    def at_once(self: Objects, name: str) -> Seen:
        found = see(self, name)
        if not found.data:
            both.wait(20)
        return found

    def work(name: str) -> None:
        try:
            with leased("s3://bucket/at-once", name):
                told.append("in")
                out.wait(20)
        except LeaseError:
            told.append("out")
            out.set()

    out = threading.Event()
    monkeypatch.setattr(Objects, "see", at_once)
    threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["in", "out"]


def test_a_lease_is_renewed_while_the_work_lasts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.flow.lease.RENEWALS", 60_000)  # every hundredth of a second
    puts: list[str] = []
    more = threading.Event()
    replace = Objects.replace

    def counted(self: Objects, name: str, data: bytes, seen: Seen) -> None:
        replace(self, name, data, seen)
        puts.append(name)
        if len(puts) > 2:
            more.set()

    monkeypatch.setattr(Objects, "replace", counted)
    with leased("s3://bucket/renewed", "one"):
        assert more.wait(20)


def test_a_store_that_refuses_or_fails_is_told_in_a_line(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.server.fails = lambda method, path: method == "PUT" and "/archive/" in path
    world.write("Ash House")
    code, text = iop("run", *ACCEPT, *world.where)
    assert code == ExitCode.FAILED and text.startswith("s3://bucket/archive: ") and text.count("\n") == 1, (
        text
    )
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
    for command in (("archive", "stats"), ("run",)):
        code, text = iop(*command, *world.where)
        assert code == ExitCode.FAILED and "credentials" in text and text.count("\n") == 1, text
    s3fs.S3FileSystem.clear_instance_cache()


def test_content_that_the_store_does_not_take_is_the_sources_failure_told_in_a_line(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings.choose(registry=world.folder / "registry", out=world.folder / "out", environment={})
    world.server.fails = lambda method, path: method == "PUT" and "/midway/blobs/" in path
    with Archive("s3://bucket/midway") as archive:
        documents = fetch_all(settings.registry.sources, archive, settings.fetch)
        assert [document.outcome for document in documents] == [Outcome.ERROR]
        (said,) = [record for record in caplog.records if record.levelname == "ERROR"]
        assert "takes no content: s3://bucket/midway: " in said.message and not said.exc_info
        world.server.well()
        (again,) = fetch_all(settings.registry.sources, archive, settings.fetch)
        assert again.outcome is Outcome.OK and again.sha256 in archive
