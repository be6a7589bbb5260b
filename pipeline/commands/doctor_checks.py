"""What `iop doctor` looks at: one function a check, each of settings and the moment (UTC), which yields what it found.

A check changes nothing. What it finds is a `PROBLEM` where something is broken or will break the next run, and an `ADVICE`
where something is only not yet done, or could be better.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path, PurePosixPath

import duckdb
import polars as pl
from packaging.requirements import Requirement
from rich.filesize import decimal

from pipeline.archive.archive import Archive
from pipeline.archive.clock import later_rows
from pipeline.archive.replay import current_documents
from pipeline.archive.upkeep import stats
from pipeline.fetch.settings import FetchSettings
from pipeline.settings import Settings
from pipeline.stage.tables import ALL, Stage
from sources.registry import missing_files
from warehouse.contracts import contract_version
from warehouse.freshness import fact_ages, source_ages
from warehouse.release import ReleaseError, Releases
from warehouse.room import wanted
from warehouse.sql import literal

PACKAGE = "iop-directory"
SHOWN = 3  # names in a line; more are counted
FIRST_RUN = "iop run"
SET_UP = "make run, or uv sync --frozen: it installs what the lock file says"
UNNAMED = """
SELECT count(DISTINCT entity_id) FROM last.crosswalk ANTI JOIN (SELECT entity_id FROM last.ledger) USING (entity_id)"""


class Level(StrEnum):
    PROBLEM = "problem"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is not as it should be, and what to do, each in a line."""

    level: Level
    what: str
    remedy: str


Check = Callable[[Settings, datetime], Iterator[Finding]]


def environment(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Packages by `pyproject.toml`, Dagster's home, and who we say we are to the sites that are read."""
    for requirement in map(Requirement, _required()):
        if requirement.marker is None and (wrong := _unmet(requirement)):
            yield Finding(Level.PROBLEM, wrong, SET_UP)
    home = os.environ.get("DAGSTER_HOME")
    if home is not None and not (Path(home).is_absolute() and Path(home).is_dir()):
        remedy = f"mkdir -p {home!r} and name it from the root (/…), or unset DAGSTER_HOME"
        yield Finding(Level.PROBLEM, f"DAGSTER_HOME={home!r} is no folder named from the root", remedy)
    visits_sites = any(s.enabled and s.url and not s.allow_loopback for s in settings.registry.sources)
    if visits_sites and not settings.serve_demo and settings.fetch.user_agent == FetchSettings().user_agent:
        remedy = 'IOP_USER_AGENT="name/1.0 (+https://an-address-of-yours/)"'
        yield Finding(Level.ADVICE, "sites are visited without a name and contact of yours", remedy)


def registry(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Tables that are wrong, local files that are missing, a registry without sources."""
    found = settings.registry
    for problem in (*found.problems, *missing_files(found)):
        where = f"{problem.file}: {problem.key}: {problem.message}"
        yield Finding(Level.PROBLEM, where, f"write {problem.remedy}; then iop sources check")
    if not found.sources:
        what = f"{settings.registry_folder} declares no usable source"
        yield Finding(Level.PROBLEM, what, "iop sources new URL proposes one")


def archive(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Contents and log that cannot be read, or that are named and not there."""
    place = settings.archive
    if isinstance(place, Path) and not place.is_dir():
        yield Finding(Level.ADVICE, f"no archive yet at {place}", FIRST_RUN)
        return
    with Archive(place) as opened:
        found = stats(opened)
        for name in found.damaged_logs:
            remedy = "put the file back from a backup; nothing is pruned until then"
            yield Finding(Level.PROBLEM, f"{name} of the log cannot be read", remedy)
        if found.damaged:
            what = f"{found.damaged} contents are damaged, and count as absent"
            yield Finding(Level.PROBLEM, what, "iop run fetches their pages again")
        if found.unread:
            what = f"{found.unread} lines of the log are no rows"
            yield Finding(Level.ADVICE, what, "none: a killed run left them, and readers skip them")
        if (later := later_rows(opened, now)).rows:
            what = f"{later}, and are passed over"
            yield Finding(Level.PROBLEM, what, "set the clock right, or iop archive heal")
        kept = {PurePosixPath(name).stem for name, size, _ in opened.store.names("blobs/") if size}
        lost = [document for document in current_documents(opened) if document.sha256 not in kept]
        if lost:
            whose = _listed(sorted({document.source_id for document in lost}))
            what = f"{len(lost)} contents that the log names are not there, of {whose}"
            yield Finding(Level.PROBLEM, what, "put blobs/ back from a backup, or iop run --source ID")


def ledger(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """The identity ledger, from which the next run takes every id: whole in the release, readable on the stage."""
    path = Stage(settings.stage).path("ledger", ALL)
    if path.exists():
        try:
            pl.read_parquet(path, glob=False)
        except (pl.exceptions.PolarsError, OSError):
            remedy = f"rm {path}: the next run writes it from the release's"
            yield Finding(Level.PROBLEM, f"{path} cannot be read", remedy)
    release = _current(settings)
    if release is None:
        return
    with duckdb.connect() as con:
        con.execute(f"ATTACH {literal(str(release))} AS last (READ_ONLY)")
        row = con.execute(UNNAMED).fetchone()
    if row and row[0]:
        what = f"{row[0]} ids of the current release are not in its ledger: the next run would mint new ones"
        yield Finding(Level.PROBLEM, what, "iop rollback to a release that is whole")


def release(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """The release that readers see: there, unchanged since it was published, of today's contract."""
    kept = Releases(settings.releases)
    back = "iop releases --verify shows which are whole; iop rollback NUMBER makes one current"
    try:
        known = kept.list()
    except ReleaseError as error:
        what, _, remedy = str(error).partition(": ")
        yield Finding(Level.PROBLEM, what, remedy)
        return
    try:
        current = kept.current()
    except ReleaseError as error:
        yield Finding(Level.PROBLEM, str(error).partition(": ")[0], back)
        return
    for one in known:
        if not one.path.exists():
            yield Finding(Level.PROBLEM, f"{one.path} is missing", f"put it back from a backup; {back}")
    if current is None:
        yield Finding(Level.ADVICE, "nothing is published yet", FIRST_RUN)
        return
    if problem := kept.verify(current.number):
        yield Finding(Level.PROBLEM, problem, back)
    if current.contract_version != contract_version():
        what = (
            f"release {current.number} has contract {current.contract_version}, the code {contract_version()}"
        )
        yield Finding(Level.ADVICE, what, "iop run publishes one of today's contract; see CHANGELOG.md")


def targets(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Places that releases are published to: reached, and their readers see what those of the folder see."""
    here = Releases(settings.releases).current()
    for place in settings.publish:
        from warehouse.targets.deliver import open_target  # clients of stores, which only this needs

        target = open_target(place, settings.lake_data)
        if here and (there := target.current()) != here.number:
            what = f"readers of {target.name} see release {there or 'none'}, those of {settings.releases} {here.number}"
            yield Finding(Level.PROBLEM, what, "iop releases publish brings it up, or says why not")


def freshness(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Facts and sources of the current release against their days, as old as they are now."""
    current = _current(settings)
    if current is None:
        return
    if old := [age for age in fact_ages(current, now) if not age.ok]:
        names = _listed([f"{age.field} ({age.within:.0%} in {age.verify_days} days)" for age in old])
        yield Finding(Level.PROBLEM, f"facts are older than they may be: {names}", FIRST_RUN)
    late = [age for age in source_ages(current, now) if not age.ok]
    if overdue := [age for age in late if age.overdue_days is not None]:
        names = _listed([f"{age.source_id} ({age.overdue_days:.0f} days)" for age in overdue])
        yield Finding(Level.PROBLEM, f"sources are overdue: {names}", "iop run; iop sources says why")
    if never := [age.source_id for age in late if age.overdue_days is None]:
        yield Finding(
            Level.ADVICE, f"sources never answered: {_listed(never)}", "iop sources says why, and since when"
        )


def disk(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Room and leave to write where a run works, and where a local archive lies."""
    size = 0
    if (current := settings.releases / "current").exists():
        size = current.stat().st_size
    need = wanted(size)
    for place in {settings.out, settings.archive}:
        if not isinstance(place, Path):
            continue
        there = next(path for path in (place, *place.parents) if path.exists())
        if not there.is_dir() or not os.access(there, os.W_OK):
            yield Finding(
                Level.PROBLEM, f"{there} cannot be written to", "chmod or chown it, or another --out"
            )
        elif (free := shutil.disk_usage(there).free) < need:
            what = f"{decimal(free)} free at {there}; a run wants {decimal(need)}"
            remedy = "iop archive prune, fewer releases, or another --out"
            yield Finding(Level.PROBLEM, what, remedy)


CHECKS: Mapping[str, Check] = {
    check.__name__: check
    for check in (environment, registry, archive, ledger, release, targets, freshness, disk)
}


def examine(check: Check, settings: Settings, now: datetime) -> list[Finding]:
    """What a check found; that it could not be made is a problem, too."""
    found: list[Finding] = []
    try:
        found.extend(check(settings, now))
    except Exception as error:
        why = str(error).partition("\n")[0] or type(error).__name__
        found.append(Finding(Level.PROBLEM, f"could not be looked at: {why}", "mend what stands above first"))
    return found


def _current(settings: Settings) -> Path | None:
    return Releases(settings.releases).current_path()


def _required() -> list[str]:
    try:
        return requires(PACKAGE) or []
    except PackageNotFoundError:
        return []  # run from the tree, without being installed


def _unmet(requirement: Requirement) -> str:
    """What is wrong with a package that we need; "" where it is there in a version that we take."""
    try:
        found = version(requirement.name)
    except PackageNotFoundError:
        return f"package {requirement.name} is not installed"
    if requirement.specifier.contains(found, prereleases=True):
        return ""
    return f"package {requirement.name} is {found}, and {requirement.specifier} is needed"


def _listed(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
