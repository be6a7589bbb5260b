"""A run without news publishes nothing; releases are kept and held; a replay of the past leaves the present alone."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from command_line import iop
from license_list import in_lowell, published, write_registry

from pipeline.commands.exit_codes import ExitCode

ACCEPT = ("--accept", "drift", "--why", "it is renamed")


def seen(out: Path) -> tuple[int, str]:
    """Number of the release that readers see, and the one organization in it."""
    with duckdb.connect(str(out / "releases" / "current"), read_only=True) as connection:
        row = connection.execute("SELECT release, organization_name FROM release_info, directory").fetchone()
    assert row is not None
    return row[0], row[1]


def stage_of(out: Path) -> dict[str, bytes]:
    files = (out / "stage").rglob("*")
    return {str(file.relative_to(out)): file.read_bytes() for file in files if file.is_file()}


@pytest.mark.timeout(300)
def test_news_is_published_and_nothing_else_is(tmp_path: Path) -> None:
    home = shutil.copytree(published(), tmp_path / "home", symlinks=True)
    registry, out = home / "registry", home / "out"
    where = ("--registry", registry, "--out", out)
    then = datetime.now(UTC)
    code, text = iop("run", *where)
    assert code == ExitCode.OK and "Nothing new: release 1 stays" in text
    assert not (out / "candidate.duckdb").exists() and seen(out) == (1, "Elm House")

    write_registry(registry, in_lowell("Oak House"))
    assert "Release 2 published" in iop("run", *ACCEPT, *where)[1]
    assert iop("releases", *where, "keep", 1, "--why", "before Oak")[0] == ExitCode.OK
    assert "before Oak" in iop("releases", *where)[1]
    code, text = iop("rollback", "--hold", "--why", "is Oak right?", *where)
    assert code == ExitCode.OK and "until iop rollback --resume" in text
    code, text = iop("run", *ACCEPT, *where)
    assert code == ExitCode.OK and "Release 3 published" in text and "is Oak right?" in text
    assert seen(out) == (1, "Elm House")
    assert iop("rollback", "1", "--resume", *where)[0] == ExitCode.USAGE
    assert iop("rollback", "--resume", *where)[0] == ExitCode.OK and seen(out) == (3, "Oak House")

    present = stage_of(out)
    moment = then.strftime("%Y-%m-%dT%H:%M:%S")
    code, text = iop("replay", "--as-of", moment, *ACCEPT, *where)
    assert code == ExitCode.OK and seen(out) == (4, "Elm House"), text
    assert stage_of(out) == present and not (out / "stage_as_of").exists()
    assert iop("replay", "--as-of", moment, "--source", "licenses", *where)[0] == ExitCode.USAGE
    assert iop("releases", *where, "keep", 9)[0] == ExitCode.USAGE
