"""What the release that stands was made of. While that is as it was, a run neither matches nor builds, audits or publishes.

The note of it is `<out>/standing.json`, replaced at the end of each run that ended well. Without it, or with
`iop run --rebuild`, all is made anew, and comes to the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path

import polars as pl
from pydantic import TypeAdapter, ValidationError

from pipeline.archive.visits import GOOD
from pipeline.flow.workspace import Workspace
from pipeline.read.fingerprint import hash_of_code
from pipeline.stage.reports import EntityReport, GeocodeReport
from pipeline.stage.tables import Stage
from warehouse.build_report import BuildReport
from warehouse.drafts import replacing
from warehouse.findings import AuditReport
from warehouse.policy import policy, using
from warehouse.types import utc

FILE = "standing.json"
CODE = ("pipeline", "warehouse", "sources/kinds.py")  # what reads, the fingerprints of the stage know
LIBRARIES = ("duckdb", "numpy", "polars")
MATCHING = ("listing", "listing_service", "observation", "crosswalk", "ledger", "match_pair")
ATTEMPTS = "document"


@dataclass(frozen=True, slots=True)
class Inputs:
    """Hashes of all that a release follows from. `matching`: what matching takes, and what it gave. `facts`: what the build
    takes. `attempts`: to fetch; where only these differ, only dates do."""

    matching: str
    facts: str
    attempts: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What a run came to. `dates_wait`: what it built has other dates than the release that stands, and was not published
    yet. `at`: when all was last found to be so (UTC)."""

    inputs: Inputs
    release: int
    built_at: datetime
    at: datetime
    dates_wait: bool
    entities: EntityReport
    geocode: GeocodeReport
    build: BuildReport
    audit: AuditReport

    def holds(self, inputs: Inputs, published: datetime, now: datetime) -> bool:
        """Whether a build at `now` would give nothing to publish, where the release that stands was built at `published`."""
        changes_at = self.build.changes_at
        if inputs.facts != self.inputs.facts or now < self.built_at or (changes_at and now >= changes_at):
            return False
        wait = timedelta(hours=policy()["release"]["dates_hours"])
        dates_move = self.dates_wait or inputs.attempts != self.inputs.attempts
        return not dates_move or published <= now < published + wait


def noted(workspace: Workspace) -> Standing | None:
    """The note of the last run, if it is of the release that stands."""
    latest = workspace.releases.latest()
    try:
        note = _note().validate_json((workspace.settings.out / FILE).read_bytes())
    except (FileNotFoundError, ValidationError):  # of another version: all is made anew
        return None
    return note if latest and latest.number == note.release else None


def matched(workspace: Workspace) -> EntityReport | None:
    """What matching came to, where it would come to the same; None where it is to be done."""
    note = None if workspace.rebuild else noted(workspace)
    return note.entities if note and note.inputs.matching == _matching(workspace) else None


def located(workspace: Workspace) -> GeocodeReport | None:
    """What is known of the addresses, where nobody is asked and all is as it was; None where it is to be looked up."""
    note = None if workspace.rebuild else noted(workspace)
    if note is None or note.inputs.facts != _facts(workspace):
        return None
    return replace(note.geocode, asked=0, problems=[])


def stands(workspace: Workspace) -> Standing | None:
    """The note, where a build would give nothing to publish; None where it is to be done."""
    note, latest = noted(workspace), workspace.releases.latest()
    if note is None or latest is None or workspace.rebuild:
        return None
    published, now = datetime.fromisoformat(latest.built_at), utc(workspace.clock())
    with using(workspace.settings.policy):
        return note if note.holds(inputs_of(workspace), published, now) else None


def write_note(workspace: Workspace, release: int, dates_wait: bool) -> None:
    """Remember what this run's steps made; of a run of which some steps were left out nobody knows what all came to."""
    file, now = workspace.settings.out / FILE, utc(workspace.clock())
    entities, geocode, build, audit = map(workspace.left, ("entities", "geocode", "build", "audit"))
    if not (entities and geocode and build and audit):
        file.unlink(missing_ok=True)
        return
    found = tuple(
        finding for finding in audit.findings if not finding.drift
    )  # of a release from itself: none
    report = replace(audit, findings=found)
    made = Standing(inputs_of(workspace), release, now, now, dates_wait, entities, geocode, build, report)
    _write(file, made)


def renew_note(workspace: Workspace) -> None:
    """All is still so."""
    if (before := noted(workspace)) is not None:
        _write(workspace.settings.out / FILE, replace(before, at=utc(workspace.clock())))


def _write(file: Path, made: Standing) -> None:
    with replacing(file) as draft:
        draft.write(_note().dump_json(made))


@cache
def _note() -> TypeAdapter[Standing]:
    return TypeAdapter(Standing)


def inputs_of(workspace: Workspace) -> Inputs:
    """Hashes of the stage, of what people decided, of the releases that it goes on from, and of our own code."""
    return Inputs(_matching(workspace), _facts(workspace), _hash(_tables(workspace.stage, [ATTEMPTS])))


def _matching(workspace: Workspace) -> str:
    return _hash(_shared(workspace) + _tables(workspace.stage, MATCHING))


def _facts(workspace: Workspace) -> str:
    settings, latest, stage = workspace.settings, workspace.releases.latest(), workspace.stage
    tables = sorted(folder.name for folder in stage.folder.iterdir() if not folder.name.startswith("."))
    build = [
        latest and latest.sha256,
        settings.profile or settings.registry_folder.name,
        *_files([settings.policy] if settings.policy else []),
        *_tables(stage, [table for table in tables if table != ATTEMPTS]),
        _first_attempts(stage),
    ]
    return _hash(_shared(workspace) + build)


def _shared(workspace: Workspace) -> list[object]:
    current = workspace.releases.current()
    return [_code(), current and current.sha256, *_files(workspace.settings.overrides.glob("*.csv"))]


def _first_attempts(stage: Stage) -> str:
    """Of the attempts what facts follow from: when each content was found, and all of the sources that failed some time."""
    attempts = stage.read(ATTEMPTS)
    failed = attempts.filter(~pl.col("outcome").is_in([str(outcome) for outcome in GOOD]))[
        "source_id"
    ].unique()
    is_well = ~pl.col("source_id").is_in(failed.implode())
    found = attempts.filter(is_well).group_by("source_id", "url", "final_url", "sha256")
    first = found.agg(pl.col("fetched_at").min()).sort(pl.all())
    return first.write_csv() + attempts.filter(~is_well).sort(pl.all()).write_csv()


def _tables(stage: Stage, tables: Iterable[str]) -> list[object]:
    return [part for table in tables for part in (table, *_files((stage.folder / table).glob("*.parquet")))]


def _files(files: Iterable[Path]) -> list[object]:
    """Names and contents, by name."""
    return [part for file in sorted(files) for part in (file.name, _digest(file))]


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _hash(parts: Iterable[object]) -> str:
    return hashlib.sha256(repr(list(parts)).encode()).hexdigest()


@cache
def _code() -> str:
    """Of our own code, its tables, and the libraries that compute."""
    return _hash([hash_of_code(*CODE), *map(version, LIBRARIES)])
