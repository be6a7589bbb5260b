"""The registry lives: partitions follow its folder, a run asks for what it has then, a slip touches its own table alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from pipeline.flow.graph import build_defs
from pipeline.flow.partitions import NAME, one_run
from pipeline.flow.workspace import Workspace
from pipeline.settings import Settings

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
READING = ["documents", "observations", "listings"]


class Folder:
    """A registry of local pages, its workspace, and a Dagster instance that passes."""

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
        (schedule,) = (s for s in self.defs.get_repository_def().schedule_defs if s.name == "daily")
        with dg.build_schedule_context(instance=self.instance) as context:
            (request,) = schedule.evaluate_tick(context).run_requests or ()
        return {name: value for name, value in request.tags.items() if "partition" in name}

    def run(self, tags: dict[str, str], *selection: str) -> dg.ExecuteInProcessResult:
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
            run_config=QUIET,
            raise_on_error=False,
            asset_selection=[dg.AssetKey(name) for name in READING],
        )


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield Folder(tmp_path, instance)


@pytest.fixture
def lasting(tmp_path: Path) -> Iterator[Folder]:
    """On an instance with files of its own, as a schedule wants it."""
    (tmp_path / "home").mkdir()
    with dg.instance_for_test(temp_dir=str(tmp_path / "home")) as instance:
        yield Folder(tmp_path, instance)


def materialized(result: dg.ExecuteInProcessResult, asset: str = "listings") -> list[str]:
    events = result.get_asset_materialization_events()
    return [str(e.partition) for e in events if e.asset_key == dg.AssetKey(asset)]


def test_the_sensor_keeps_the_partitions(folder: Folder) -> None:
    assert folder.sense() == ["a", "b", "c"]
    folder.write("d")
    (folder.registry / "b.toml").unlink()
    assert folder.sense() == ["a", "c", "d"]
    assert folder.sense() == ["a", "c", "d"]


def test_a_mistyped_table_keeps_its_partition_and_others_come(folder: Folder) -> None:
    folder.sense()
    folder.write("a", kind="provider_sight")
    folder.write("d")
    assert folder.sense() == ["a", "b", "c", "d"]


def test_no_partition_goes_while_a_run_may_name_it(folder: Folder) -> None:
    folder.sense()
    (folder.registry / "a.toml").unlink()
    run = folder.instance.create_run_for_job(folder.defs.resolve_job_def("directory_job"))
    assert folder.sense() == ["a", "b", "c"]
    folder.instance.report_run_canceled(run)
    assert folder.sense() == ["b", "c"]


def test_the_schedule_asks_for_what_there_is_when_it_ticks(lasting: Folder) -> None:
    """Also where the sensor is off, or did not come round yet."""
    assert set(lasting.tick().values()) == {"a", "c"}
    lasting.write("d")
    (lasting.registry / "a.toml").unlink()
    assert set(lasting.tick().values()) == {"b", "d"}


def test_the_schedule_skips_an_empty_registry_and_says_so(lasting: Folder) -> None:
    for file in lasting.registry.iterdir():
        file.unlink()
    (schedule,) = lasting.defs.get_repository_def().schedule_defs
    with dg.build_schedule_context(instance=lasting.instance) as context:
        tick = schedule.evaluate_tick(context)
    assert not tick.run_requests and "declares no usable source" in (tick.skip_message or "")


@pytest.mark.parametrize(
    ("name", "slip"), [("a", "removed"), ("b", "mistyped"), ("c", "mistyped"), ("c", "broken file")]
)
def test_what_happens_to_one_table_after_the_tick_leaves_the_others_alone(
    folder: Folder, name: str, slip: str
) -> None:
    """It was 'Nonexistent partition keys', and nobody was read."""
    tags = dict(one_run(folder.instance, ["a", "b", "c"]))
    if slip == "removed":
        (folder.registry / f"{name}.toml").unlink()
    elif slip == "mistyped":
        folder.write(name, kind="provider_sight")
    else:
        (folder.registry / f"{name}.toml").write_text("[")
    result = folder.run(tags)
    assert result.success
    listed = folder.workspace.stage.read("document")["source_id"].unique().to_list()
    assert sorted(listed) == sorted({"a", "b", "c"} - {name})
    checks = {e.check_name: e for e in result.get_asset_check_evaluations()}
    assert checks["registry_is_valid"].passed == (slip == "removed")
    if slip == "mistyped":
        assert "provider_sight" in str(checks["registry_is_valid"].metadata)


def test_some_sources_of_many(folder: Folder) -> None:
    """Dagster names a range; what lies between is left out."""
    folder.sense()
    result = folder.run(dict(one_run(folder.instance, ["c", "a"])), "a", "c")
    assert result.success
    assert sorted(folder.workspace.stage.read("document")["source_id"].unique()) == ["a", "c"]
