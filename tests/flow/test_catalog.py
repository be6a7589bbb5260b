"""What Dagster's catalog knows: owners, tags, kinds, the tables of core, lineage by the contracts, retries where they help."""

from __future__ import annotations

import dagster as dg
import pytest
from dagster._core.definitions.dependency import NodeHandle

from pipeline.flow.assets.warehouse import MARTS, TABLES
from pipeline.flow.catalog import retry_policy
from pipeline.flow.graph import build_defs
from pipeline.flow.workspace import Workspace
from pipeline.settings import Settings


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return build_defs(Workspace(Settings.choose(environment={})), retry_policy())


def metadata(defs: dg.Definitions, name: str) -> dict[str, object]:
    return dict(defs.resolve_asset_graph().get(dg.AssetKey(name)).metadata)


def test_every_asset_has_owner_group_layer_and_kind(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    nodes = {key.to_user_string(): graph.get(key) for key in graph.get_all_asset_keys()}
    assert all(node.owners and node.group_name and node.kinds for node in nodes.values())
    layers = {name: node.tags["layer"] for name, node in nodes.items()}
    assert {name for name, layer in layers.items() if layer == "mart"} == {mart.table for mart in MARTS}
    assert (layers["core"], layers["release"], layers["listings"]) == ("core", "release", "stage")


def test_core_shows_its_tables_with_their_columns(defs: dg.Definitions) -> None:
    known = metadata(defs, "core")
    schema = known["dagster/column_schema"]
    assert isinstance(schema, dg.TableSchema)
    columns = {column.name: column for column in schema.columns}
    service = TABLES["service"].column("service_id")
    assert columns["service.service_id"].type == str(service.type)
    assert columns["service.service_id"].description == service.meaning
    core = [table for table in TABLES.values() if table not in MARTS]
    assert len(columns) == sum(len(table.columns) for table in core)
    text = str(known["tables"])
    assert all(f"`{table.table}`" in text and table.row in text for table in core)


def lineage(defs: dg.Definitions, name: str) -> dict[str, tuple[str, str]]:
    found = metadata(defs, name).get("dagster/column_lineage")
    if not isinstance(found, dg.TableColumnLineage):
        return {}
    return {
        column: (dep.asset_key.to_user_string(), dep.column_name)
        for column, (dep,) in found.deps_by_column.items()
    }


def test_lineage_is_what_the_contracts_know(defs: dg.Definitions) -> None:
    directory = lineage(defs, "directory")
    assert directory["level_of_care"] == ("core", "service.level_of_care"), "taken over as it is"
    assert directory["location_id"] == ("core", "location.location_id"), "ids of"
    assert "name" not in directory and "city" not in directory, "what is computed is not guessed"
    history = lineage(defs, "directory_history")
    assert history["city"] == ("directory", "city") and "valid_from" not in history
    assert lineage(defs, "coverage_site") == {"location_id": ("core", "location.location_id")}
    assert not lineage(defs, "freshness")


@pytest.mark.parametrize("mart", [mart.table for mart in MARTS])
def test_lineage_leads_to_columns_that_there_are(defs: dg.Definitions, mart: str) -> None:
    schema = metadata(defs, "core")["dagster/column_schema"]
    assert isinstance(schema, dg.TableSchema)
    there = {("core", column.name) for column in schema.columns}
    there |= {(one.table, name) for one in MARTS for name in one.names}
    found = lineage(defs, mart)
    assert set(found) <= set(TABLES[mart].names) and set(found.values()) <= there


def test_steps_are_tried_again_but_no_audit_is(defs: dg.Definitions) -> None:
    job = defs.resolve_job_def("directory_job")
    times = {
        node.name: policy.max_retries
        for node in job.graph.nodes
        if (policy := job.get_retry_policy_for_handle(NodeHandle(node.name, None)))
    }
    assert times["documents"] == times["read"] == times["geocode"] == 1
    assert times["build"] == 0
    waited_for = build_defs(Workspace(Settings.choose(environment={}))).resolve_job_def("directory_job")
    assert waited_for.get_retry_policy_for_handle(NodeHandle("documents", None)) is None
