"""One name for the code location, whoever serves it: a schedule that was turned on stays on."""

from __future__ import annotations

import tomllib
from configparser import ConfigParser
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.remote_representation.code_location import InProcessCodeLocation
from dagster._core.remote_representation.external import RemoteSchedule
from dagster._core.scheduler.instigation import InstigatorStatus
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.load_target import get_origins_from_toml
from dagster_dg_core.context import DgContext

MODULE = "pipeline.definitions"


def names(root: Path) -> dict[str, str]:
    """How each way of serving calls the location."""
    dev = DgContext.for_project_environment(root, {})
    (webserver,) = get_origins_from_toml(str(root / "pyproject.toml"))
    (compose,) = yaml.safe_load((root / "deploy" / "workspace.yaml").read_text())["load_from"]
    values = yaml.safe_load((root / "deploy" / "kubernetes" / "values.yaml").read_text())
    (deployment,) = values["dagster-user-deployments"]["deployments"]
    return {
        "dg dev": dev.code_location_name,
        "webserver and daemon, by pyproject.toml": webserver.location_name,
        "deploy/workspace.yaml": compose["grpc_server"]["location_name"],
        "deploy/kubernetes": deployment["name"],
    }


def test_every_way_of_serving_calls_the_location_by_one_name(root: Path) -> None:
    found = names(root)
    assert set(found.values()) == {"iop"}, found
    project = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["dg"]["project"]
    assert project["code_location_target_module"] == MODULE
    for unit in ("webserver", "daemon"):  # they take pyproject.toml's as long as they name no module
        parser = ConfigParser(strict=False, interpolation=None)
        parser.read(root / "deploy" / "systemd" / f"iop-{unit}.service")
        assert MODULE not in parser["Service"]["ExecStart"]
        assert parser["Service"]["WorkingDirectory"] == "/opt/iop"


def schedule(name: str, instance: dg.DagsterInstance) -> RemoteSchedule:
    """`daily`, of the code loaded anew under a name of the location."""
    origin = InProcessCodeLocationOrigin(LoadableTargetOrigin(module_name=MODULE), location_name=name)
    return InProcessCodeLocation(origin, instance).get_repository("__repository__").get_schedule("daily")


def test_a_schedule_that_is_on_stays_on(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a reload, and from `dg dev` to the services of deploy/; under another name it would be another schedule."""
    monkeypatch.setenv("IOP_HOME", str(tmp_path))
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:

        def is_on(name: str) -> bool:
            found = schedule(name, instance)
            stored = instance.get_instigator_state(found.get_remote_origin_id(), found.selector_id)
            return found.get_current_instigator_state(stored).status is InstigatorStatus.RUNNING

        found = names(root)
        assert not is_on(found["dg dev"])
        instance.start_schedule(schedule(found["dg dev"], instance))
        assert all(is_on(name) for name in found.values())
        assert not is_on(MODULE)
