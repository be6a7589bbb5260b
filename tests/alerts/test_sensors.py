"""Dagster's sensors: how a run ended is remembered and told; what could not be sent is told by the next tick."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import stamina
from loopback import Hook, webhook

from pipeline.alerts.run_log import read_runs
from pipeline.alerts.wrong import PARTS
from pipeline.flow.alert_sensors import alert_sensors
from pipeline.flow.workspace import Workspace
from pipeline.settings import Settings


class Deployment:
    """A code location with the sensors and a job that fails as long as `fails` says so, and its daemon."""

    def __init__(self, folder: Path, instance: dg.DagsterInstance, **environment: str) -> None:
        (folder / "mine").mkdir()
        settings = Settings.choose(registry=folder / "mine", out=folder / "out", environment=environment)
        self.out, self.instance, self.fails = settings.out, instance, True
        self.cursors: dict[str, str] = {}
        deployment = self

        @dg.op
        def step() -> None:
            if deployment.fails:
                raise RuntimeError("the disk is full\nsince midnight")

        @dg.job
        def directory_job() -> None:
            step()

        sensors = alert_sensors(Workspace(settings))
        self.defs = dg.Definitions(jobs=[directory_job], sensors=sensors)
        for name in ("failed_runs", "good_runs"):
            self.tick(name)  # the daemon begins where the log then ends

    def run(self) -> None:
        job = self.defs.resolve_job_def("directory_job")
        job.execute_in_process(instance=self.instance, raise_on_error=False)

    def tick(self, *names: str) -> None:
        """As the daemon evaluates sensors, and keeps their cursors."""
        for name in names:
            sensor = self.defs.get_repository_def().get_sensor_def(name)
            with dg.build_sensor_context(self.instance, self.cursors.get(name)) as context:
                data = sensor.evaluate_tick(context)
            assert not [r for r in data.dagster_run_reactions or () if r.error]
            self.cursors[name] = data.cursor or self.cursors.get(name, "")


@pytest.fixture
def hook() -> Iterator[Hook]:
    with webhook() as taken, stamina.set_testing(True, attempts=1):
        yield taken


@pytest.fixture
def deployment(tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    for part in ("release", "ages", "sources"):
        monkeypatch.setitem(PARTS, part, lambda *_: iter(()))  # type: ignore[arg-type]
    with dg.DagsterInstance.ephemeral() as instance:
        yield Deployment(tmp_path, instance, IOP_WEBHOOK=hook.url, IOP_UI="http://iop.example")


def test_a_failed_run_is_told_with_its_step_and_page(deployment: Deployment, hook: Hook) -> None:
    deployment.run()
    deployment.tick("failed_runs", "good_runs", "alerts", "failed_runs")
    assert hook.kinds == ["run_failed"]
    (run,) = deployment.instance.get_runs()
    alert = hook.posts[0]["alert"]
    assert alert["what"] == {"directory_job": "step: RuntimeError: the disk is full"}
    assert alert["where"][1] == f"http://iop.example/runs/{run.run_id}"
    deployment.fails = False
    deployment.run()
    deployment.tick("failed_runs", "good_runs", "alerts")
    last = read_runs(deployment.out).last
    assert hook.kinds == ["run_failed", "-run_failed"] and last and last.ok


def test_what_could_not_be_sent_is_sent_by_a_later_tick(deployment: Deployment, hook: Hook) -> None:
    deployment.run()
    hook.answers = [503, 503]
    deployment.tick("failed_runs", "alerts")
    assert not hook.posts and not json.loads(deployment.cursors["alerts"]).get("webhook")
    deployment.tick("alerts", "alerts")
    assert hook.kinds == ["run_failed"]
    assert list(json.loads(deployment.cursors["alerts"])["webhook"]) == ["run_failed/directory_job"]


def test_off_until_configured(tmp_path: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        deployment = Deployment(tmp_path, instance)
        deployment.run()
        deployment.tick("failed_runs", "alerts")
    assert read_runs(deployment.out).ends["directory_job"].failures == {
        "step": "RuntimeError: the disk is full"
    }
    on = {s.name: s.default_status for s in deployment.defs.get_repository_def().sensor_defs}
    assert on.pop("alerts") is dg.DefaultSensorStatus.STOPPED
    assert set(on.values()) == {dg.DefaultSensorStatus.RUNNING}
