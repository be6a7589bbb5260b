"""The health of every source: its visits from the archive, the facts that each reading of it gave."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.fetch import Archive, Health, by_source, health
from pipeline.records import Assertion, Listing, Observation
from pipeline.settings import Settings

KEPT = 60  # readings of a source that are remembered


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading of a source gave: affirmed facts by field, and the code that read it."""

    code: str
    facts: dict[str, int]


class FactLog:
    """Facts by field of each reading of a source, oldest first: `stage/.facts/<source_id>.jsonl`."""

    def __init__(self, stage: Path) -> None:
        self.folder = stage / ".facts"

    def read(self, source_id: str) -> list[Reading]:
        """The readings of a source; a line that a kill cut off is left out."""
        file = self.folder / f"{source_id}.jsonl"
        readings = []
        for line in file.read_text().splitlines() if file.exists() else ():
            try:
                readings.append(Reading(**json.loads(line)))
            except (ValueError, TypeError):
                continue
        return readings

    def add(self, source_id: str, reading: Reading) -> None:
        lines = [json.dumps({"code": r.code, "facts": r.facts}) for r in (*self.read(source_id), reading)]
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


def health_of_all(settings: Settings) -> list[Health]:
    """One row a source of the registry, in order of their ids."""
    log = FactLog(settings.stage)
    with Archive(settings.archive) as archive:
        visits = by_source(archive.visits())
    return [
        health(source.id, visits, [reading.facts for reading in log.read(source.id)])
        for source in settings.registry.sources
    ]
