"""Dagster resource: where a run works, what the time is, and who watches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pipeline.flow.leavings import Leavings, Summary, kinds
from pipeline.logs import Lines
from pipeline.progress import Progress, Silent
from pipeline.settings import Settings
from pipeline.stage.tables import Stage
from warehouse.release import Releases


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Workspace:
    """What every asset is given.

    `refetch`: also sources that are not due. `reread`: also content that has not changed. `accept`: also pages whose
    layout seems to have changed. `rebuild`: match and build though nothing has changed. `offline`: fetch nothing, read what the archive holds. `as_of`: read what the archive
    held then. `selection`: these sources alone, of all that a run is asked for; None: every one. `run_id`: in
    whose name the run lock is held, and what the run leaves is kept.
    """

    settings: Settings
    progress: Progress = field(default_factory=lambda: Lines(Silent()))
    clock: Callable[[], datetime] = utc_now
    refetch: bool = False
    reread: bool = False
    accept: bool = False
    rebuild: bool = False
    offline: bool = False
    as_of: datetime | None = None
    selection: frozenset[str] | None = None
    run_id: str = "by_hand"

    def leave(self, part: str = "", **values: Any) -> None:
        """Keep what a step came to, under the names of `Summary`; `part`: where several steps leave lists together."""
        for name, value in values.items():
            Leavings(self.settings.out, self.run_id).leave(name, value, kinds()[name], part)

    def left(self, name: str) -> Any:
        """What a step of this run kept under a name of `Summary`; None where none did."""
        return next(Leavings(self.settings.out, self.run_id).parts(name, kinds()[name]), None)

    @property
    def summary(self) -> Summary:
        """What the steps of the run that was last at work left."""
        return Leavings(self.settings.out).summary()

    def selects(self, source_id: str) -> bool:
        return self.selection is None or source_id in self.selection

    @property
    def stage(self) -> Stage:
        return Stage(self.settings.stage)

    @property
    def releases(self) -> Releases:
        settings = self.settings
        return Releases(settings.releases, keep=settings.keep_releases, keep_days=settings.keep_days)
