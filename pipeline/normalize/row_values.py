"""The values of a row that have a form: telephones, ZIP code, web site, coordinates. What is refused is told, not dropped."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.normalize.phone import e164
from pipeline.normalize.place import zip5
from pipeline.records import Refused
from sources.records import SourceRecord
from sources.urls import canonical_url

Point = tuple[float, float]  # latitude, longitude in decimal degrees


@dataclass(frozen=True, slots=True)
class RowValues:
    """What can be used of a row, and what cannot: the row stays a listing without it."""

    phones: tuple[tuple[str, str, str], ...]  # (kind, E.164, as printed)
    website: str | None
    point: Point | None
    refused: tuple[Refused, ...]

    @classmethod
    def of(cls, row: SourceRecord) -> RowValues:
        numbers = [(kind, e164(printed), printed) for kind, printed in row.phones]
        phones = tuple((kind, number, printed) for kind, number, printed in numbers if number)
        return cls(phones, _website(row.website), _point(row), tuple(_refused(row)))


def _refused(row: SourceRecord) -> Iterator[Refused]:
    for _, printed in row.phones:
        if printed.strip() and e164(printed) is None:
            yield Refused("phone", "bad_phone", printed)
    if row.zip.strip() and zip5(row.zip) is None:
        yield Refused("zip", "bad_zip", row.zip)
    if row.website.strip() and _website(row.website) is None:
        yield Refused("website", "bad_website", row.website)
    if (row.latitude or row.longitude) and _point(row) is None:
        yield Refused("coordinates", "bad_coordinates", f"{row.latitude}, {row.longitude}")


def _website(printed: str) -> str | None:
    """The address as printed, where it is one: a host with a dot in it, http(s) or no scheme."""
    url = printed.strip()
    full = canonical_url(url if "://" in url else f"https://{url}")
    named = full is not None and "." in (urlsplit(full).hostname or "")
    return url if named and not any(map(str.isspace, url)) else None


def _point(row: SourceRecord) -> Point | None:
    """Printed coordinates; None where either is missing, unreadable, 0 or out of range."""
    try:
        latitude, longitude = float(row.latitude), float(row.longitude)
    except ValueError:
        return None
    fine = math.isfinite(latitude) and math.isfinite(longitude)
    return (latitude, longitude) if fine and 0 < abs(latitude) <= 90 and 0 < abs(longitude) <= 180 else None
