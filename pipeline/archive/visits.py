"""Visits: one row each time that a source was read to the end, and when the next one is due.

A run that was killed leaves no row for the sources it had not finished, so the next run takes them up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from pipeline.records import Outcome

GOOD = frozenset({Outcome.OK, Outcome.UNCHANGED})
UNREAD = (Outcome.ERROR, Outcome.TIMEOUT)  # pages are left that may be had the next time
SLACK = timedelta(hours=6)  # a schedule that comes round a little early still finds its sources due
FIRST_RETRY = timedelta(days=1)  # after a visit that gave nothing; doubled each time, up to the cadence


@dataclass(frozen=True, slots=True)
class VisitRow:
    """What one reading of one source came to. `size` is the decoded bytes of its good pages."""

    source_id: str
    began_at: datetime
    ended_at: datetime
    outcomes: dict[str, int] = field(default_factory=dict)
    size: int = 0

    @property
    def attempts(self) -> int:
        return sum(self.outcomes.values())

    @property
    def good(self) -> int:
        return sum(self.outcomes.get(outcome, 0) for outcome in GOOD)

    @property
    def is_complete(self) -> bool:
        """Whether it gave something, and all that it could: a fault of ours (a full disk, say) leaves pages unread, and so
        does a host that is slow today."""
        return self.good > 0 and not any(self.outcomes.get(outcome) for outcome in UNREAD)


class Cadenced(Protocol):
    """What is needed of `sources.registry.Source`."""

    @property
    def id(self) -> str: ...
    @property
    def cadence_days(self) -> int: ...


def by_source(visits: Iterable[VisitRow]) -> dict[str, list[VisitRow]]:
    """Visits by their source, oldest first."""
    found: dict[str, list[VisitRow]] = {}
    for visit in sorted(visits, key=lambda v: v.ended_at):
        found.setdefault(visit.source_id, []).append(visit)
    return found


Visits = Iterable[VisitRow] | Mapping[str, Sequence[VisitRow]]  # all sources' visits, or already `by_source`


def visits_of(source_id: str, visits: Visits) -> Sequence[VisitRow]:
    """One source's visits, oldest first."""
    if isinstance(visits, Mapping):
        return visits.get(source_id, ())
    return by_source(visit for visit in visits if visit.source_id == source_id).get(source_id, ())


def next_due(source: Cadenced, visits: Visits) -> datetime | None:
    """When a source is to be read again; None (at once) where it never was.

    After a good visit, its cadence later; after visits that gave nothing, waited in vain, or met a fault of ours, a day
    later, then two, four, …
    """
    own = visits_of(source.id, visits)
    if not own:
        return None
    cadence = timedelta(days=source.cadence_days)
    failures = next((i for i, visit in enumerate(reversed(own)) if visit.is_complete), len(own))
    wait = min(cadence, FIRST_RETRY * 2 ** min(failures - 1, 10)) if failures else cadence
    return own[-1].ended_at + wait


def due(source: Cadenced, visits: Visits, now: datetime) -> bool:
    """Whether a source should be read now. For many sources give the visits `by_source`."""
    moment = next_due(source, visits)
    return moment is None or moment - SLACK <= now


def visit_line(visit: VisitRow) -> bytes:
    row = {
        "source_id": visit.source_id,
        "began_at": visit.began_at.astimezone(UTC).isoformat(),
        "ended_at": visit.ended_at.astimezone(UTC).isoformat(),
        "outcomes": visit.outcomes,
        "size": visit.size,
    }
    return json.dumps(row).encode() + b"\n"


def read_visits(lines: bytes) -> Iterable[VisitRow]:
    """Rows of a log of visits; a line cut short by a kill is skipped."""
    for line in lines.splitlines():
        try:
            row = json.loads(line)
            moments = (datetime.fromisoformat(row["began_at"]), datetime.fromisoformat(row["ended_at"]))
            yield VisitRow(row["source_id"], *moments, row["outcomes"], row["size"])
        except (ValueError, KeyError, TypeError):
            continue
