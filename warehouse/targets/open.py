"""The target of an address."""

from __future__ import annotations

from pathlib import Path

from warehouse.targets.lake import PREFIX, LakeTarget
from warehouse.targets.objects import ObjectTarget
from warehouse.targets.target import Target


def open_target(place: str, lake_data: str | Path | None = None) -> Target:
    """A DuckLake for `ducklake:…` (`lake_data`: where its files lie), else an object store. Raises TargetError."""
    return LakeTarget(place, lake_data) if place.startswith(PREFIX) else ObjectTarget(place)
