"""The values of a row that have a form: telephones, ZIP code, web site, coordinates. What is refused is told, not dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.normalize.phone import e164
from pipeline.normalize.place import zip5, zip_fits_state
from pipeline.normalize.point import Point, locate
from pipeline.normalize.website import web_addresses
from pipeline.records import Refused
from sources.records import SourceRecord


@dataclass(frozen=True, slots=True)
class RowValues:
    """What can be used of a row, and what cannot: the row stays a listing without it."""

    phones: tuple[tuple[str, str, str], ...]  # (kind, E.164, as printed)
    zip: str | None
    website: str | None
    point: Point | None
    refused: tuple[Refused, ...]

    @classmethod
    def of(cls, row: SourceRecord, state: str | None) -> RowValues:
        """The values of a row whose cells are clean; `state` is the postal code of the one it is in."""
        numbers = [(kind, e164(printed), printed) for kind, printed in row.phones]
        phones = tuple((kind, number, printed) for kind, number, printed in numbers if number)
        code = zip5(row.zip)
        if code and state and not zip_fits_state(code, state):
            code = None
        located = locate(row.latitude, row.longitude, state, code, row.city)
        sites = web_addresses(row.website)
        refused = (*_refused(row, code, sites), *filter(None, (located.refused,)))
        return cls(phones, code, next(iter(sites), None), located.point, refused)


def _refused(row: SourceRecord, code: str | None, sites: list[str]) -> Iterator[Refused]:
    for _, printed in row.phones:
        if printed.strip() and e164(printed) is None:
            yield Refused("phone", "bad_phone", printed)
    if row.zip.strip() and code is None:
        yield Refused("zip", "zip_elsewhere" if zip5(row.zip) else "bad_zip", row.zip)
    if row.website.strip() and not sites:
        yield Refused("website", "bad_website", row.website)
    for further in sites[1:]:
        yield Refused("website", "further_website", further)
