"""A Dagster instance that passes with its run: nobody can ask it afterwards, so it keeps no events.

Dagster's own ephemeral one writes each event to a database in memory, of which there are some ten for each source: a third of
the processor time of a run that finds nothing new. What a run came to, its result holds.
"""

from __future__ import annotations

import dagster as dg
from dagster._core.instance.types import InstanceType
from dagster._core.launcher.sync_in_memory_run_launcher import SyncInMemoryRunLauncher
from dagster._core.run_coordinator import DefaultRunCoordinator
from dagster._core.storage.event_log import InMemoryEventLogStorage
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from dagster._core.storage.root import TemporaryLocalArtifactStorage
from dagster._core.storage.runs import InMemoryRunStorage


class NoEventLog(InMemoryEventLogStorage):
    """Knows partitions, and forgets events."""

    def store_event(self, event: dg.EventLogEntry) -> None:
        """Nothing is kept."""


def passing_instance() -> dg.DagsterInstance:
    """As `DagsterInstance.ephemeral()`, but for the events. To be used as a context."""
    return dg.DagsterInstance(
        instance_type=InstanceType.EPHEMERAL,
        local_artifact_storage=TemporaryLocalArtifactStorage(),  # type: ignore[no-untyped-call]
        run_storage=InMemoryRunStorage(),
        event_storage=NoEventLog(),
        compute_log_manager=NoOpComputeLogManager(),
        run_coordinator=DefaultRunCoordinator(),
        run_launcher=SyncInMemoryRunLauncher(),
    )
