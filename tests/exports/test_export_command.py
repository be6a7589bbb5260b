"""`iop export` and `iop coverage`: what they write, and what they say when they cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from pipeline.commands.export import export
from pipeline.commands.report import coverage


@pytest.fixture
def run():
    app = typer.Typer()
    app.command()(export)
    app.command()(coverage)
    return lambda *arguments: CliRunner().invoke(app, [str(a) for a in arguments])


def test_export_writes_and_counts(run, release: Path, tmp_path: Path) -> None:
    result = run("export", "csv", "--to", tmp_path / "d.csv", "--release", release)
    assert (result.exit_code, "15 directory" in result.output) == (0, True)
    assert len((tmp_path / "d.csv").read_text(encoding="utf-8").splitlines()) == 16


def test_coverage_of_a_state(run, release: Path, tmp_path: Path) -> None:
    assert (
        run("coverage", "--to", tmp_path / "new" / "c.md", "--state", "ma", "--release", release).exit_code
        == 0
    )
    assert "# What is known of treatment in MA" in (tmp_path / "new" / "c.md").read_text(encoding="utf-8")


def test_without_a_release_it_says_so(run, tmp_path: Path) -> None:
    for command in (["export", "csv"], ["coverage"]):
        assert run(*command, "--to", tmp_path / "x", "--out", tmp_path).exit_code == 1
    assert run("export", "xml", "--to", tmp_path / "x").exit_code == 2
