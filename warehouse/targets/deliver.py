"""All targets of a folder of releases, one after another: that one fails does not keep the others from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.release import Releases
from warehouse.targets.lake import PREFIX, LakeTarget
from warehouse.targets.objects import ObjectTarget
from warehouse.targets.target import Delivery, Target, TargetError


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What was brought up, and, in a line each, why another was not."""

    done: tuple[Delivery, ...]
    problems: tuple[str, ...]


def open_target(place: str, lake_data: str | Path | None = None) -> Target:
    """A DuckLake for `ducklake:…` (`lake_data`: where its files lie), else an object store. Raises TargetError."""
    return LakeTarget(place, lake_data) if place.startswith(PREFIX) else ObjectTarget(place)


def deliver(releases: Releases, places: Sequence[str], lake_data: str | Path | None = None) -> Deliveries:
    """Bring every place up to what the folder says."""
    done, problems = [], []
    for place in places:
        try:
            done.append(open_target(place, lake_data).bring_up(releases))
        except TargetError as error:
            problems.append(str(error))
    return Deliveries(tuple(done), tuple(problems))
