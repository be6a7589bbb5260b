"""The graph that Dagster loads: assets, checks, job and schedule; nothing hidden, nothing lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from pipeline.flow.graph import build_defs
from pipeline.flow.partitions import SOURCES
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
    for key in graph.get_all_asset_keys():
        partitions = graph.get(key).partitions_def
        if key.to_user_string() in ("documents", "observations", "listings"):
            assert partitions == SOURCES
        else:
            assert partitions is None, key


def test_every_contract_is_a_blocking_check(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    checks = {key.name: graph.get_check_spec(key) for key in graph.asset_check_keys}
    for table in release_tables():
        assert checks[f"contract_{table}"].blocking
    assert {"registry_is_valid", "sources_are_healthy", "little_is_quarantined", "audit"} <= checks.keys()


@pytest.mark.parametrize("wanted", [False, True])
def test_reports_are_part_of_the_job_where_the_settings_want_them(tmp_path: Path, wanted: bool) -> None:
    settings = replace(Settings.choose(profile="demo", out=tmp_path, environment={}), reports=wanted)
    job = build_defs(Workspace(settings)).resolve_job_def("directory_job")
    assert job.has_node_named("release")
    assert job.has_node_named("coverage_report") == wanted


def test_assets_say_what_they_are(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    assert all(graph.get(key).description for key in graph.get_all_asset_keys())
