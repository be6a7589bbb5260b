"""Dask as `dagster-dask` has it, with two faults of its version 0.29 mended, where it hands steps to Dask.

All steps go to Dask at once, and each runs when those before it are over, however they ended: a release would be built of
what a failed step left behind. And Dask looks into every tuple that it is handed, which the record of a run with pools
refuses: so what a step needs travels packed.
"""

from __future__ import annotations

import logging
import pickle
from collections.abc import Sequence
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import dagster as dg

Events = Sequence[Any]

theirs: Any = import_module("dagster_dask.executor")  # an extra, which need not be installed
distributed: Any = import_module("dask.distributed")
logging.getLogger("distributed").setLevel(logging.ERROR)  # it warns of what it cannot weigh, and of slow ends


class Client(distributed.Client):  # type: ignore[misc]  # of a module that may be missing
    """Hands over steps with care."""

    def submit(self, run_step: Any, before: Any, *step: Any, **how: Any) -> Any:
        return super().submit(after_success, before, pickle.dumps((run_step, step)), **how)


def after_success(before: Sequence[Events], packed: bytes) -> Events:
    """The events of a step; none where some step before it failed, or has none for that reason. Runs on a worker."""
    if all(events and not any(event.is_step_failure for event in events) for events in before):
        run_step, step = pickle.loads(packed)  # of this run's own process
        events: Events = run_step(before, *step)
        return events
    return []


def _with_care(context: dg.InitExecutorContext) -> dg.Executor:
    theirs.dask = SimpleNamespace(
        distributed=SimpleNamespace(Client=Client, as_completed=distributed.as_completed)
    )
    executor: dg.Executor = theirs.dask_executor.executor_creation_fn(context)
    return executor


dask_executor = dg.ExecutorDefinition(
    "dask", theirs.dask_executor.config_schema, theirs.dask_executor.get_requirements, _with_care
)
