"""What runs a run's steps: the setting `executor`. Each holds the run lock from the run's first step to its last."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import dagster as dg

from pipeline.flow.past import stage_of_the_past
from pipeline.flow.resources import held_as
from pipeline.flow.run_lock import run_lock
from pipeline.settings import IN_PROCESS, Settings, SettingsError

# Once, where each step would import it, which took longer than its work. DuckDB wants pandas wherever it is installed.
PRELOAD = ["pipeline.flow.graph", "dagster._core.storage.sqlite_storage", "pandas"]
WRITER = "workspace"  # the resource of the steps that the run lock is for

Config = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """Where an executor is found, what to install for it, and its config by default, of the settings `workers` and
    `executor_at`. Run config (`execution: config:`) is laid over it."""

    module: str
    attribute: str
    package: str
    config: Callable[[int, str | None], Config]


def _none(_workers: int, _at: str | None) -> Config:
    return {}


def _multiprocess(workers: int, _at: str | None) -> Config:
    return {"max_concurrent": workers, "start_method": {"forkserver": {"preload_modules": PRELOAD}}}


def _dask(workers: int, at: str | None) -> Config:
    local = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None}
    return {"cluster": {"existing": {"address": at}} if at else {"local": local}}


def _celery(_workers: int, at: str | None) -> Config:
    return {"broker": at} if at else {}


EXECUTORS: Mapping[str, Kind] = {
    IN_PROCESS: Kind("dagster", "in_process_executor", "dagster", _none),
    "multiprocess": Kind("dagster", "multiprocess_executor", "dagster", _multiprocess),
    "dask": Kind("pipeline.flow.dask_steps", "dask_executor", "dagster-dask", _dask),
    "celery": Kind("dagster_celery", "celery_executor", "dagster-celery", _celery),
    "k8s": Kind("dagster_k8s", "k8s_job_executor", "dagster-k8s", _none),
}


def executor_of(settings: Settings) -> dg.ExecutorDefinition:
    """The executor that the settings name. Raises SettingsError where there is none of that name, or no package for it."""
    kind = EXECUTORS.get(settings.executor)
    if kind is None:
        raise SettingsError(f"executor {settings.executor!r}: choose {', '.join(EXECUTORS)}")
    try:
        found: dg.ExecutorDefinition = getattr(import_module(kind.module), kind.attribute)
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"executor {settings.executor} needs the package {kind.package} ({error}): pip install {kind.package}"
        ) from None
    default = kind.config(settings.workers, settings.executor_at)
    holding = dg.ExecutorDefinition(
        found.name,
        found.config_schema,  # type: ignore[arg-type]  # its constructor takes one as well
        found.get_requirements,
        lambda context: _holding(found, context, settings),
    )
    return holding.configured(lambda given: {**default, **given}, config_schema=dict)


def _holding(
    definition: dg.ExecutorDefinition, context: dg.InitExecutorContext, settings: Settings
) -> dg.Executor:
    """The executor, which holds for its run what else would be let go between two steps: the lock, a stage of the past."""
    assert definition.executor_creation_fn is not None
    executor = definition.executor_creation_fn(context)
    execute = executor.execute

    def held(plan_context: Any, plan: Any) -> Iterator[Any]:
        with ExitStack() as holds:
            if _writes(plan_context.job.get_definition()):
                run_id = held_as(plan_context.dagster_run)
                holds.enter_context(run_lock(settings, run_id))
                if _as_of(plan_context.run_config):
                    holds.enter_context(stage_of_the_past(settings, run_id))
            yield from execute(plan_context, plan)

    executor.execute = held  # type: ignore[method-assign, assignment]  # no wrapper: some ask for their own class
    return executor


def _writes(job: dg.JobDefinition) -> bool:
    """Whether some step takes the resource of those who write; checks of ages take no lock."""
    return any(
        isinstance(node, dg.OpDefinition) and WRITER in node.required_resource_keys
        for node in job.all_node_defs
    )


def _as_of(run_config: Mapping[str, Any]) -> str:
    given = run_config.get("resources", {}).get(WRITER, {}).get("config", {})
    return str(given.get("as_of", ""))
