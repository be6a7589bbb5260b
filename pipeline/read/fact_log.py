"""The facts that each good reading of a source gave, kept in the archive so that a replay comes to the same decisions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from pipeline.archive.store import Store
from pipeline.records import Assertion, Listing, Rejected
from warehouse.types import utc

KEPT = 60  # readings of a source that are remembered


@dataclass(frozen=True, slots=True)
class FactCount:
    """What one reading of a source gave: the code that read it, affirmed facts by field, and the date of its newest
    document (ISO 8601). `refused` says why newer documents were not taken for what they say: the layout seems to have
    changed, and a person is to look."""

    code: str
    facts: dict[str, int]
    as_of: str
    refused: str = ""

    @property
    def moment(self) -> datetime:
        """`as_of` in UTC, without a zone."""
        return datetime.fromisoformat(self.as_of).astimezone(UTC).replace(tzinfo=None)


class FactLog:
    """The good readings of each source, oldest first, and whether the last one was refused:
    `facts/<source_id>.jsonl` of the archive, so that a replay comes to the same decisions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, source_id: str) -> list[FactCount]:
        """The readings of a source; a line that cannot be read is left out."""
        try:
            lines = self._store.read(self._name(source_id)).splitlines()
        except FileNotFoundError:
            return []
        readings = []
        for line in lines:
            try:
                readings.append(FactCount(**json.loads(line)))
            except (ValueError, TypeError):
                continue
        return readings

    def accepted(self, source_id: str, as_of: datetime | None = None) -> list[FactCount]:
        """Those that were not refused, until a date."""
        until = utc(as_of)
        return [r for r in self.read(source_id) if not r.refused and (until is None or r.moment <= until)]

    def add(self, source_id: str, reading: FactCount) -> None:
        """A refused reading is the last word until the next one, and no part of the history; the same documents read
        again are one reading."""
        before = [r for r in self.accepted(source_id) if r.as_of != reading.as_of or reading.refused]
        lines = [json.dumps(asdict(r)).encode() + b"\n" for r in (*before, reading)]
        if lines[-1] not in self._lines(source_id)[-1:]:
            self._store.write(self._name(source_id), b"".join(lines[-KEPT:]))

    def _lines(self, source_id: str) -> list[bytes]:
        try:
            return self._store.read(self._name(source_id)).splitlines(keepends=True)
        except FileNotFoundError:
            return []

    @staticmethod
    def _name(source_id: str) -> str:
        return f"facts/{source_id}.jsonl"


def count_facts(read: Iterable[Listing | Rejected], facts: Counter[str]) -> Iterator[Listing | Rejected]:
    """Pass on what was read, and count the affirmed facts of each field on the way."""
    for item in read:
        if isinstance(item, Listing):
            for said in (item.observations, *(service.observations for service in item.services)):
                facts.update(o.field for o in said if o.assertion is Assertion.AFFIRMED)
        yield item
