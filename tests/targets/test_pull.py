"""A reader's copy: checked, whole or not there, left alone where nothing is new."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import iop
from s3_server import S3Server

from pipeline.commands.exit_codes import ExitCode
from warehouse.release import Release, ReleaseError, Releases
from warehouse.targets.objects import ObjectTarget
from warehouse.targets.pull import pull
from warehouse.targets.store import Objects
from warehouse.targets.target import TargetError

Publish = Callable[..., Release]


@pytest.fixture
def place(tmp_path: Path) -> str:
    return f"file://{tmp_path}/web"


@pytest.fixture
def copy(tmp_path: Path) -> Releases:
    return Releases(tmp_path / "copy", keep=2)


def current(releases: Releases) -> int | None:
    found = releases.current()
    return found.number if found else None


def test_a_copy_follows_forward_and_back_and_keeps_two(
    place: str, publish: Publish, releases: Releases, copy: Releases
) -> None:
    target = ObjectTarget(place)
    with pytest.raises(TargetError, match="there is no release at"):
        pull(place, copy.folder)
    for _ in range(3):
        publish(releases)
        target.bring_up(releases)
        assert pull(place, copy.folder)[1]
    assert current(copy) == 3 and [r.number for r in copy.list()] == [3, 2]
    inode = copy.list()[0].path.stat().st_ino
    assert pull(place, copy.folder) == (copy.list()[0], False)
    assert copy.list()[0].path.stat().st_ino == inode
    releases.rollback(2)
    target.bring_up(releases)
    assert not pull(place, copy.folder)[1] and current(copy) == 2  # it was there already


def test_a_damaged_copy_is_no_release(
    place: str, publish: Publish, releases: Releases, copy: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(releases)
    ObjectTarget(place).bring_up(releases)
    pull(place, copy.folder)
    publish(releases)
    ObjectTarget(place).bring_up(releases)
    with monkeypatch.context() as patch:
        patch.setattr(Objects, "fetch", lambda self, name, to: bool(to.write(b"half of it")))
        with pytest.raises(ReleaseError, match="arrived damaged"):
            pull(place, copy.folder)
    assert current(copy) == 1 and not list(copy.folder.glob("*.tmp"))
    copy.list()[0].path.chmod(0o644)
    copy.list()[0].path.write_bytes(b"spoiled here")
    assert pull(place, copy.folder)[1] and current(copy) == 2


def test_a_copy_that_was_spoiled_is_fetched_again(
    place: str, publish: Publish, releases: Releases, copy: Releases
) -> None:
    publish(releases)
    ObjectTarget(place).bring_up(releases)
    release, _ = pull(place, copy.folder)
    release.path.chmod(0o644)
    release.path.write_bytes(b"spoiled")
    assert pull(place, copy.folder)[1] and copy.verify(1) is None


def test_a_lost_folder_of_releases_comes_back_and_goes_on(
    place: str, publish: Publish, releases: Releases, tmp_path: Path
) -> None:
    """The drill of docs/operate.md: a copy is a folder of releases, from which the next one continues."""
    for _ in range(2):
        publish(releases)
    ObjectTarget(place).bring_up(releases)
    restored = Releases(tmp_path / "restored")
    pull(place, restored.folder)
    assert publish(restored).number == 3
    done = ObjectTarget(place).bring_up(restored)
    assert (done.current, done.sent) == (3, (3,))


def test_the_command(place: str, publish: Publish, releases: Releases, tmp_path: Path) -> None:
    publish(releases)
    ObjectTarget(place).bring_up(releases)
    to = tmp_path / "reader"
    assert iop("pull", place, "--to", to)[0] == ExitCode.OK
    assert (to / "current").exists()
    code, text = iop("pull", place, "--to", to)
    assert code == ExitCode.OK and "Nothing new" in text
    code, text = iop("pull", f"{place}/nothing", "--to", to)
    assert code == ExitCode.FAILED and text.count("\n") == 1 and (to / "current").exists()


def test_rollback_and_keep_travel_or_say_that_they_did_not(
    s3: S3Server, url: str, publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change here stands in any case; exit code 3 tells that it is not there yet."""
    monkeypatch.setenv("IOP_PUBLISH", f"{url}, {tmp_path}/web")
    (tmp_path / "registry").mkdir()
    where = ("--registry", tmp_path / "registry", "--out", tmp_path / "out")
    for _ in range(2):
        publish(Releases(tmp_path / "out" / "releases"))
    s3.refuses = lambda method, path: method == "PUT"
    code, text = iop("rollback", *where)
    assert code == ExitCode.PARTIAL and "Readers see release 1 again" in text and f"{url}: " in text
    assert f"file://{tmp_path}/web: readers see release 1, 2 sent" in text  # the other place has it
    s3.well()
    code, text = iop("releases", *where, "keep", "1")
    assert code == ExitCode.OK and f"{url}: readers see release 1, 2 sent" in text
    monkeypatch.delenv("IOP_PUBLISH")
    assert iop("releases", *where, "publish")[0] == ExitCode.USAGE
    monkeypatch.setenv("IOP_PUBLISH", "ducklake:mysql:x")
    code, text = iop("releases", *where)
    assert code == ExitCode.USAGE and "write ducklake:sqlite:FILE" in text
