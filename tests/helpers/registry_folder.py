"""A registry of local pages, its workspace, and what Dagster makes of both: for tests of the flow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipeline.commands import run as run_command
from pipeline.flow.graph import build_defs
from pipeline.flow.partitions import NAME, one_run
from pipeline.flow.resources import HELD_AS
from pipeline.flow.workspace import Workspace
from pipeline.settings import Settings

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
READING = ["documents", "observations", "listings"]


class Folder:
    """A registry of local pages `a`, `b` and `c`, on a Dagster instance."""

    def __init__(self, tmp_path: Path, instance: dg.DagsterInstance) -> None:
        self.registry, self.instance = tmp_path / "registry", instance
        self.registry.mkdir()
        for name in "abc":
            self.write(name)
        self.workspace = Workspace(
            Settings.choose(registry=self.registry, out=tmp_path / "out", environment={})
        )
        self.defs = build_defs(self.workspace)  # once, as a code location that stays loaded

    def write(self, name: str, kind: str = "provider_site") -> None:
        pages = self.registry.parent / f"pages_{name}"
        pages.mkdir(exist_ok=True)
        (pages / "index.html").write_text(f"<h1>Clinic {name}</h1><p>Our intensive outpatient program.</p>")
        (self.registry / f"{name}.toml").write_text(f'[{name}]\nkind = "{kind}"\npath = "../pages_{name}"\n')

    def sense(self) -> list[str]:
        """One tick of the sensor, as the daemon evaluates and applies it; the partitions then."""
        sensor = self.defs.get_repository_def().get_sensor_def("registry")
        with dg.build_sensor_context(instance=self.instance) as context:
            tick = sensor.evaluate_tick(context)
        for request in tick.dynamic_partitions_requests or ():
            if isinstance(request, dg.AddDynamicPartitionsRequest):
                self.instance.add_dynamic_partitions(NAME, request.partition_keys)
            else:
                for key in request.partition_keys:
                    self.instance.delete_dynamic_partition(NAME, key)
        return list(self.instance.get_dynamic_partitions(NAME))

    def tick(self) -> dict[str, str]:
        """Tags of the run that the schedule asks for."""
        schedule = self.defs.get_repository_def().get_schedule_def("daily")
        with dg.build_schedule_context(instance=self.instance) as context:
            (request,) = schedule.evaluate_tick(context).run_requests or ()
        return {name: value for name, value in request.tags.items() if "partition" in name}

    def commands_only_read(self, patch: pytest.MonkeyPatch) -> None:
        """From here on `iop run` fetches and reads, on this instance, and builds no release."""

        def execute(workspace: Workspace, ids: list[str], *_: object) -> dg.ExecuteInProcessResult:
            job = build_defs(workspace).resolve_job_def("directory_job")
            return job.execute_in_process(
                instance=self.instance,
                tags={**one_run(self.instance, ids), HELD_AS: workspace.run_id},
                run_config=QUIET,
                asset_selection=[dg.AssetKey(name) for name in READING],
            )

        patch.setattr(run_command, "_execute", execute)
        patch.setattr(run_command, "tell", lambda *_: None)

    def run(self, tags: dict[str, str], *selection: str, **options: Any) -> dg.ExecuteInProcessResult:
        """Fetch and read, in a process that has loaded the code anew."""
        workspace = replace(
            self.workspace,
            settings=replace(self.workspace.settings),
            selection=frozenset(selection) if selection else None,
        )
        job = build_defs(workspace).resolve_job_def("directory_job")
        return job.execute_in_process(
            instance=self.instance,
            tags=tags,
            run_config=QUIET | {"resources": {"workspace": {"config": options}}},
            raise_on_error=False,
            asset_selection=[dg.AssetKey(name) for name in READING],
        )
