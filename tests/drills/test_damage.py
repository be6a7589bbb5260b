"""Damage to what lies on the disk: commands say in a line what is wrong and what to do, readers keep what they can read, the
next run puts right what it can."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from small_world import World

from pipeline.commands.exit_codes import ExitCode
from pipeline.stage.entities import resolve_entities
from pipeline.stage.tables import DamagedStageError, Stage
from warehouse.recovery import Recovery
from warehouse.release import ReleaseError, Releases

Break = Callable[[Path], object]
ASK = ("query", "SELECT count(*) FROM directory", "--format", "csv")


def half(path: Path) -> None:
    path.chmod(0o644)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def index(text: str) -> Break:
    return lambda releases: (releases / "index.json").write_text(text)


def pointer(to: str) -> Break:
    def broken(releases: Path) -> None:
        (releases / "current").unlink()
        (releases / "current").symlink_to(to)

    return broken


def flipped(releases: Path) -> None:
    """A few bytes of the newest release, where DuckDB itself does not look."""
    file = releases / "release-2.duckdb"
    file.chmod(0o644)
    with file.open("r+b") as opened:
        opened.seek(300_000)
        opened.write(b"damage")


BAD_INDEX = {
    "cut": lambda releases: half(releases / "index.json"),
    "empty": index(""),
    "a list": index("[]"),
    "an object": index("{}"),
    "rows of something else": index('{"releases": [{"number": 1}]}'),
    "no rows": index('{"releases": []}'),
    "gone": lambda releases: (releases / "index.json").unlink(),
}


@pytest.mark.parametrize("how", BAD_INDEX)
def test_an_index_that_is_lost_or_damaged_is_made_anew(world: World, how: str) -> None:
    """Each of these was a traceback; where pointer and index were gone, the next run removed every release."""
    releases = world.out / "releases"
    BAD_INDEX[how](releases)
    for command in ("releases", "rollback", "diff"):
        code, text = world.iop(command)
        assert code == ExitCode.FAILED
        assert len(text.splitlines()) == 1 and "index.json" in text and "iop releases rebuild" in text
    assert "iop releases rebuild" in world.iop("doctor", "--registry", world.registry)[1]
    assert world.iop(*ASK) == (ExitCode.OK, "count_star()\n4\n"), "readers need no index"
    assert world.iop("releases rebuild") == (ExitCode.OK, "2 releases: 2, 1.\n")
    code, text = world.iop("releases", "--verify")
    assert code == ExitCode.OK and "→" in text
    assert world.iop("rollback") == (ExitCode.OK, "Readers see release 1 again.\n")


def test_releases_outlive_index_and_pointer(world: World) -> None:
    """The next publishing took them for what a crash had left."""
    releases = world.out / "releases"
    for name in ("index.json", "current"):
        (releases / name).unlink()
    with pytest.raises(ReleaseError, match="iop releases rebuild"):
        Recovery(releases).recover()
    with pytest.raises(ReleaseError, match="iop releases rebuild"):
        Releases(releases).next_number()
    assert world.iop("releases rebuild")[0] == ExitCode.OK
    assert [release.number for release in Releases(releases).list()] == [2, 1] and world.ids()


@pytest.mark.parametrize("how", [*BAD_INDEX, "of an old backup", "one behind"])
def test_nothing_is_removed_for_an_index_that_does_not_know_it(world: World, how: str) -> None:
    """Of an index without rows, and no pointer, the next publishing removed every release."""
    releases = world.out / "releases"
    first = releases / "index.json"
    if how not in BAD_INDEX:
        if how == "of an old backup":
            shutil.copy(releases / "release-2.duckdb", releases / "release-3.duckdb")
        kept = [row for row in json.loads(first.read_text())["releases"] if row["number"] == 1]
        first.write_text(json.dumps({"releases": kept}))
    else:
        BAD_INDEX[how](releases)
    (releases / "current").unlink()
    files = sorted(releases.glob("release-*"))
    for refused in (Recovery(releases).recover, Releases(releases).next_number, Releases(releases)._clean):
        with pytest.raises(ReleaseError, match="iop releases rebuild"):
            refused()
    assert sorted(releases.glob("release-*")) == files


def test_an_only_release_outlives_index_and_pointer(world: World) -> None:
    """It was taken for what a crash had left, and removed; a crash of the very first publishing leaves the same."""
    releases = world.out / "releases"
    for name in ("index.json", "current", "release-2.duckdb"):
        (releases / name).unlink()
    for look in (Releases(releases).current, Releases(releases).next_number):
        with pytest.raises(ReleaseError, match="iop releases rebuild"):
            look()
    assert "readers see release 1" in str(Recovery(releases).recover())
    assert [release.number for release in Releases(releases).list()] == [1] and world.ids()


def test_without_a_pointer_no_build_forgets_its_history(world: World) -> None:
    """Of a folder with releases, it was told that there was none: what was built alone had no history."""
    (world.out / "releases" / "current").unlink()
    with pytest.raises(ReleaseError, match=r"current is missing.*iop rollback"):
        Releases(world.out / "releases").current_path()


def test_releases_beyond_the_usual_number_are_kept_when_nobody_knows_why(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which are to be kept stands in the index alone, and the next publishing removed them."""
    monkeypatch.setattr("warehouse.recovery.KEEP", 1)
    releases = world.out / "releases"
    (releases / "index.json").unlink()
    found, _ = Recovery(releases).rebuild()
    assert [(one.number, bool(one.kept)) for one in found] == [(2, False), (1, True)]
    Releases(releases, keep=1)._retire()
    assert [one.number for one in Releases(releases).list()] == [2, 1]


def test_what_was_withdrawn_is_not_found_again(world: World) -> None:
    """A kill between index and removal left the file, and rebuilding published it anew."""
    releases = world.out / "releases"
    (releases / "withdrawn.json").write_text("[1]")
    assert [one.number for one in Recovery(releases).rebuild()[0]] == [2]
    assert (releases / "release-1.duckdb").exists()


def test_a_number_is_not_given_twice(world: World) -> None:
    """What was put aside has it, and other places may have seen it."""
    releases = world.out / "releases"
    half(releases / "release-2.duckdb")
    Recovery(releases).rebuild()
    assert Releases(releases).next_number() == 3


def test_what_is_no_release_is_put_aside_and_told(world: World) -> None:
    releases = world.out / "releases"
    (releases / "index.json").unlink()
    half(releases / "release-2.duckdb")
    code, text = world.iop("releases rebuild")
    assert code == ExitCode.FAILED and "release-2.duckdb.damaged" in text
    assert (releases / "release-2.duckdb.damaged").exists()
    assert world.iop("rollback", 1)[0] == ExitCode.OK and world.ids()


BROKEN = {
    "points nowhere": pointer("release-9.duckdb"),
    "points elsewhere": pointer("/no/such/file"),
    "is gone": lambda releases: (releases / "current").unlink(),
    "points to a file that is gone": lambda releases: (releases / "release-2.duckdb").unlink(),
    "points to a file that is cut": lambda releases: half(releases / "release-2.duckdb"),
    "points to a file that was changed": flipped,
}


@pytest.mark.parametrize("how", BROKEN)
def test_readers_get_the_newest_whole_release_by_rollback_and_by_the_next_run(world: World, how: str) -> None:
    releases = world.out / "releases"
    BROKEN[how](releases)
    code, text = world.iop("doctor", "--registry", world.registry)
    assert code == ExitCode.FAILED and "✗ release:" in text and "iop rollback" in text
    if not (releases / "current").exists():
        code, text = world.iop(*ASK)
        assert code == ExitCode.FAILED and len(text.splitlines()) == 1
    assert world.iop("releases")[0] == ExitCode.OK
    told = Recovery(releases).recover()
    assert told and "\n" not in told and "readers see release" in told
    current = Releases(releases).current()
    assert current and Releases(releases).verify(current.number) is None and world.ids()
    assert Recovery(releases).recover() is None
    BROKEN["points nowhere"](releases)
    assert world.iop("rollback")[0] == ExitCode.OK and world.ids()


def test_where_no_release_is_whole_no_run_gives_new_ids(world: World) -> None:
    releases = world.out / "releases"
    for number in (1, 2):
        half(releases / f"release-{number}.duckdb")
    with pytest.raises(ReleaseError, match="from a backup"):
        Recovery(releases).recover()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
def test_readers_that_are_held_stay_so_whatever_the_note_says(world: World, text: str) -> None:
    """That it cannot be read stopped every run."""
    releases = world.out / "releases"
    (releases / "hold.json").write_text(text)
    code, told = world.iop("releases")
    assert code == ExitCode.OK and "hold.json cannot be read" in told.replace("\n", "")
    BROKEN["points nowhere"](releases)
    with pytest.raises(ReleaseError, match=r"--hold"):
        Recovery(releases).recover()
    assert world.iop("rollback --resume")[0] == ExitCode.OK
    assert not (releases / "hold.json").exists()


def test_one_run_heals_archive_stage_and_pointer(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """A cut file of the stage stopped every run after it, and the line was a piece of Parquet."""
    out, before = world.out, world.ids()
    stage = Stage(out / "stage")
    cut = [
        ("listing", "licenses"),
        ("observation", "birchley"),
        ("area", "all"),
        ("ledger", "all"),
        ("crosswalk", "all"),
    ]
    for table, partition in cut:
        half(stage.path(table, partition))
    stage.path("unmapped", "birchley").unlink()
    for blob in (out / "archive" / "blobs").rglob("*.zst"):
        half(blob)
    for kept in (*(out / "archive" / "facts").iterdir(), *(out / "stage" / ".readings").iterdir()):
        kept.write_bytes(b"\0spoilt")
    (out / "stage" / ".complete" / "birchley").write_bytes(b"\xff\xfe")
    BROKEN["points nowhere"](out / "releases")
    with pytest.raises(DamagedStageError, match=r"licenses\.parquet.*run again"):
        resolve_entities(stage, None, world.folder, datetime.now(UTC))
    code, text = world.run()
    assert code == ExitCode.OK, text
    assert "readers see release 2, and this run goes on from there" in caplog.text
    assert world.ids() == before
    assert all(stage.is_sound(table, partition) for table, partition in cut)
    code, text = world.iop("doctor", "--registry", world.registry)
    assert code == ExitCode.OK, text
