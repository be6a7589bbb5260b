"""The job of a command, made again in each process that runs steps of it, from the settings that the command chose."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg

from pipeline.flow.graph import build_defs
from pipeline.flow.schedules import DIRECTORY
from pipeline.flow.workspace import Workspace
from pipeline.settings import Settings


def reconstructable_job(settings: Settings) -> Any:
    """What `dagster.execute_job` takes. What came from an option, and what decides which steps there are, is told; all else is
    chosen anew, from the environment and the files of the home folder, which are to be the same wherever a step runs."""
    options = {
        "profile": settings.profile,
        "registry": str(settings.registry_folder),
        "out": str(settings.out),
        "geography": str(settings.geography) if settings.geography else None,
        "states": sorted(settings.states),
        "reports": settings.reports,
        "executor": settings.executor,
        "workers": settings.workers,
    }
    return dg.build_reconstructable_job(__name__, job_again.__name__, None, options)


def job_again(
    profile: str | None,
    registry: str,
    out: str,
    geography: str | None,
    states: list[str],
    reports: bool,
    executor: str,
    workers: int,
) -> dg.JobDefinition:
    """The job for these options, as a worker process has it."""
    settings = Settings.choose(
        profile, Path(registry), Path(out), Path(geography) if geography else None, None, states
    )
    settings = replace(settings, reports=reports, executor=executor, workers=workers)
    return build_defs(Workspace(settings)).resolve_job_def(DIRECTORY)
