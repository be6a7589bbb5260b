"""Dagster resources: the workspace of those who write, which is theirs alone while a run lasts, and of those who read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import dagster as dg

from pipeline.flow.options import Options
from pipeline.flow.past import stage_of_the_past
from pipeline.flow.run_lock import run_lock
from pipeline.flow.workspace import Workspace


def resources(workspace: Workspace) -> Mapping[str, dg.ResourceDefinition]:
    """`workspace`: under the run lock from the first step to the last, so that runs of the user interface, the daemon
    and the command line, and the upkeep of the archive, keep out of each other's way. `reader`: without, for checks."""

    def alone(context: dg.InitResourceContext) -> Iterator[Workspace]:
        with run_lock(workspace.settings):
            chosen = Options(**context.resource_config).applied(workspace)
            if chosen.as_of is None or chosen.settings.stage_at:
                yield chosen
                return
            with stage_of_the_past(chosen.settings) as then:
                yield replace(chosen, settings=then)

    return {
        "workspace": dg.ResourceDefinition(alone, config_schema=Options.to_config_schema()),
        "reader": dg.ResourceDefinition.hardcoded_resource(workspace),
    }
