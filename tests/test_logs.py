"""Our log lines: silent by default, text or JSON at a terminal, among a run's events in Dagster; never with a secret."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import yaml
from registry_folder import Folder
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.flow.partitions import one_run
from pipeline.logs import written
from pipeline.settings import Settings, SettingsError

SECRETS = {
    "IOP_WEBHOOK": "https://hooks.example/hush-one",
    "IOP_SMTP": "smtps://me:hush-two@mail.example",
    "IOP_MAIL_TO": "you@iop.example",
}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    settings = {"python_logs": {"managed_python_loggers": ["pipeline"]}}
    with dg.DagsterInstance.ephemeral(settings=settings) as instance:
        yield Folder(tmp_path, instance)


@pytest.fixture
def reading_alone(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> Folder:
    folder.commands_only_read(monkeypatch)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return folder


def run(folder: Folder, *options: str) -> str:
    """What stands at standard error."""
    where = ["--registry", str(folder.registry), "--out", str(folder.workspace.settings.out)]
    result = CliRunner().invoke(app, ["run", *where, *options], catch_exceptions=False)
    assert "hush" not in result.output
    return result.stderr


def test_json_lines_and_nothing_else(reading_alone: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOP_LOG_FORMAT", "json")
    monkeypatch.setenv("IOP_LOG_LEVEL", "debug")
    (reading_alone.registry / "a.toml").write_text('[a]\nkind = "provider_sight"\n')
    lines = [json.loads(line) for line in run(reading_alone).splitlines()]
    assert all({"event", "level", "logger", "at"} <= line.keys() for line in lines)
    by = {(line["logger"], line.get("source_id") or line.get("stage")): line for line in lines}
    assert by["pipeline.fetch.run", "b"]["outcomes"] == {"ok": 1}
    read = by["pipeline.read.processes", "b"]
    assert (read["outcome"], read["documents"], read["problem"]) == ("read", 1, None) and "listing" in read[
        "rows"
    ]
    assert by["pipeline.logs", "read"]["steps"] == 2 and by["pipeline.logs", "read"]["seconds"] >= 0
    told = next(line["event"] for line in lines if "provider_sight" in line["event"])
    assert told.startswith("registry a.toml") and told.endswith("license_list)"), (
        "what people are told is a line"
    )
    assert not any(key.startswith("dagster") for line in lines for key in line)


def test_verbose_is_text_and_silence_the_default(reading_alone: Folder) -> None:
    loud = run(reading_alone, "--verbose")
    assert " INFO a: fetched 1 ok\n" in loud and " INFO fetch: done, 3 in " in loud
    assert "fetch: done\n" not in loud, "bars and lines tell the same"
    quiet = run(reading_alone)
    assert "INFO" not in quiet and "fetch: done\n" in quiet


def test_dagster_keeps_our_lines_among_the_events(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "pipeline"):
        result = folder.run(dict(one_run(folder.instance, ["a", "b", "c"])))
    said = {
        entry.user_message for entry in folder.instance.all_logs(result.run_id) if not entry.is_dagster_event
    }
    assert {"a: fetched 1 ok", "b: fetched 1 ok"} <= said
    assert any(line.startswith("c: read, ") for line in said)
    assert any(line.startswith("read: done, 3 in") for line in said)


@pytest.mark.parametrize("name", ["dagster.yaml", "deploy/dagster.postgres.yaml"])
def test_instances_take_them(root: Path, name: str) -> None:
    told = yaml.safe_load((root / name).read_text())
    assert told["python_logs"]["managed_python_loggers"] == ["pipeline"]
    assert told["run_retries"]["enabled"] and not told["run_retries"]["retry_on_asset_or_op_failure"]


@pytest.mark.parametrize(("environment", "level"), [({}, "INFO"), ({"IOP_LOG_LEVEL": "error"}, "ERROR")])
def test_dagster_is_told_more_where_nobody_chose(environment: dict[str, str], level: str) -> None:
    assert Settings.choose(environment=environment).log_level_under_dagster == level


def test_a_handler_that_fails_fails_once(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def write(self, _: str) -> int:
            raise BrokenPipeError

        def flush(self) -> None: ...

    monkeypatch.setattr(sys, "stderr", Gone())
    with written("INFO", "json"):
        logging.getLogger("pipeline.some").warning("nobody reads this")


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"IOP_LOG_FORMAT": "xml"}, "log_format 'xml': choose text, json"),
        ({"IOP_SMTP": "https://hush.example"}, "smtp must begin with smtp:// or smtps:// and name a host"),
        ({"IOP_SMTP": "smtp://hush.example:port"}, "smtp must begin with"),
        ({"IOP_SMTP": "smtp://hush.example"}, "smtp and mail_to go together"),
        ({"IOP_MAIL_TO": "you@iop.example"}, "smtp and mail_to go together"),
        ({"IOP_SMTP": "smtp://h", "IOP_MAIL_TO": "you"}, "mail_to: 'you' is no address"),
        ({"IOP_UI": "localhost:3000"}, "ui must begin with http"),
    ],
)
def test_settings_of_logs_and_alerts_are_checked(environment: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words) as wrong:
        Settings.choose(environment=environment)
    assert "hush" not in str(wrong.value)


def test_settings_show_no_secret() -> None:
    assert "hush" not in repr(Settings.choose(environment=SECRETS))
