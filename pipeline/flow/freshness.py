"""Checks of the data's age as it is *now* (`warehouse.freshness`): a release grows old though nothing is built.

They read what is published, take no lock, and have a job and a schedule of their own. Where a run takes them along (the
user interface does, for every asset that it makes), they wait for its release. Limits: `policy.toml`, `[sla]`, and what
the profile's policy lays over it. What is told to people is judged the same (`pipeline.alerts.wrong`).
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import dagster as dg

from pipeline.flow.partition_events import check_told, judged
from pipeline.flow.partitions import SOURCES
from pipeline.flow.workspace import Workspace
from warehouse.freshness import fact_ages, row_ages, source_ages
from warehouse.policy import using

PUBLISHED = ["release"]
IN_TIME = dg.AssetCheckSpec(
    "in_time",
    asset="documents",
    additional_deps=PUBLISHED,
    partitions_def=SOURCES,
    description="By the release, the source answered within its cadence and the grace of the policy.",
)


@dg.multi_asset_check(name="documents_in_time", specs=[IN_TIME])
def in_time(
    context: dg.AssetCheckExecutionContext, reader: dg.ResourceParam[Workspace]
) -> Iterator[dg.Output[None]]:
    """One verdict a source that has a cadence."""
    release = reader.releases.current_path()
    with using(reader.settings.policy):
        for age in source_ages(release, reader.clock()) if release else ():
            metadata = {
                "cadence, days": age.cadence_days,
                "last answer": str(age.last_success or "never"),
                "overdue, days": age.overdue_days,
            }
            judged(context, IN_TIME, age.source_id, age.ok, metadata)
    yield check_told(IN_TIME)


@dg.asset_check(
    asset="source_health", additional_deps=PUBLISHED, description="Every source answered within its cadence."
)
def sources_are_fresh(reader: dg.ResourceParam[Workspace]) -> dg.AssetCheckResult:
    """Fails for each source that is overdue beyond the grace, or never answered."""
    return _checked(
        reader,
        lambda release, now: {
            age.source_id: f"last answer: {age.last_success or 'never'}"
            for age in source_ages(release, now)
            if not age.ok
        },
    )


@dg.asset_check(
    asset="directory", additional_deps=PUBLISHED, description="Most rows were verified before they expire."
)
def rows_are_fresh(reader: dg.ResourceParam[Workspace]) -> dg.AssetCheckResult:
    """Fails where too many rows of a mart that dates them are older than facts may be; the other marts count these."""
    return _checked(
        reader,
        lambda release, now: {age.mart: str(age) for age in row_ages(release, now) if not age.ok},
    )


@dg.asset_check(
    asset="freshness",
    additional_deps=PUBLISHED,
    description="Most facts of each field were verified within its days.",
)
def facts_are_fresh(reader: dg.ResourceParam[Workspace]) -> dg.AssetCheckResult:
    """Fails for each field of which too many facts are due."""
    return _checked(
        reader,
        lambda release, now: {age.field: str(age) for age in fact_ages(release, now) if not age.ok},
    )


def _checked(
    reader: Workspace, breaches_of: Callable[[Path, datetime], dict[str, str]]
) -> dg.AssetCheckResult:
    """The verdict on the current release; where there is none, that is the breach."""
    release = reader.releases.current_path()
    none_yet = {"release": f"there is none in {reader.releases.folder}: run directory_job"}
    with using(reader.settings.policy):
        breaches = breaches_of(release, reader.clock()) if release else none_yet
    return dg.AssetCheckResult(passed=not breaches, metadata=breaches)


AGES = [in_time, sources_are_fresh, rows_are_fresh, facts_are_fresh]
