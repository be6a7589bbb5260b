"""What the steps of a run leave of themselves, in `<out>/.run/<run id>/`: for later steps, and for what the command line shows.

A step may work in a process or on a machine of its own, so nothing goes from one to the next in memory. Tables go over the
stage, what is built over its file, and the reports on both over here, as JSON.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import TypeAdapter

from pipeline.read.report import ReadReport
from pipeline.records import Document
from pipeline.second_reader.client import AskReport
from pipeline.stage.reports import EntityReport, GeocodeReport, GeographyReport
from warehouse.build_report import BuildReport
from warehouse.drafts import replacing
from warehouse.findings import AuditReport
from warehouse.release import Release

FOLDER = ".run"
PART = "--"  # between what a file holds and which step of several left it


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to, put together from what its steps left; what is a list, several steps may have left in parts."""

    fetched: list[Document] = field(default_factory=list)
    asked: list[AskReport] = field(default_factory=list)  # a second reader, where one is configured
    reads: list[ReadReport] = field(default_factory=list)
    geography: GeographyReport | None = None
    entities: EntityReport | None = None
    geocode: GeocodeReport | None = None
    build: BuildReport | None = None
    audit: AuditReport | None = None
    release: Release | None = None  # published now, or the one that stands where there is `nothing_new`
    nothing_new: bool = False
    carried: bool = False  # nothing was built: it would have come to the release that stands
    reports: Path | None = None  # the folder of coverage reports, where they were written


@dataclass(frozen=True, slots=True)
class Leavings:
    """The folder of one run (`run_id`), or of the one that was last at work (None)."""

    out: Path
    run_id: str | None = None

    @property
    def folder(self) -> Path | None:
        """None where no run left anything yet."""
        if self.run_id is not None:
            return self.out / FOLDER / self.run_id
        return max((self.out / FOLDER).glob("*/"), key=lambda folder: folder.stat().st_mtime, default=None)

    def begin(self, again: Collection[str] = ()) -> None:
        """Make room for this run: what earlier ones left goes, but what the run left that this one executes `again`, or
        the rest of: that is this one's now. Whoever calls it holds the run lock."""
        assert self.run_id is not None
        mine = self.out / FOLDER / self.run_id
        for folder in (self.out / FOLDER).glob("*/"):
            if folder.name in again and not mine.exists():
                folder.rename(mine)
            elif folder != mine:
                shutil.rmtree(folder, ignore_errors=True)
        mine.mkdir(parents=True, exist_ok=True)

    def leave(self, name: str, value: Any, kind: Any, part: str = "") -> None:
        """Keep a value, whole or not at all; `part`: of the step's share in it."""
        folder = self.folder
        assert folder is not None
        with replacing(folder / f"{name}{PART}{part}.json") as draft:
            draft.write(_adapter(kind).dump_json(value, exclude_defaults=True))

    def parts(self, name: str, kind: Any) -> Iterator[Any]:
        """What was kept under a name."""
        for file in sorted(self.folder.glob(f"{name}{PART}*.json")) if self.folder else ():
            yield _adapter(kind).validate_json(file.read_bytes())

    def summary(self) -> Summary:
        """All of it."""
        found: dict[str, Any] = {}
        for name, kind in kinds().items():
            for value in self.parts(name, kind):
                found[name] = found.get(name, []) + value if isinstance(value, list) else value
        return Summary(**found)


@cache
def kinds() -> dict[str, Any]:
    """What may be left for the summary, and its type."""
    return get_type_hints(Summary)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
