"""Sensor: the partitions follow the registry folder, without a reload of the code location."""

from __future__ import annotations

import dagster as dg

from pipeline.flow.partitions import NAME, SOURCES, added, left, read_again
from pipeline.flow.workspace import Workspace

EVERY = 60  # seconds
AT_WORK = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def registry_sensor(workspace: Workspace) -> dg.SensorDefinition:
    """Adds a partition for each new table, removes those whose table has left, and leaves all others alone."""

    @dg.sensor(
        name="registry",
        minimum_interval_seconds=EVERY,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Partitions of sources follow the registry folder. A table that is mistyped keeps its partition.",
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        registry = read_again(workspace.settings)
        keys = context.instance.get_dynamic_partitions(NAME)
        requests: list[dg.AddDynamicPartitionsRequest | dg.DeleteDynamicPartitionsRequest] = []
        if new := added(keys, [source.id for source in registry.sources]):
            requests.append(SOURCES.build_add_request(new))
        gone = left(keys, registry)
        # A run names its partitions by the first and the last: neither may vanish before it has begun.
        if gone and not context.instance.get_runs_count(dg.RunsFilter(statuses=AT_WORK)):
            requests.append(SOURCES.build_delete_request(gone))
        for problem in registry.problems:
            context.log.warning(str(problem))
        told = f"{len(registry.sources)} sources in the registry: {len(new)} new partitions, {len(gone)} have left"
        return dg.SensorResult(skip_reason=told, dynamic_partitions_requests=requests)

    return sensor
