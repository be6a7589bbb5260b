"""What Dagster is told of each partition of a run over many: made anew, only looked at, or failed.

A run over a range is otherwise taken to have materialized all of it. The steps of `documents` and `listings` tell each
source's end themselves, and finish with `told`, which adds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION

Metadata = Mapping[str, Any]


def made(context: dg.AssetExecutionContext, asset: str, source_id: str, metadata: Metadata) -> None:
    """The partition was materialized."""
    context.log_event(dg.AssetMaterialization(asset, partition=source_id, metadata=metadata))


def seen(context: dg.AssetExecutionContext, asset: str, source_id: str, metadata: Metadata) -> None:
    """Nothing was to be done for the partition: an observation, and its last materialization stands."""
    context.log_event(dg.AssetObservation(asset, partition=source_id, metadata=metadata))


def judged(
    context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext,
    check: dg.AssetCheckSpec,
    source_id: str,
    passed: bool,
    metadata: Metadata,
) -> None:
    """What a check says of one partition."""
    verdict = dg.AssetCheckEvaluation(
        asset_key=check.asset_key,
        check_name=check.name,
        passed=passed,
        metadata=metadata,
        severity=dg.AssetCheckSeverity.ERROR,
        partition=source_id,
    )
    context.op_execution_context.log_event(verdict)  # type: ignore[arg-type]  # it takes one; its annotation forgot


def told(asset: str) -> dg.MaterializeResult[None]:
    """The end of a step that told all of it. Dagster has no public way to yield a result without events of its own; this
    mark, of observable sources, is the one that it looks for (`tests/flow/test_status.py` holds it to that)."""
    return dg.MaterializeResult(asset, metadata={SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True})


def check_told(check: dg.AssetCheckSpec) -> dg.Output[None]:
    """The same for a check whose partitions were judged."""
    return dg.Output(None, output_name=check.get_python_identifier())
