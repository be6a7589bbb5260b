"""Locate: addresses without coordinates → points, by a geocoder where one is chosen (`pipeline.stage.geocode`)."""

import dagster as dg

from pipeline.flow.standing import located
from pipeline.flow.workspace import Workspace
from pipeline.geocode.choice import geocoder_of
from pipeline.stage.geocode import geocode_listings


@dg.asset(
    deps=["listings"],
    group_name="match",
    kinds={"python", "parquet"},
    description="Where the addresses lie that sources print without coordinates, as a geocoder answers.",
)
def geocode(
    context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
) -> dg.MaterializeResult[None]:
    chosen = workspace.settings.geocoder
    geocoder = None if workspace.offline else geocoder_of(chosen, workspace.settings.fetch)
    with workspace.progress.task("locate", 1) as task:
        report = None if geocoder else located(workspace)
        if report is None:
            report = geocode_listings(workspace.stage, geocoder, workspace.clock(), chosen.again_days)
        task.advance()
    workspace.leave(geocode=report)
    for problem in report.problems:
        context.log.warning(f"geocoder: {problem}")
    return dg.MaterializeResult(
        metadata={
            "geocoder": geocoder.name if geocoder else "off",
            "addresses": report.addresses,
            "asked": report.asked,
            "unanswered": report.unanswered,
            **{str(outcome): n for outcome, n in sorted(report.outcomes.items())},
            "problems": len(report.problems),
        }
    )
