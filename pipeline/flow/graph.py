"""The graph: assets, checks, job and schedule for one run's settings. The command line and the tests build it too."""

from __future__ import annotations

import warnings

import dagster as dg

from pipeline.flow.assets.coverage_report import coverage_report
from pipeline.flow.assets.documents import documents
from pipeline.flow.assets.entities import entities
from pipeline.flow.assets.geocode import geocode
from pipeline.flow.assets.geography import geography
from pipeline.flow.assets.listings import listings
from pipeline.flow.assets.release import release
from pipeline.flow.assets.warehouse import warehouse
from pipeline.flow.checks import source_checks
from pipeline.flow.resources import resources
from pipeline.flow.schedules import daily, directory_job
from pipeline.flow.workspace import Workspace


def build_defs(workspace: Workspace, source_ids: list[str] | None = None) -> dg.Definitions:
    """Everything that Dagster knows. `source_ids`: of these sources only; by default the whole registry."""
    ids = source_ids or [source.id for source in workspace.settings.registry.sources]
    if not ids:
        raise ValueError(f"the registry {workspace.settings.registry_folder} declares no source")
    warnings.filterwarnings("ignore", category=dg.BetaWarning)  # of backfill policies
    partitions = dg.StaticPartitionsDefinition(ids)
    job = directory_job(workspace.settings.reports)
    return dg.Definitions(
        assets=[
            documents(partitions),
            listings(partitions),
            geography,
            entities,
            geocode,
            warehouse,
            release,
            coverage_report,
        ],
        asset_checks=source_checks(),
        jobs=[job],
        schedules=[daily(job, ids)],
        resources=resources(workspace),
        executor=dg.in_process_executor,
    )
