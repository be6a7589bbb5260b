"""`iop export`: what it writes, and what it says when it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from pipeline.commands.export import export


@pytest.fixture
def run():
    app = typer.Typer()
    app.command()(export)
    return lambda *arguments: CliRunner().invoke(app, [str(a) for a in arguments])


def test_export_writes_and_counts(run, release: Path, tmp_path: Path) -> None:
    result = run("csv", "--to", tmp_path / "d.csv", "--release", release)
    assert (result.exit_code, "15 directory" in result.output) == (0, True)
    assert len((tmp_path / "d.csv").read_text(encoding="utf-8").splitlines()) == 16


def test_some_of_it(run, release: Path, tmp_path: Path) -> None:
    result = run("csv", "--to", tmp_path / "d.csv", "--release", release, "--state", "nh", "--level", "iop")
    assert (result.exit_code, "2 directory" in result.output) == (0, True)
    wrong = run("csv", "--to", tmp_path / "x.csv", "--release", release, "--state", "ma,xx")
    assert (wrong.exit_code, "no state 'XX'" in wrong.output) == (1, True)


def test_without_a_release_it_says_so(run, tmp_path: Path) -> None:
    assert run("csv", "--to", tmp_path / "x", "--out", tmp_path).exit_code == 1
    assert run("xml", "--to", tmp_path / "x").exit_code == 2
