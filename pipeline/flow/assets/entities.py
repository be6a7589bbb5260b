"""Match: listings of all sources → organizations, locations, services with lasting ids (`pipeline.stage.entities`)."""

import logging
from dataclasses import asdict

import dagster as dg

from pipeline.flow.standing import matched, noted
from pipeline.flow.workspace import Workspace
from pipeline.own_process import alone, may_start
from pipeline.stage.reports import EntityReport
from warehouse.recovery import Recovery

log = logging.getLogger(__name__)
MUCH = 1_000_000  # bytes of listings, some eight thousand, from which a process for them pays


@dg.asset(
    deps=["listings"],
    group_name="match",
    kinds={"python", "parquet"},
    description="Which listings are one organization, one location, one service; and the ledger of their ids.",
)
def entities(
    context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
) -> dg.MaterializeResult[None]:
    settings = workspace.settings
    if told := Recovery(workspace.releases.folder).recover():
        log.warning(told)
    if not settings.registry.problems:  # a table with a slip of the pen has not left
        for source_id in workspace.stage.keep_only([s.id for s in settings.registry.sources]):
            context.log.warning(f"{source_id} left the registry: what it gave is out of the release")
    with workspace.progress.task("match", 1) as task:
        report = matched(workspace) or match_anew(workspace)
        task.advance()
    workspace.leave(entities=report)
    for override in report.obsolete_overrides:
        context.log.warning(f"obsolete override: {override}")
    return dg.MaterializeResult(
        metadata={
            "organizations": report.organizations,
            "locations": report.locations,
            "services": report.services,
            "pairs for review": report.review,
        }
    )


def match_anew(workspace: Workspace) -> EntityReport:
    """What matching comes to; what the ledger has active was last seen when a run found that the release stands."""
    from pipeline.stage.entities import resolve_entities  # matching, which a run without news does not need

    stage, overrides, note = workspace.stage, workspace.settings.overrides, noted(workspace)
    seen = note.at if note else None
    inputs = (stage, workspace.releases.current_path(), overrides, workspace.clock(), seen)
    listings = (stage.folder / "listing").glob("*.parquet")
    much = sum(file.stat().st_size for file in listings) > MUCH and may_start()
    report = alone(resolve_entities, *inputs) if much else resolve_entities(*inputs)
    told = (report.organizations, report.locations, report.services, report.review)
    log.info("match: %d organizations, %d locations, %d services, %d for review", *told, extra=asdict(report))
    return report
