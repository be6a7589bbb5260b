"""Dagster resource: where a run works, what the time is, and who watches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipeline.logs import Lines
from pipeline.progress import Progress, Silent
from pipeline.read.source import ReadReport
from pipeline.records import Document
from pipeline.second_reader.client import AskReport
from pipeline.settings import Settings
from pipeline.stage.entities import EntityReport
from pipeline.stage.geocode import GeocodeReport
from pipeline.stage.geography.write import GeographyReport
from pipeline.stage.tables import Stage
from warehouse.audit import AuditReport
from warehouse.build import BuildReport
from warehouse.release import Release, Releases


@dataclass(slots=True)
class Summary:
    """What the run came to, for the table at the end of `iop run`."""

    fetched: list[Document] = field(default_factory=list)
    asked: AskReport | None = None  # a second reader, where one is configured
    reads: list[ReadReport] = field(default_factory=list)
    geography: GeographyReport | None = None
    entities: EntityReport | None = None
    geocode: GeocodeReport | None = None
    build: BuildReport | None = None
    audit: AuditReport | None = None
    release: Release | None = None  # published now, or the one that stands where there is `nothing_new`
    nothing_new: bool = False
    reports: Path | None = None  # the folder of coverage reports, where they were written


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Workspace:
    """What every asset is given.

    `refetch`: also sources that are not due. `reread`: also content that has not changed. `accept`: also pages whose
    layout seems to have changed. `offline`: fetch nothing, read what the archive holds. `as_of`: read what the archive
    held then. `selection`: these sources alone, of all that a run is asked for; None: every one.
    """

    settings: Settings
    progress: Progress = field(default_factory=lambda: Lines(Silent()))
    clock: Callable[[], datetime] = utc_now
    refetch: bool = False
    reread: bool = False
    accept: bool = False
    offline: bool = False
    as_of: datetime | None = None
    selection: frozenset[str] | None = None
    summary: Summary = field(default_factory=Summary)

    def selects(self, source_id: str) -> bool:
        return self.selection is None or source_id in self.selection

    @property
    def stage(self) -> Stage:
        return Stage(self.settings.stage)

    @property
    def releases(self) -> Releases:
        settings = self.settings
        return Releases(settings.releases, keep=settings.keep_releases, keep_days=settings.keep_days)
