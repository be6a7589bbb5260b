"""Publish elsewhere: object stores and DuckLakes are brought up to the folder of releases (`warehouse.targets`)."""

import dagster as dg

from pipeline.flow.workspace import Workspace


@dg.asset(
    deps=["release"],
    group_name="publish",
    kinds={"s3", "duckdb"},
    description="The releases in the places of `publish`: what they lack is sent, then their readers see the current one.",
)
def published(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult[None]:
    """Fails where a place could not be brought up; its readers see what they saw, and the next run catches up."""
    from warehouse.targets.deliver import deliver  # clients of stores, which only this needs

    settings = workspace.settings
    told = deliver(workspace.releases, settings.publish, settings.lake_data)
    if told.problems:
        raise dg.Failure("; ".join(told.problems))
    return dg.MaterializeResult(metadata={one.target: one.line for one in told.done})
