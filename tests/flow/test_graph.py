"""The graph that Dagster loads: assets, checks, job and schedule; nothing hidden, nothing lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from pipeline.flow.graph import build_defs
from pipeline.flow.workspace import Workspace
from pipeline.settings import Settings
from warehouse.contracts import release_tables


@pytest.fixture(scope="module")
def defs(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    out = tmp_path_factory.mktemp("run")
    return build_defs(Workspace(Settings.choose(profile="demo", out=out, environment={})))


def test_the_assets_are_these(defs: dg.Definitions) -> None:
    marts = {name for name, contract in release_tables().items() if contract.layer == "mart"}
    keys = {key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()}
    assets = {"documents", "observations", "listings", "entities", "geocode", "geography", "core", "release"}
    assert keys == assets | marts | {"coverage_report"}
    assert {"directory", "freshness", "source_health"} <= keys


def test_reading_is_partitioned_by_source_and_the_rest_is_not(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    sources = {source.id for source in Settings.choose(profile="demo", environment={}).registry.sources}
    for key in graph.get_all_asset_keys():
        partitions = graph.get(key).partitions_def
        if key.to_user_string() in ("documents", "observations", "listings"):
            assert partitions is not None and set(partitions.get_partition_keys()) == sources
        else:
            assert partitions is None, key


def test_every_contract_is_a_blocking_check(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    checks = {key.name: graph.get_check_spec(key) for key in graph.asset_check_keys}
    for table in release_tables():
        assert checks[f"contract_{table}"].blocking
    assert {"sources_are_healthy", "little_is_quarantined", "audit"} <= checks.keys()


def test_one_job_and_one_schedule_over_all_sources(defs: dg.Definitions) -> None:
    repository = defs.get_repository_def()
    assert [job.name for job in repository.get_all_jobs() if not job.name.startswith("__")] == [
        "directory_job"
    ]
    (schedule,) = repository.schedule_defs
    with dg.build_schedule_context() as context:
        (request,) = schedule.evaluate_tick(context).run_requests or ()
    ids = sorted(source.id for source in Settings.choose(profile="demo", environment={}).registry.sources)
    assert request.tags["dagster/asset_partition_range_start"] == ids[0]
    assert request.tags["dagster/asset_partition_range_end"] == ids[-1]


@pytest.mark.parametrize("wanted", [False, True])
def test_reports_are_part_of_the_job_where_the_settings_want_them(tmp_path: Path, wanted: bool) -> None:
    settings = replace(Settings.choose(profile="demo", out=tmp_path, environment={}), reports=wanted)
    job = build_defs(Workspace(settings)).resolve_job_def("directory_job")
    assert job.has_node_named("release")
    assert job.has_node_named("coverage_report") == wanted


def test_assets_say_what_they_are(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    assert all(graph.get(key).description for key in graph.get_all_asset_keys())


def test_an_empty_registry_says_so(tmp_path: Path) -> None:
    settings = Settings.choose(registry=tmp_path, out=tmp_path / "out", environment={})
    with pytest.raises(ValueError, match="declares no source"):
        build_defs(Workspace(settings))
