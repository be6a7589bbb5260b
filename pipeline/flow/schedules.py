"""When the pipeline runs by itself: one job, one schedule."""

from __future__ import annotations

import dagster as dg

DAILY = "15 4 * * *"  # after midnight everywhere in the country, before offices open


def directory_job(reports: bool) -> dg.UnresolvedAssetJobDefinition:
    """Every asset, from fetching to the release; `reports`: the reports on it, too, which else are made when asked for."""
    everything = dg.AssetSelection.all()
    return dg.define_asset_job(
        "directory_job",
        selection=everything if reports else everything - dg.AssetSelection.assets("coverage_report"),
        description="Fetch what is due, read it, match it, build, audit and publish a release.",
    )


def daily(job: dg.UnresolvedAssetJobDefinition, source_ids: list[str]) -> dg.ScheduleDefinition:
    """The job once a day, over all sources in one run; each source is fetched when its own cadence says so."""

    @dg.schedule(
        name="daily",
        job=job,
        cron_schedule=DAILY,
        execution_timezone="America/New_York",
        description="Sources that are not due, and pages that have not changed, cost next to nothing.",
    )
    def schedule() -> dg.RunRequest:
        return dg.RunRequest(tags=all_sources(source_ids))

    return schedule


def all_sources(source_ids: list[str]) -> dict[str, str]:
    """Run tags that ask for every partition from the first to the last in a single run."""
    return {
        "dagster/asset_partition_range_start": source_ids[0],
        "dagster/asset_partition_range_end": source_ids[-1],
    }
