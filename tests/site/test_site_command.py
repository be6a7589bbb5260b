"""`iop site`: what it writes, and what it says when it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from pipeline.commands.site import site as command


@pytest.fixture
def run():
    app = typer.Typer()
    app.command()(command)
    return lambda *arguments: CliRunner().invoke(app, [str(a) for a in arguments])


def test_it_writes_and_counts(run, release: Path, tmp_path: Path) -> None:
    result = run("--to", tmp_path / "www", "--release", release, "--state", "nh")
    assert result.exit_code == 0, result.output
    assert "4 programs" in result.output and "--base-url" in result.output
    assert (tmp_path / "www" / "es" / "index.html").is_file()


def test_without_a_release_or_with_a_wrong_address_it_says_so(run, release: Path, tmp_path: Path) -> None:
    assert run("--to", tmp_path / "x", "--out", tmp_path).exit_code == 1
    wrong = run("--to", tmp_path / "x", "--release", release, "--base-url", "example.org")
    assert wrong.exit_code == 1 and "https://" in wrong.output
    nowhere = run("--to", tmp_path / "x", "--release", release, "--state", "MA,XX")
    assert nowhere.exit_code == 1 and "XX" in nowhere.output
    assert not (tmp_path / "x").exists()
