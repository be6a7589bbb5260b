"""The health of every source: its visits from the archive, the facts that each reading of it gave."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.fetch import Archive, Health, State, Visits, by_source, health, next_due
from pipeline.records import Assertion, Listing, Observation
from pipeline.settings import Settings
from sources.registry import Source

KEPT = 60  # readings of a source that are remembered
PATIENCE = timedelta(days=2)  # beyond the time a source is due; its cadence, where that is longer


@dataclass(frozen=True, slots=True)
class FactCount:
    """What one reading of a source gave: affirmed facts by field, and the code that read it. `refused` says why
    what was read did not go on: the layout seems to have changed, and a person is to look."""

    code: str
    facts: dict[str, int]
    refused: str = ""


class FactLog:
    """Facts by field of each reading of a source, oldest first: `stage/.facts/<source_id>.jsonl`."""

    def __init__(self, stage: Path) -> None:
        self.folder = stage / ".facts"

    def read(self, source_id: str) -> list[FactCount]:
        """The readings of a source; a line that a kill cut off is left out."""
        file = self.folder / f"{source_id}.jsonl"
        readings = []
        for line in file.read_text().splitlines() if file.exists() else ():
            try:
                readings.append(FactCount(**json.loads(line)))
            except (ValueError, TypeError):
                continue
        return readings

    def accepted(self, source_id: str) -> list[FactCount]:
        return [reading for reading in self.read(source_id) if not reading.refused]

    def add(self, source_id: str, reading: FactCount) -> None:
        """A refused reading is the last word until the next one, and no part of the history."""
        lines = [json.dumps(asdict(r)) for r in (*self.accepted(source_id), reading)]
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f"{source_id}.tmp"
        draft.write_text("\n".join(lines[-KEPT:]) + "\n")
        draft.replace(draft.with_suffix(".jsonl"))


def facts_by_field(listings: Iterable[Listing]) -> dict[str, int]:
    """How many affirmed facts of each field the listings hold."""
    said: Counter[str] = Counter()
    for listing in listings:
        every: list[Observation] = [
            *listing.observations,
            *(o for s in listing.services for o in s.observations),
        ]
        said.update(o.field for o in every if o.assertion is Assertion.AFFIRMED)
    return dict(sorted(said.items()))


def health_of_all(settings: Settings, now: datetime) -> list[Health]:
    """One row a source of the registry, in order of their ids."""
    log = FactLog(settings.stage)
    with Archive(settings.archive) as archive:
        visits = by_source(archive.visits())
    return [_health(source, visits, log, now) for source in settings.registry.sources]


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
