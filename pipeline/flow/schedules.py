"""When something runs by itself: the pipeline daily, the checks of ages every hour."""

from __future__ import annotations

import dagster as dg

from pipeline.flow.freshness import AGES
from pipeline.flow.partitions import NAME, added, left, one_run, read_again
from pipeline.flow.workspace import Workspace

DIRECTORY = "directory_job"
HOURLY = "45 * * * *"
DAILY = "15 4 * * *"  # after midnight everywhere in the country, before offices open


def directory_job(reports: bool, retry: dg.RetryPolicy | None = None) -> dg.UnresolvedAssetJobDefinition:
    """Every asset, from fetching to the release; `reports`: the reports on it, too, which else are made when asked for."""
    everything = dg.AssetSelection.all() - dg.AssetSelection.checks(*AGES)
    return dg.define_asset_job(
        DIRECTORY,
        selection=everything if reports else everything - dg.AssetSelection.assets("coverage_report"),
        description="Fetch what is due, read it, match it, build, audit and publish a release.",
        op_retry_policy=retry,
    )


def daily(job: dg.UnresolvedAssetJobDefinition, workspace: Workspace) -> dg.ScheduleDefinition:
    """The job once a day, over all sources that the registry has then, in one run; what is due is decided as it starts."""

    @dg.schedule(
        name="daily",
        job=job,
        cron_schedule=DAILY,
        execution_timezone="America/New_York",
        description="Sources that are not due, and pages that have not changed, cost next to nothing.",
    )
    def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        registry = read_again(workspace.settings)
        if not registry.sources:
            return dg.SkipReason(
                f"the registry {workspace.settings.registry_folder} declares no usable source"
            )
        keys = context.instance.get_dynamic_partitions(NAME)
        gone = frozenset(left(keys, registry))
        staying = [key for key in keys if key not in gone]
        new = added(keys, [source.id for source in registry.sources])
        return dg.RunRequest(tags=one_run(context.instance, [*staying, *new]))

    return schedule


def freshness_job() -> dg.UnresolvedAssetJobDefinition:
    """The checks alone."""
    return dg.define_asset_job(
        "freshness_job",
        selection=dg.AssetSelection.checks(*AGES),
        description="How old the published data is now. Nothing is fetched, built or locked.",
    )


def hourly(job: dg.UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """On from the start: it costs a query."""

    @dg.schedule(
        name="ages_hourly",
        job=job,
        cron_schedule=HOURLY,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="A release grows old though nothing is built.",
    )
    def schedule() -> dg.RunRequest:
        return dg.RunRequest()

    return schedule
