"""Status tells the truth: what was fetched, what could not be, what was not due; run config; ages that go on."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest
from command_line import iop
from registry_folder import QUIET, Folder

sys.path.insert(0, str(Path(__file__).parents[1] / "warehouse"))

from warehouse_world import NOW, World, build_world

from pipeline.commands.exit_codes import ExitCode
from pipeline.flow.graph import build_defs
from pipeline.flow.options import failed_sources
from pipeline.flow.partitions import one_run
from pipeline.flow.workspace import Workspace
from pipeline.settings import Settings
from warehouse.findings import AuditReport
from warehouse.freshness import row_ages

ALL = ["a", "b", "c"]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield Folder(tmp_path, instance)


def partitions(result: dg.ExecuteInProcessResult, kind: dg.DagsterEventType, asset: str) -> set[str | None]:
    """Of which partitions of an asset such events were written."""
    return {
        event.partition
        for event in result.all_events
        if event.event_type == kind and event.asset_key == dg.AssetKey(asset)
    }


def verdicts(result: dg.ExecuteInProcessResult, check: str) -> dict[str | None, bool]:
    return {e.partition: e.passed for e in result.get_asset_check_evaluations() if e.check_name == check}


def test_what_could_not_be_fetched_is_a_failed_check_and_no_materialization(folder: Folder) -> None:
    shutil.rmtree(folder.registry.parent / "pages_b")
    result = folder.run(dict(one_run(folder.instance, ALL)))
    assert result.success
    assert partitions(result, dg.DagsterEventType.ASSET_MATERIALIZATION, "documents") == {"a", "c"}
    assert folder.instance.get_materialized_partitions(dg.AssetKey("documents")) == {"a", "c"}
    assert folder.instance.get_materialized_partitions(dg.AssetKey("listings")) == {"a", "c"}
    assert verdicts(result, "fetched") == {"a": True, "b": False, "c": True}
    (why,) = (e for e in result.get_asset_check_evaluations() if e.partition == "b" and not e.passed)
    assert why.severity == dg.AssetCheckSeverity.ERROR and any(k.startswith("outcome") for k in why.metadata)


def test_a_single_partition_tells_the_same(folder: Folder) -> None:
    shutil.rmtree(folder.registry.parent / "pages_b")
    result = folder.run(dict(one_run(folder.instance, ["b"])))
    assert result.success and verdicts(result, "fetched") == {"b": False}
    assert not folder.instance.get_materialized_partitions(dg.AssetKey("documents"))


def test_what_was_not_asked_is_an_observation(folder: Folder) -> None:
    tags = dict(one_run(folder.instance, ALL))
    folder.run(tags)
    (folder.registry / "c.toml").write_text(
        (folder.registry / "c.toml").read_text() + "enabled = false\n", encoding="utf-8"
    )
    result = folder.run(tags)
    assert partitions(result, dg.DagsterEventType.ASSET_OBSERVATION, "documents") == {"c"}
    assert partitions(result, dg.DagsterEventType.ASSET_MATERIALIZATION, "documents") == {"a", "b"}
    assert verdicts(result, "fetched") == {"a": True, "b": True}
    offline = folder.run(tags, offline=True)
    assert partitions(offline, dg.DagsterEventType.ASSET_OBSERVATION, "documents") == set(ALL)
    assert not verdicts(offline, "fetched")


def test_a_mistyped_table_is_a_failed_check_of_its_partition(folder: Folder) -> None:
    tags = dict(one_run(folder.instance, ALL))
    folder.write("b", kind="provider_sight")
    assert verdicts(folder.run(tags), "fetched") == {"a": True, "b": False, "c": True}


def test_only_failed_sources_are_retried(folder: Folder) -> None:
    tags = dict(one_run(folder.instance, ALL))
    shutil.rmtree(folder.registry.parent / "pages_b")
    folder.run(tags)
    assert failed_sources(folder.workspace.settings) == ["b"]
    folder.write("b")
    again = folder.run(tags, retry_failed=True)
    assert partitions(again, dg.DagsterEventType.ASSET_MATERIALIZATION, "documents") == {"b"}
    assert not failed_sources(folder.workspace.settings)


def test_the_command_retries_them_too(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.commands_only_read(monkeypatch)
    shutil.rmtree(folder.registry.parent / "pages_b")
    folder.run(dict(one_run(folder.instance, ALL)))
    retry = ("run", "--retry-failed", "--registry", folder.registry, "--out", folder.workspace.settings.out)
    folder.write("b")
    _, again = iop(*retry)
    assert "1 source " in again and "1 attempt " in again
    code, none = iop(*retry)
    assert code == ExitCode.OK and "No source failed" in none


def test_run_config_selects_rereads_and_refuses_slips(folder: Folder) -> None:
    tags = dict(one_run(folder.instance, ALL))
    some = folder.run(tags, selection=["c"])
    assert partitions(some, dg.DagsterEventType.ASSET_MATERIALIZATION, "listings") == {"c"}
    for slip in ({"selection": ["d"]}, {"as_of": "last week"}):
        result = folder.run(tags, **slip)
        assert not result.success
        assert any(str(*slip.values()).strip("[]'") in str(e.event_specific_data) for e in result.all_events)
    before = folder.run(tags, as_of="2020-01-01")
    assert before.success
    assert partitions(before, dg.DagsterEventType.ASSET_OBSERVATION, "documents") == set(ALL)


def judge(out: Path, days: int) -> dict[str, set[bool]]:
    """The scheduled job, so many days after the release was built: what its checks say."""
    workspace = Workspace(
        Settings.choose(profile="demo", out=out, environment={}), clock=lambda: NOW + timedelta(days=days)
    )
    with dg.DagsterInstance.ephemeral() as instance:
        job = build_defs(workspace).resolve_job_def("freshness_job")
        result = job.execute_in_process(instance=instance, run_config=QUIET)
    found: dict[str, set[bool]] = {}
    for evaluation in result.get_asset_check_evaluations():
        found.setdefault(evaluation.check_name, set()).add(evaluation.passed)
        assert (evaluation.partition is not None) == (evaluation.check_name == "in_time")
    return found


def test_freshness_fails_as_time_passes_and_nothing_is_built(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert judge(out, 0) == {
        "rows_are_fresh": {False},
        "facts_are_fresh": {False},
        "sources_are_fresh": {False},
    }
    (tmp_path / "built").mkdir()
    built = build_world(World(providers=2), tmp_path / "built")
    out.mkdir(exist_ok=True)
    candidate = out / "candidate.duckdb"
    shutil.copyfile(built, candidate)
    Workspace(Settings.choose(profile="demo", out=out, environment={})).releases.publish(
        candidate, AuditReport(candidate, 1, ())
    )
    assert judge(out, 1)["in_time"] == {True} and judge(out, 1)["sources_are_fresh"] == {True}
    late = judge(out, 75)
    assert late["in_time"] == late["sources_are_fresh"] == late["facts_are_fresh"] == {False}
    assert judge(out, 800)["rows_are_fresh"] == {False}
    release = out / "releases" / "current"
    assert [age.mart for age in row_ages(release, NOW)] == ["directory"]


def test_the_run_itself_judges_no_ages(folder: Folder) -> None:
    defs = folder.defs
    assert not defs.resolve_job_def("directory_job").has_node_named("documents_in_time")
    assert defs.resolve_job_def("freshness_job").has_node_named("documents_in_time")
