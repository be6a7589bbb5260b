"""The health of every source: its visits from the archive, the facts that each reading of it gave."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipeline.archive.archive import Archive
from pipeline.archive.visits import Visits, by_source, next_due
from pipeline.fetch.outcome.health import Health, State, health
from pipeline.read.fact_log import FactLog
from pipeline.settings import Settings
from sources.registry import Source

PATIENCE = timedelta(days=2)  # beyond the time a source is due; its cadence, where that is longer


def health_of_all(settings: Settings, now: datetime) -> list[Health]:
    """One row a source of the registry, in order of their ids."""
    with Archive(settings.archive) as archive:
        visits = by_source(archive.visits())
        log = FactLog(archive.store)
        return [_health(source, visits, log, now) for source in settings.registry.sources]


@dataclass(frozen=True, slots=True)
class Standing:
    """How one source is, and when it is to be read again; `due` is None where it is at the next run."""

    health: Health
    due: datetime | None


def standing_of(source: Source, settings: Settings, now: datetime) -> Standing:
    """Of one source; `now` in UTC."""
    with Archive(settings.archive) as archive:
        visits = by_source(archive.visits())
        due = next_due(source, visits)
        later = due if due is not None and due > now else None
        return Standing(_health(source, visits, FactLog(archive.store), now), later)


def _health(source: Source, visits: Visits, log: FactLog, now: datetime) -> Health:
    readings = log.read(source.id)
    due = next_due(source, visits)
    row = health(
        source.id,
        visits,
        [reading.facts for reading in readings if not reading.refused],
        refused=readings[-1].refused if readings else "",
        overdue=due is not None and now > due + max(PATIENCE, timedelta(days=source.cadence_days)),
    )
    return row if source.enabled else replace(row, state=State.PAUSED, reason="paused in the registry")
