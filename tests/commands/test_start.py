"""A command starts fast: it imports what it uses, and `iop --help` next to nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from pipeline.cli import COMMANDS, app

HEAVY = {"dagster", "polars", "httpx", "lxml", "duckdb", "pydantic", "rich"}
LOADED = f"""
import atexit, sys
atexit.register(lambda: print(*({HEAVY} & sys.modules.keys()), file=sys.stderr))
from pipeline.cli import main
main()
"""


@pytest.fixture
def release(tmp_path: Path) -> Path:
    duckdb.connect(tmp_path / "release.duckdb").close()
    return tmp_path / "release.duckdb"


@pytest.mark.parametrize(
    ("arguments", "used"),
    [
        (["--help"], set()),
        (["query", "SELECT 1", "--release", "RELEASE"], {"duckdb", "rich"}),
        (["releases", "--help"], {"duckdb", "rich"}),
        (["match", "--help"], {"polars", "pydantic", "rich"}),  # frames have the shape of contracts
        (["extract", "--help"], {"lxml", "rich"}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_command_imports_what_it_uses(arguments: list[str], used: set[str], release: Path) -> None:
    given = [str(release) if argument == "RELEASE" else argument for argument in arguments]
    done = subprocess.run([sys.executable, "-c", LOADED, *given], capture_output=True, text=True, check=True)
    assert set(done.stderr.split()) == used


@pytest.mark.parametrize("name", [name for name, *_ in COMMANDS])
def test_every_row_of_the_table_is_a_command(name: str) -> None:
    shown = CliRunner().invoke(app, [name, "--help"])
    assert shown.exit_code == 0, shown.output
    assert f"iop {name}" in shown.output


def test_a_slip_in_a_command_s_name_is_answered_with_the_nearest() -> None:
    shown = CliRunner().invoke(app, ["relases"])
    assert shown.exit_code == 2
    assert "releases" in shown.output
