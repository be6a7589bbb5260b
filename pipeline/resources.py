"""Dagster resource: where a run works, what the time is, and who watches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipeline.progress import Progress, Silent
from pipeline.settings import Settings
from pipeline.stage import Stage
from warehouse.release import Releases


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Workspace:
    """What every asset is given. `force`: read sources that are not due, and pages that have not changed."""

    settings: Settings
    progress: Progress = field(default_factory=Silent)
    clock: Callable[[], datetime] = utc_now
    force: bool = False

    @property
    def stage(self) -> Stage:
        return Stage(self.settings.stage)

    @property
    def releases(self) -> Releases:
        return Releases(self.settings.releases)
