"""Where the system says no, a line says to what, and what to do; a run says so before it has done anything."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.denied import require_writable, told

# Root may write everywhere, but not without these.
RIGHTS = "-dac_override,-dac_read_search"
NOBODY = 65534
FOLDERS = ("archive", "stage", "releases", ".run")  # of a run's directory


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.EACCES, "Chmod or chown it, run as {owner}, or give another place"),
        (errno.EROFS, "Mount it for writing, or give another place"),
        (errno.ENOSPC, "Make room (iop archive prune, fewer releases), or give another place"),
    ],
)
def test_a_remedy_is_told_in_the_same_line(tmp_path: Path, number: int, remedy: str) -> None:
    path, owner = tmp_path / "not" / "there", tmp_path.owner()
    line = f"{os.strerror(number)}: {path}. {remedy.format(owner=owner)}"
    assert told(OSError(number, os.strerror(number), str(path))) == line


def test_what_has_no_remedy_is_told_as_it_is() -> None:
    assert told(OSError(errno.EISDIR, "Is a directory", "out")) == "Is a directory: out"
    assert told(OSError("timed out")) == "timed out"


def test_an_owner_without_a_name_is_told_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: Path) -> str:
        raise KeyError("no such user")

    monkeypatch.setattr(Path, "owner", unknown)
    line = told(OSError(errno.EACCES, "Permission denied", str(tmp_path)))
    assert f"run as its owner (user {tmp_path.stat().st_uid})," in line


def test_folders_that_may_be_written_to_or_are_not_there_are_no_trouble(tmp_path: Path) -> None:
    require_writable([tmp_path, tmp_path / "not there"])


RUN = """
import json, sys
from typer.testing import CliRunner
from pipeline.cli import app
for out in sys.argv[1:]:
    done = CliRunner().invoke(app, ["run", "--profile", "demo", "--out", out])
    print(json.dumps([out, done.exit_code, done.stdout, done.stderr]))
"""


def test_who_may_not_write_is_told_before_anything_is_done(tmp_path: Path, root: Path) -> None:
    """As somebody whom the folder does not belong to; root is, without its rights over files."""
    locked = {tmp_path / (name or "out"): tmp_path / (name or "out") / name for name in ("", *FOLDERS)}
    command = [sys.executable, "-c", RUN, *map(str, locked)]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root needs setpriv to do without its rights")
        command = ["setpriv", f"--bounding-set={RIGHTS}", f"--inh-caps={RIGHTS}", *command]
    for out, folder in locked.items():
        for name in FOLDERS:
            (out / name).mkdir(parents=True)
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        folder.chmod(0o555)
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=root, check=True, timeout=60)
    finally:
        for folder in locked.values():
            folder.chmod(0o755)
    shown = [json.loads(line) for line in done.stdout.splitlines()]
    assert [out for out, *_ in shown] == [*map(str, locked)]
    for (out, folder), (_, code, stdout, stderr) in zip(locked.items(), shown, strict=True):
        assert (code, stdout) == (1, "")
        [line] = stderr.splitlines()
        assert line.startswith(f"Permission denied: {folder}. Chmod or chown it, run as ")
        assert not [path for path in out.rglob("*") if path.is_file()]
