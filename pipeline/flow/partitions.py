"""Sources as partitions that live: each table of the registry is one, as soon as it is there and until it has left."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import dagster as dg

from pipeline.flow.workspace import Workspace
from pipeline.settings import Settings

if TYPE_CHECKING:
    from sources.registry import Registry, Source

warnings.filterwarnings("ignore", category=dg.BetaWarning)  # of backfill policies
warnings.filterwarnings("ignore", category=dg.PreviewWarning)  # of checks of partitions
SOURCES = dg.DynamicPartitionsDefinition(name="sources")
NAME = "sources"


def read_again(settings: Settings) -> Registry:
    """The registry as its folder has it now: a code location lives for months, and its settings keep what they read.

    Raises FileNotFoundError where the folder is gone.
    """
    return replace(settings).registry


def left(keys: Iterable[str], registry: Registry) -> list[str]:
    """Partitions whose table has left the registry. None while some table cannot be used: it may be that one."""
    declared = {source.id for source in registry.sources}
    return [] if registry.problems else [key for key in keys if key not in declared]


def added(keys: Collection[str], ids: Iterable[str]) -> list[str]:
    """Sources that are no partition yet, in their order."""
    known = frozenset(keys)
    return [source_id for source_id in ids if source_id not in known]


def one_run(instance: dg.DagsterInstance, ids: Sequence[str]) -> Mapping[str, str]:
    """Run tags that ask for the partitions of these sources, which are added where they are missing, in a single run.

    Dagster names a range: what lies between them and is not asked for, `Workspace.selection` leaves out.
    """
    if new := added(instance.get_dynamic_partitions(NAME), ids):
        instance.add_dynamic_partitions(NAME, new)
    asked = frozenset(ids)
    keys = [key for key in instance.get_dynamic_partitions(NAME) if key in asked]
    return {"dagster/asset_partition_range_start": keys[0], "dagster/asset_partition_range_end": keys[-1]}


def asked_sources(context: dg.AssetExecutionContext, workspace: Workspace) -> tuple[list[Source], list[str]]:
    """The sources of this run's partitions; and partitions without a source, as their table left the registry or is
    mistyped: they are told and left out, and the others go on. A run that names none fails: it would fetch nothing."""
    if not (context.has_partition_key or context.has_partition_key_range):
        raise dg.Failure(
            "This run names no sources. Choose partitions: All in the user interface, FIRST...LAST as --partition-range of dg launch."
        )
    declared = {source.id: source for source in workspace.settings.registry.sources}
    keys = [key for key in context.partition_keys if workspace.selects(key)]
    missing = [key for key in keys if key not in declared]
    for key in missing:
        context.log.warning(f"{key} is no source of {workspace.settings.registry_folder}: left out")
    return [declared[key] for key in keys if key in declared], missing
