"""The graph: assets, checks, jobs, schedules and sensor for one run's settings. The command line and the tests build it too."""

from __future__ import annotations

import dagster as dg

from pipeline.flow.alert_sensors import alert_sensors
from pipeline.flow.assets.coverage_report import coverage_report
from pipeline.flow.assets.documents import documents
from pipeline.flow.assets.entities import entities
from pipeline.flow.assets.geocode import geocode
from pipeline.flow.assets.geography import geography
from pipeline.flow.assets.listings import listings
from pipeline.flow.assets.published import published
from pipeline.flow.assets.release import release
from pipeline.flow.assets.shards import sharded
from pipeline.flow.assets.warehouse import warehouse
from pipeline.flow.catalog import described
from pipeline.flow.checks import source_checks
from pipeline.flow.executors import executor_of
from pipeline.flow.freshness import AGES
from pipeline.flow.registry_sensor import registry_sensor
from pipeline.flow.resources import resources
from pipeline.flow.schedules import daily, directory_job, freshness_job, hourly
from pipeline.flow.workspace import Workspace

AFTER = (geography, entities, geocode, warehouse, release, coverage_report)


def build_defs(workspace: Workspace, retry: dg.RetryPolicy | None = None) -> dg.Definitions:
    """Everything that Dagster knows. The registry is not read for it: its sources come and go (`pipeline.flow.partitions`).
    `retry`: what the daemon's runs do with a failed step; who waits for a run at a terminal hears of it at once."""
    settings = workspace.settings
    reading = [documents, listings]
    if settings.shards > 1:
        reading = [sharded([*documents.specs, *listings.specs], settings.shards)]
    job, fresh = directory_job(settings.reports, retry), freshness_job()
    assets = dg.map_asset_specs(described, [*reading, *AFTER, *([published] if settings.publish else [])])
    return dg.Definitions(
        # one run for a range of sources, said of every asset: else `dg launch --partition-range` refuses the job
        assets=[asset.with_attributes(backfill_policy=dg.BackfillPolicy.single_run()) for asset in assets],
        asset_checks=[*source_checks(), *AGES],
        jobs=[job, fresh],
        schedules=[daily(job, workspace), hourly(fresh)],
        sensors=[registry_sensor(workspace), *alert_sensors(workspace)],
        resources=resources(workspace),
        executor=executor_of(settings),
    )
