"""Publishing: atomic, crash-safe at every step, readable by other processes all the while; rollback, retention, checksums."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from warehouse_world import ask

from warehouse.content import Content
from warehouse.findings import AuditReport, Finding
from warehouse.release import ReleaseError, Releases

Candidate = Callable[[int], tuple[Path, AuditReport, Content]]


@pytest.fixture
def candidate(numbered: Callable[[int], Path], content: Content, tmp_path: Path) -> Candidate:
    def one(number: int) -> tuple[Path, AuditReport, Content]:
        path = tmp_path / f"candidate-{number}.duckdb"
        shutil.copy(numbered(number), path)
        return path, AuditReport(path, 1, ()), content

    return one


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path / "releases", keep=3)


def seen(releases: Releases) -> int:
    """The release that a reader of the stable path sees; all of its rows are of one release."""
    rows = ask(releases.stable_path, "SELECT DISTINCT release, evidence_count FROM release_info, directory")
    assert len(rows) == 1
    assert rows[0][0] == rows[0][1]
    return int(rows[0][0])


def test_publish_list_and_read(releases: Releases, candidate: Candidate) -> None:
    assert releases.current() is None
    assert releases.current_path() is None
    assert releases.next_number() == 1
    for number in (1, 2):
        path, report, _ = candidate(number)
        release = releases.publish(path, report)
        assert not path.exists()
        assert seen(releases) == number == release.number
    assert [r.number for r in releases.list()] == [2, 1]
    assert releases.current_path() == releases.folder / "release-2.duckdb"
    assert releases.next_number() == 3
    entry = json.loads((releases.folder / "index.json").read_text())["releases"][0]
    assert entry["file"] == "release-2.duckdb"
    assert entry["rows"]["directory"] == 48
    assert entry["contract_version"]
    assert len(entry["sha256"]) == 64
    assert releases.verify(2) is None


def test_a_failed_audit_leaves_everything_as_it_was(releases: Releases, candidate: Candidate) -> None:
    releases.publish(*candidate(1))
    path, *_ = candidate(2)
    bad = AuditReport(path, 1, (Finding("key", "error", "t", "c", 1, "", "m", "r"),))
    with pytest.raises(ReleaseError, match="1 errors"):
        releases.publish(path, bad)
    assert path.exists()
    assert seen(releases) == 1
    assert [r.number for r in releases.list()] == [1]


def test_what_a_kill_left_goes_also_where_nothing_is_published(
    releases: Releases, candidate: Candidate
) -> None:
    releases.publish(*candidate(1))
    (releases.folder / "index.json.tmp").write_text("{")
    (releases.folder / "release-2.duckdb").write_bytes(b"renamed, and not in the index yet")
    releases.sweep()
    assert {path.name for path in releases.folder.glob("*.tmp")} == set()
    assert {path.name for path in releases.folder.glob("release-*")} == {"release-1.duckdb"}
    assert seen(releases) == 1


def test_a_number_is_used_once(releases: Releases, candidate: Candidate) -> None:
    releases.publish(*candidate(1))
    with pytest.raises(ReleaseError, match="next_number"):
        releases.publish(*candidate(1))


def test_an_open_file_is_not_published(releases: Releases, candidate: Candidate) -> None:
    path, report, _ = candidate(1)
    path.with_name(path.name + ".wal").touch()
    with pytest.raises(ReleaseError, match="still open"):
        releases.publish(path, report)


def test_rollback_and_on(releases: Releases, candidate: Candidate) -> None:
    for number in (1, 2, 3):
        releases.publish(*candidate(number))
    assert releases.rollback().number == 2
    assert seen(releases) == 2
    assert releases.rollback(1).number == 1
    with pytest.raises(ReleaseError, match="before this one"):
        releases.rollback()
    with pytest.raises(ReleaseError, match="no release 9"):
        releases.rollback(9)
    releases.publish(*candidate(4))
    assert seen(releases) == 4


def test_retention_keeps_the_last_and_the_current(releases: Releases, candidate: Candidate) -> None:
    for number in (1, 2, 3):
        releases.publish(*candidate(number))
    releases.rollback(1)
    for number in (4, 5):
        releases.publish(*candidate(number))
    assert [r.number for r in releases.list()] == [5, 4, 3]
    assert sorted(p.name for p in releases.folder.glob("*.duckdb")) == [
        f"release-{n}.duckdb" for n in (3, 4, 5)
    ]


def test_a_damaged_release_is_not_rolled_back_to(releases: Releases, candidate: Candidate) -> None:
    for number in (1, 2):
        releases.publish(*candidate(number))
    damaged = releases.folder / "release-1.duckdb"
    damaged.chmod(0o644)
    with damaged.open("r+b") as file:
        file.seek(20_000)
        file.write(b"damage")
    assert "checksum" in str(releases.verify(1))
    with pytest.raises(ReleaseError, match="checksum"):
        releases.rollback(1)
    assert seen(releases) == 2


def test_without_symlinks_the_stable_path_is_a_copy(tmp_path: Path, candidate: Candidate) -> None:
    releases = Releases(tmp_path / "plain", symlinks=False)
    for number in (1, 2):
        releases.publish(*candidate(number))
    assert not releases.stable_path.is_symlink()
    assert seen(releases) == 2
    assert json.loads((releases.folder / "current.json").read_text()) == {"number": 2}
    assert releases.rollback().number == 1
    current = releases.current()
    assert current is not None
    assert current.number == seen(releases) == 1


CRASH = """
import os, signal, sys
from pathlib import Path
from warehouse.findings import AuditReport
from warehouse.release import Releases

folder, candidate, step, links = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4] == "links"

class Doomed(Releases):
    def _reached(self, reached):
        if reached == step:
            os.kill(os.getpid(), signal.SIGKILL)

Doomed(folder, keep=1, symlinks=links).publish(candidate, AuditReport(candidate, 1, ()))
"""
STEPS = {"synced": 1, "named": 1, "indexed": 1, "pointed": 2, "retired": 2, "copied": 2}


@pytest.mark.parametrize("step", STEPS)
def test_kill_9_leaves_the_old_or_the_new_release(
    step: str, tmp_path: Path, candidate: Candidate, root: Path
) -> None:
    links = step != "copied"
    releases = Releases(tmp_path / "releases", keep=1, symlinks=links)
    releases.publish(*candidate(1))
    path, *_ = candidate(2)
    arguments = [str(releases.folder), str(path), step, "links" if links else "plain"]
    dead = subprocess.run([sys.executable, "-c", CRASH, *arguments], cwd=root, check=False)
    assert dead.returncode == -signal.SIGKILL
    assert seen(releases) == STEPS[step]
    current = releases.current()
    assert current is not None
    assert current.number == STEPS[step]
    assert releases.verify(current.number) is None
    number = releases.next_number()
    releases.publish(*candidate(number))
    assert seen(releases) == number
    assert not list(releases.folder.glob("*.tmp"))


READER = """
import sys, time
from pathlib import Path
import duckdb

stable, stop, answers = Path(sys.argv[1]), Path(sys.argv[2]), 0
newest = 0
while True:
    last = stop.exists()
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{stable}' AS iop (READ_ONLY)")
        rows = connection.execute(
            "SELECT DISTINCT release, evidence_count FROM iop.release_info, iop.directory WHERE level_of_care = 'iop'"
        ).fetchall()
    assert len(rows) == 1 and rows[0][0] == rows[0][1] >= newest, rows
    newest = rows[0][0]
    answers += 1
    if last:
        break
print(answers, newest)
"""


def test_four_processes_read_while_releases_are_published(
    releases: Releases, candidate: Candidate, tmp_path: Path
) -> None:
    releases.publish(*candidate(1))
    others = [candidate(number) for number in range(2, 8)]
    stop = tmp_path / "stop"
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, releases.stable_path, stop], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for other in others:
        releases.publish(*other)
    stop.touch()
    for reader in readers:
        out, _ = reader.communicate(timeout=60)
        assert reader.returncode == 0
        answers, newest = map(int, out.split())
        assert answers >= 1
        assert newest == 7


def test_an_open_app_adopts_a_new_release_in_one_statement(releases: Releases, candidate: Candidate) -> None:
    releases.publish(*candidate(1))
    with duckdb.connect() as app:
        attach = f"ATTACH OR REPLACE '{releases.stable_path}' AS iop (READ_ONLY)"
        app.execute(attach)
        ours = releases.stable_path.readlink()
        for number in (2, 3):
            releases.publish(*candidate(number))
            assert app.execute("SELECT release FROM iop.release_info").fetchall() == [(number - 1,)]
            assert releases.stable_path.readlink() != ours
            app.execute(attach)
            assert app.execute("SELECT release FROM iop.release_info").fetchall() == [(number,)]
