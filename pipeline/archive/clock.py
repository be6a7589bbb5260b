"""The clock against the archive: rows of the future are not believed, and a run whose clock is far from the rows refuses.

A row is dated by the clock of the machine that wrote it. Which of two clocks was wrong cannot be seen from the rows; a person
says it: by setting the clock, or by `set_aside`.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pipeline.archive.archive import AHEAD, Archive
from pipeline.archive.log import LOG, VISITS, moment_sql
from warehouse.types import utc

log = logging.getLogger(__name__)
BEHIND = timedelta(
    days=7
)  # rows so little ahead are of the past in a week; what they are of is due till then
HEAL = "`iop archive heal --yes` puts them aside for good"


class ClockError(Exception):
    """The clock is too far from the archive's rows to go on; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Later:
    """Rows dated later than tomorrow that nobody has put aside: how many, and the last of them; `newest`: the last of those
    that are believed. Moments are UTC, without a zone."""

    rows: int
    last: datetime | None
    newest: datetime | None

    def __str__(self) -> str:
        return f"{self.rows:,} rows of the archive are dated later than tomorrow, until {_said(self.last)}"


def later_rows(archive: Archive, now: datetime) -> Later:
    """What of an archive is of the future at `now` (UTC)."""
    test = f"{{moment}} > {moment_sql(now + AHEAD)}"
    found = _ask(
        archive,
        f"count(*) FILTER (WHERE {test}), max(CASE WHEN {test} THEN {{moment}} END), "
        f"max(CASE WHEN NOT {test} THEN {{moment}} END)",
    )
    rows, last, newest = zip(*found, strict=True)
    return Later(sum(rows), max(filter(None, last), default=None), max(filter(None, newest), default=None))


def trust_clock(archive: Archive, now: datetime, idle_days: int | None) -> None:
    """Before a run that goes by the clock: raises ClockError where it is over a week behind the archive's newest row, or more
    than `idle_days` ahead of it (None: of a run that dates no rows). Warns of rows that are not believed."""
    later, naive = later_rows(archive, now), utc(now)
    if later.last and later.last > naive + BEHIND:
        raise ClockError(
            f"the clock says {_said(naive)}, and {later}: set the clock right; or, where it is right and was wrong then, {HEAL}"
        )
    if later.rows:
        log.warning("%s: they are passed over until that day; %s", later, HEAL)
    if idle_days is not None and later.newest and later.newest < naive - timedelta(days=idle_days):
        raise ClockError(
            f"the clock says {_said(naive)}, and the archive's newest row is of {_said(later.newest)}: set the clock right; or, "
            f"where nothing was fetched since, IOP_IDLE_DAYS={(naive - later.newest).days + 1} lets this run go on"
        )


def set_aside(archive: Archive, now: datetime, *, dry_run: bool = True) -> Later:
    """Let the rows that are of the future at `now` (UTC) never be believed, on whatever day; they and their contents are kept.

    A note in `aside/` of the archive says which; without it they are as before."""
    later = later_rows(archive, now)
    if later.rows and not dry_run:
        after = now + AHEAD
        segments = _ask(archive, "DISTINCT segment", f"{{moment}} > {moment_sql(after)}")
        name = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        archive.reader.put_aside(name, after, [row[0] for row in segments])
    return later


def _ask(archive: Archive, what: str, test: str = "true") -> list[tuple[Any, ...]]:
    """What a query gives over the rows of log and visits that are not put aside."""
    found: list[tuple[Any, ...]] = []
    with archive.with_rows((LOG, VISITS)) as con:
        for table in (LOG, VISITS):
            where = f"{test} AND {archive.reader.not_aside(table)}"
            sql = f"SELECT {what} FROM {table.name}_rows WHERE {where}"
            found += con.execute(sql.replace("{moment}", table.moment)).fetchall()
    return found


def _said(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "nothing"
