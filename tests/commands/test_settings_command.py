"""`iop settings`, and what a command does with a value that cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import iop

from pipeline.choices import known
from pipeline.commands.exit_codes import ExitCode

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IOP_HOME", str(tmp_path))
    return tmp_path


def test_each_value_is_told_with_its_origin(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".env").write_text(
        "IOP_KEEP_DAYS=30\nIOP_CONCURRENCY=9\nIOP_WEBHOOK=https://hooks.example/hush\nIOP_PROFLE=us\n"
    )
    (home / "profiles.toml").write_text('[ours]\nregistry = "mine"\nkeep_releases = 4\n')
    (home / "mine").mkdir()
    monkeypatch.setenv("IOP_CONCURRENCY", "8")
    code, text = iop("settings", "--json", "--profile", "ours")
    assert code == ExitCode.OK
    rows = {row["setting"]: row for row in json.loads(text[: text.rindex("]") + 1])}
    assert known().keys() <= rows.keys() and rows["geocoder.name"]["variable"] == "IOP_GEOCODER"
    told = {name: (rows[name]["value"], rows[name]["origin"]) for name in rows}
    assert told["profile"] == ("ours", "option")
    assert told["concurrency"] == ("8", "environment")
    assert told["keep_days"] == ("30", ".env")
    assert told["keep_releases"] == ("4", "profile ours")
    assert told["registry"] == ((home / "mine").as_posix(), "profile ours")
    assert told["out"] == ((home / "data" / "ours").as_posix(), "default")
    assert told["webhook"] == ("hooks.example/…", ".env") and "hush" not in text
    assert "IOP_PROFLE is no setting" in text


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("IOP_CONCURRENCY", "many", "IOP_CONCURRENCY (environment): 'many' is no whole number"),
        ("IOP_CONCURRENCY", "0", "must be at least 1"),
        ("IOP_DELAY_S", "-1", "must not be negative"),
        ("IOP_USER_AGENT", "me", "must name itself and a contact"),
        ("IOP_REPORTS", "perhaps", "neither yes nor no"),
        ("IOP_LOG_LEVEL", "loud", "choose DEBUG"),
        ("IOP_WEBHOOK", "hooks.example", "must begin with http"),
        ("IOP_POLICY", "none.toml", "there is no file"),
        ("IOP_OVERRIDES", "none", "there is no folder"),
        ("IOP_REGISTRY", "none", "there is no folder"),
        ("IOP_GEOCODER_BATCH", "x", "geocoder"),
        ("IOP_HOME", "none", "make it, or name another"),
    ],
)
def test_a_bad_value_is_one_line(
    home: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str
) -> None:
    monkeypatch.setenv(variable, value)
    code, text = iop("run")
    assert code == ExitCode.USAGE and words in text and len(text.strip().splitlines()) == 1


def test_the_document_has_every_setting_as_it_is() -> None:
    lines = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8").splitlines()
    for s in known().values():
        default = s.default if s.default == "none" else f"`{s.default}`"
        assert f"| `{s.name}` | `{s.variable}` | {default} | {s.meaning} |" in lines
