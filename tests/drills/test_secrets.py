"""Secrets that are not there are named in a line; those that are there are written nowhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from small_world import World

from pipeline.commands.exit_codes import ExitCode

SECRETS = {
    "IOP_WEBHOOK": "http://127.0.0.1:9/services/of-a-drill-1",
    "IOP_OF_A_DRILL_KEY": "of-a-drill-2",
    "AWS_SECRET_ACCESS_KEY": "of-a-drill-3",
    "IOP_POSTGRES_PASSWORD": "of-a-drill-4",
}
MARK = "of-a-drill-"
READER = {"MODEL": "some", "URL": "http://127.0.0.1:9/v1", "KEY_VARIABLE": "IOP_OF_A_DRILL_KEY"}


def test_postgres_without_its_variables(
    world: World, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was a traceback of a hundred lines."""
    monkeypatch.setenv("IOP_POSTGRES_PASSWORD", SECRETS["IOP_POSTGRES_PASSWORD"])
    (tmp_path / "home").mkdir()
    shutil.copy(root / "deploy" / "dagster.postgres.yaml", tmp_path / "home" / "dagster.yaml")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    code, text = world.run()
    assert code == ExitCode.USAGE
    assert len(text.splitlines()) == 1 and "IOP_POSTGRES_HOST" in text and MARK not in text


def test_a_webhook_that_is_none_is_named_and_not_shown(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOP_WEBHOOK", "of-a-drill-1.example/without-a-scheme")
    code, text = world.run()
    assert code == ExitCode.USAGE
    assert len(text.splitlines()) == 1 and "webhook" in text and MARK not in text


def test_a_run_names_the_key_that_is_missing_and_writes_none_that_is_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second opinion is nothing that a release waits for."""
    pytest.importorskip("openai")
    for name, value in (
        SECRETS | {f"IOP_SECOND_READER_{name}": value for name, value in READER.items()}
    ).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("IOP_OF_A_DRILL_KEY")
    code, text = world.run("--refetch")
    assert code in (ExitCode.OK, ExitCode.PARTIAL), text
    assert [line for line in text.splitlines() if "has no key IOP_OF_A_DRILL_KEY" in line]
    monkeypatch.setenv("IOP_OF_A_DRILL_KEY", SECRETS["IOP_OF_A_DRILL_KEY"])
    told = [text, *(world.iop(command)[1] for command in ("settings", "settings --json", "doctor --json"))]
    assert not [one for one in told if MARK in one]
    written = [path for path in world.out.rglob("*") if path.is_file()]
    assert not [path for path in written if MARK.encode() in path.read_bytes()]
