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
        no_phones = [printed for _, number, printed in numbers if number is None and printed.strip()]
        code, no_zip = _zip(row.zip, state)
        located = locate(row.latitude, row.longitude, state, code, row.city)
        sites = web_addresses(row.website)
        refused = (
            *(Refused("phone", "bad_phone", printed) for printed in no_phones),
            *((no_zip,) if no_zip else ()),
            *_no_websites(row.website, sites),
            *((located.refused,) if located.refused else ()),
        )
        return cls(phones, code, next(iter(sites), None), located.point, refused)


def _zip(printed: str, state: str | None) -> tuple[str | None, Refused | None]:
    """A ZIP code of the state, or why there is none."""
    code = zip5(printed)
    if code and state and not zip_fits_state(code, state):
        return None, Refused("zip", "zip_elsewhere", printed)
    return code, Refused("zip", "bad_zip", printed) if code is None and printed.strip() else None


def _no_websites(printed: str, sites: list[str]) -> Iterator[Refused]:
    if printed.strip() and not sites:
        yield Refused("website", "bad_website", printed)
    for further in sites[1:]:
        yield Refused("website", "further_website", further)
