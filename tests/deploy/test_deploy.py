"""What deploy/ says holds of this code: what it copies and calls exists, and the instance file works against a real Postgres."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.instance.ref import InstanceRef
from postgres_server import PASSWORD, postgres_server

from pipeline.commands.exit_codes import ExitCode


def test_the_image_copies_what_there_is(root: Path) -> None:
    copied = re.findall(
        r"^COPY (?!--from)(.+) \S+$", (root / "deploy" / "Dockerfile").read_text(), re.MULTILINE
    )
    named = [name for line in copied for name in line.split()]
    assert {"pipeline", "sources", "warehouse"} <= set(named)
    assert not [name for name in named if not (root / name).exists()]


def test_services_call_commands_that_there_are(root: Path) -> None:
    compose = yaml.safe_load((root / "deploy" / "compose.yaml").read_text())
    commands = {service["command"][0] for service in compose["services"].values() if "command" in service}
    for unit in (root / "deploy" / "systemd").glob("*.service"):
        parser = ConfigParser(strict=False, interpolation=None)
        parser.read(unit)
        commands.add(Path(parser["Service"]["ExecStart"].split()[0]).name)
    assert {"iop", "dagster-webserver", "dagster-daemon"} <= commands
    assert not [name for name in commands if not (Path(sys.executable).parent / name).exists()]


def test_a_partial_run_is_no_failure_of_the_unit(root: Path) -> None:
    unit = (root / "deploy" / "systemd" / "iop-run.service").read_text()
    assert f"SuccessExitStatus={int(ExitCode.PARTIAL)}\n" in unit


def test_the_web_server_is_open_to_nobody_else(root: Path) -> None:
    compose = yaml.safe_load((root / "deploy" / "compose.yaml").read_text())
    assert all(port.startswith("127.0.0.1:") for port in compose["services"]["webserver"]["ports"])
    assert "--host 127.0.0.1" in (root / "deploy" / "systemd" / "iop-webserver.service").read_text()


def test_no_secret_stands_in_a_file(root: Path) -> None:
    for file in (root / "deploy").rglob("*"):
        if file.is_file():
            assert not re.search(
                r"(?i)(password|secret|key): *[\"']?[A-Za-z0-9+/]{6,}[\"']?$", file.read_text(), re.M
            )


@pytest.fixture
def postgres(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with postgres_server() as port:
        of = {"HOST": "127.0.0.1", "PORT": str(port), "USER": "iop", "PASSWORD": PASSWORD, "DB": "postgres"}
        for key, value in of.items():
            monkeypatch.setenv(f"IOP_POSTGRES_{key}", value)
        yield


def test_runs_are_kept_in_postgres(root: Path, tmp_path: Path, postgres: None) -> None:
    """The instance file of deploy/ as it stands, with a run of ours, read back by another instance."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(root / "deploy" / "dagster.postgres.yaml", home / "dagster.yaml")

    @dg.asset
    def one() -> None: ...

    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home))) as instance:
        result = dg.materialize([one], instance=instance)
        assert "Postgres" in type(instance.run_storage).__name__
    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home))) as again:
        kept = again.get_run_by_id(result.run_id)
        assert kept is not None and kept.status is dg.DagsterRunStatus.SUCCESS
        assert again.get_latest_materialization_event(dg.AssetKey("one")) is not None
