"""Dagster resources: the workspace of those who write, which is their run's alone while it lasts, and of those who read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import dagster as dg

from pipeline.flow.leavings import Leavings
from pipeline.flow.options import Options
from pipeline.flow.past import stage_of_the_past
from pipeline.flow.run_lock import run_lock
from pipeline.flow.workspace import Workspace

HELD_AS = "iop/held_as"  # tag of a run whose starter holds the run lock: under this id


def resources(workspace: Workspace) -> Mapping[str, dg.ResourceDefinition]:
    """`workspace`: under the run lock as long as the process has steps to run, so that runs of the user interface, the
    daemon and the command line, and the upkeep of the archive, keep out of each other's way. `reader`: without, for checks."""

    def alone(context: dg.InitResourceContext) -> Iterator[Workspace]:
        assert context.run is not None
        run_id = held_as(context.run)
        with run_lock(workspace.settings, run_id):
            Leavings(workspace.settings.out, run_id).begin(_before(context.run))
            chosen = replace(Options(**context.resource_config).applied(workspace), run_id=run_id)
            if chosen.as_of is None:
                yield chosen
                return
            with stage_of_the_past(chosen.settings, run_id) as then:
                yield replace(chosen, settings=then)

    return {
        "workspace": dg.ResourceDefinition(alone, config_schema=Options.to_config_schema()),
        "reader": dg.ResourceDefinition.hardcoded_resource(workspace),
    }


def held_as(run: dg.DagsterRun) -> str:
    """In whose name a run's steps hold the lock: its own, or that of the command that started it and holds it already.
    (A run that is executed again has its tags from the first one, which is over.)"""
    return run.tags.get(HELD_AS, run.run_id) if run.parent_run_id is None else run.run_id


def _before(run: dg.DagsterRun) -> tuple[str, ...]:
    """Under which ids the run may have worked that this one executes again, or the failed steps of; none: it is the first."""
    return (run.tags.get(HELD_AS, run.parent_run_id), run.parent_run_id) if run.parent_run_id else ()
