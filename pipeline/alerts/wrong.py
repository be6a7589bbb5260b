"""What is wrong now: the one judgement of alerts, whoever sends them, and of `iop health`.

It looks at what runs left in their directory, and at the archive. What an installation lacks (packages, registry, disk) is
for `iop doctor` to find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.alerts.run_log import read_runs
from pipeline.alerts.trouble import Level, Trouble, kinds
from pipeline.fetch.outcome.health import State
from pipeline.read.health import health_of_all
from pipeline.settings import Settings
from warehouse.freshness import fact_ages, row_ages, source_ages
from warehouse.policy import using
from warehouse.release import Releases

TABLES = 3  # of those that an audit refuses, in words
OF_STATE = {
    State.BLOCKED: "source_blocked",
    State.DEAD: "source_dead",
    State.NEEDS_ATTENTION: "source_attention",
    State.DEGRADED: "source_degraded",
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """All troubles at a moment, and the parts that could be looked at: of the others nothing is known to be over."""

    troubles: tuple[Trouble, ...]
    judged: frozenset[str]

    @property
    def problems(self) -> tuple[Trouble, ...]:
        return tuple(one for one in self.troubles if one.kind.level is Level.PROBLEM)


class _NothingThereError(Exception):
    """A part that is not there yet: nothing is wrong with it, and nothing of it is over."""


def wrong_now(settings: Settings, now: datetime) -> Wrong:
    """Everything that is wrong at `now` (UTC), in the order of `kinds.toml`. A part that cannot be looked at is a
    trouble, too; nothing raises, and nothing is written."""
    found: list[Trouble] = []
    judged = {kinds()["unseen"].part}
    with using(settings.policy):
        for part, look in PARTS.items():
            try:
                found += list(look(settings, now))
                judged.add(part)
            except _NothingThereError:
                pass
            except Exception as error:  # whatever is damaged: a monitor must hear of it
                why = str(error).partition("\n")[0] or type(error).__name__
                found.append(_trouble("unseen", part, why))
    order = list(kinds())
    return Wrong(
        tuple(sorted(found, key=lambda one: (order.index(one.kind.name), one.subject))), frozenset(judged)
    )


def _runs(settings: Settings, _now: datetime) -> Iterator[Trouble]:
    runs = read_runs(settings.out)
    for end in runs.ends.values():
        if end.failures:
            told = "; ".join(f"{step}: {why}" for step, why in end.failures.items())
            yield _trouble("run_failed", end.job, told, end.run_id)
    if runs.refused:
        found = [f"{table}: {what}" for table, what in runs.refused.refused.items()]
        more = f"; and {len(found) - TABLES} more tables" if len(found) > TABLES else ""
        yield _trouble("release_refused", "release", "; ".join(found[:TABLES]) + more, runs.refused.run_id)


def _release(settings: Settings, _now: datetime) -> Iterator[Trouble]:
    releases = Releases(settings.releases)
    if (held := releases.held()) is not None:
        yield _trouble("readers_held", "release", held or "nobody said why")
    if not releases.is_seen:
        yield _trouble("release_missing", "release", f"there is no {releases.stable_path}")
    else:
        releases.current()


def _sources(settings: Settings, now: datetime) -> Iterator[Trouble]:
    archive = settings.archive
    if isinstance(archive, Path) and not archive.is_dir():
        return  # nothing was ever asked; to open it would make it
    for row in health_of_all(settings, now):
        if kind := OF_STATE.get(row.state):
            yield _trouble(kind, row.source_id, row.reason)


def _ages(settings: Settings, now: datetime) -> Iterator[Trouble]:
    """As the checks of `pipeline.flow.freshness` judge them; sources that never answered are kept apart."""
    releases = Releases(settings.releases)
    release = releases.current_path() if releases.is_seen else None
    if release is None:
        raise _NothingThereError
    for age in source_ages(release, now):
        if not age.ok and age.overdue_days is None:
            yield _trouble("source_silent", age.source_id, "no good answer since it stands in the registry")
        elif not age.ok:
            last = f"{age.last_success:%Y-%m-%d}, to be read every {age.cadence_days} days"
            yield _trouble("source_overdue", age.source_id, f"last good answer {last}")
    for field in fact_ages(release, now):
        if not field.ok:
            yield _trouble("facts_old", field.field, str(field))
    for mart in row_ages(release, now):
        if not mart.ok:
            yield _trouble("rows_old", mart.mart, str(mart))


PARTS: Mapping[str, Callable[[Settings, datetime], Iterator[Trouble]]] = {
    "runs": _runs,
    "release": _release,
    "sources": _sources,
    "ages": _ages,
}


def _trouble(kind: str, subject: str, what: str, run_id: str = "") -> Trouble:
    return Trouble(kinds()[kind], subject, what, run_id)
