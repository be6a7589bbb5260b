"""Time zones of places: printed session times are local, and HSDS wants them with their offset from UTC."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import zipcodes


class Zone(NamedTuple):
    """`hours` from UTC at a moment, as `mark` writes it (`-05:00`), and the last day on which it holds."""

    name: str
    hours: float
    mark: str
    until: date | None


@cache
def zone_name(zip_code: str) -> str | None:
    """IANA name of the zone of a ZIP code; None where the code is unknown."""
    known = zip_code.isdigit() and len(zip_code) == 5
    found = zipcodes.matching(zip_code) if known else []  # type: ignore[no-untyped-call]
    return found[0]["timezone"] or None if found else None


@cache
def zone_at(name: str, moment: datetime) -> Zone:
    """A zone's offset at a moment in UTC. `until` is None where the offset does not change within a year."""
    zone = ZoneInfo(name)
    local = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone)
    offset = local.utcoffset() or timedelta()
    noon = local.replace(hour=12, minute=0)
    days: Iterable[datetime] = (noon + timedelta(days=n) for n in range(1, 367))
    change = next((day for day in days if day.utcoffset() != offset), None)
    seconds = int(offset.total_seconds())
    sign, minutes = "-" if seconds < 0 else "+", abs(seconds) // 60
    mark = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
    return Zone(name, seconds / 3600, mark, change.date() - timedelta(days=1) if change else None)
