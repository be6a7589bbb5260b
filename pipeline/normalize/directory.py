"""Rows of structured sources → listings: names, address, phones, and codes mapped through the vocabulary.

A row becomes exactly one listing or one rejection; of a listing, every value that cannot be used is a rejection of its
own. Codes of levels of care make the listing's services; all other codes speak of the place as a whole, since no
directory ties them to one level.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from pipeline.normalize.cells import clean, clean_row
from pipeline.normalize.full_address import spread
from pipeline.normalize.name import whole_names
from pipeline.normalize.place import state_code
from pipeline.normalize.questionnaire import focus_of, questionnaire_of
from pipeline.normalize.row_values import RowValues
from pipeline.normalize.service_codes import Fact, codes_of, facts_of
from pipeline.records import Assertion, Listing, Observation, Rejected, Service
from pipeline.values import Address, Value
from sources.records import SETTING, BadRecord, ServiceMention, SourceRecord

CONFIDENCE = 0.9  # of a directory's statement, when it was printed
METHOD = "directory"


@dataclass(frozen=True, slots=True)
class Origin:
    """The document that rows were read from. `state`: of the source, where rows do not say their own."""

    document_sha256: str | None = None
    url: str | None = None
    state: str | None = None


class DirectoryReader:
    """Reads the rows of one source, whose documents may be several.

    Rows of other states than `states` (postal codes; none: all are wanted) are counted in `out_of_scope` and passed over.
    `unmapped` counts, by (category, text), the codes and labels that no vocabulary knows.
    """

    def __init__(self, source_id: str, states: Collection[str] = ()) -> None:
        self.source_id, self.states = source_id, states
        self.out_of_scope = 0
        self.unmapped: Counter[tuple[str, str]] = Counter()
        self._keys: Counter[str] = Counter()

    def read(self, rows: Iterable[SourceRecord | BadRecord], origin: Origin) -> Iterator[Listing | Rejected]:
        """Every row of one document: a listing and what was refused of it, or a rejection that says why."""
        for row in rows:
            if isinstance(row, BadRecord):
                yield Rejected(self.source_id, row.locator, row.reason, row.detail, row.raw)
                continue
            yield from self._row(row, origin)

    def _row(self, printed: SourceRecord, origin: Origin) -> Iterator[Listing | Rejected]:
        row, emptied = clean_row(printed)
        row = spread(row, origin.state)
        state = state_code(row.state) if row.state else origin.state
        if self.states and state and state not in self.states:
            self.out_of_scope += 1
            return
        values = RowValues.of(row, state)
        place = _Place(row.street1, row.street2, row.city, state, values.zip)
        if problem := _problem(row, place):
            yield Rejected(
                self.source_id, row.locator, *problem, json.dumps(dict(row.raw), ensure_ascii=False)
            )
            return
        names = (row.organization, row.name1) if row.organization else whole_names(row.name1, row.name2)
        read = _Row(row, printed, names, place, values)
        yield _listing(read, self._key(printed), self.source_id, origin, self.unmapped)
        for refused in (*emptied, *values.refused):
            yield refused.of(self.source_id, row.locator, place.state)

    def _key(self, row: SourceRecord) -> str:
        key = _record_key(row)
        self._keys[key] += 1
        return key if self._keys[key] == 1 else f"{key}-{self._keys[key]}"


class _Place(NamedTuple):
    street1: str
    street2: str
    city: str
    state: str | None
    zip: str | None


class _Row(NamedTuple):
    """A row with clean cells, the same as printed, and what was made of both."""

    row: SourceRecord
    printed: SourceRecord
    names: tuple[str, str]  # operator and site
    place: _Place
    values: RowValues

    def as_printed(self, text: str) -> str:
        """The cell of a name before it was cleaned."""
        cells = (self.printed.organization, self.printed.name1, self.printed.name2)
        return next((cell for cell in cells if clean(cell) == text), text)


def _problem(row: SourceRecord, place: _Place) -> tuple[str, str] | None:
    """(reason, detail) where the row cannot be listed."""
    if not (row.name1 or row.name2 or row.organization):
        return "no_name", "the row has no name"
    if row.state and place.state is None:
        return "bad_state", f"{row.state!r} is no state"
    if place.state is None:
        return "no_state", "neither the row nor its source names a state"
    if not (place.city or place.zip):
        return "no_place", "the row has neither city nor ZIP code"
    return None


def _record_key(row: SourceRecord) -> str:
    """Key of a row for as long as its name and address stay: sources give no ids, and positions move."""
    settings = (m.text for m in row.services if m.category == SETTING)
    names = (row.name1, row.name2, row.organization)
    address = (row.street1, row.street2, row.full_address, row.city, row.state, row.zip[:5])
    ids = (value for _, value in row.external_ids)
    text = "\n".join(" ".join(p.casefold().split()) for p in (*names, *address, *settings, *ids))
    return sha256(text.encode()).hexdigest()[:16]


def _listing(
    read: _Row, key: str, source_id: str, origin: Origin, unmapped: Counter[tuple[str, str]]
) -> Listing:
    row, place, values = read.row, read.place, read.values
    services: dict[str, list[Observation]] = {}
    # one for each: directories repeat themselves (OTP, MM, MU … all say medication)
    of_place: dict[Fact, Observation] = {}
    codes = codes_of(row.services)
    unmapped.update((mention.category or "", mention.text) for mention, code in codes if code is None)
    for mention, fact in facts_of(codes):
        if fact.field == "level_of_care" and not fact.denied:
            services.setdefault(fact.value, []).append(_of_code(fact, mention, row.locator))
        elif fact not in of_place:
            of_place[fact] = _of_code(fact, mention, row.locator)
    latitude, longitude = values.point or (None, None)
    questionnaire = questionnaire_of(codes)
    organization, site = read.names
    return Listing(
        source_id=source_id,
        record_key=key,
        organization_name=organization,
        site_name=site or None,
        street1=place.street1 or None,
        street2=place.street2 or None,
        city=place.city or None,
        state=place.state,
        zip=place.zip,
        latitude=latitude,
        longitude=longitude,
        phone=next((number for _, number, _ in values.phones), None),
        website=values.website,
        external_ids=row.external_ids,
        service_codes=tuple(dict.fromkeys(code.code if code else mention.text for mention, code in codes)),
        questionnaire=questionnaire.name if questionnaire else None,
        focus=questionnaire.focus if questionnaire else focus_of(of_place.values()),
        services=tuple(Service(level, level, None, tuple(found)) for level, found in services.items()),
        observations=(*_of_row(read), *of_place.values()),
        document_sha256=origin.document_sha256,
        url=origin.url,
        locator=row.locator,
    )


def _of_code(fact: Fact, mention: ServiceMention, locator: str) -> Observation:
    return Observation(
        field=fact.field,
        value=fact.value,
        quote=mention.text,
        start=mention.start,
        end=mention.end,
        assertion=Assertion.NEGATED if fact.denied else Assertion.AFFIRMED,
        method=METHOD,
        confidence=CONFIDENCE,
        qualifier="accepts" if fact.field == "payer" else None,
        level_of_care=fact.value if fact.field == "level_of_care" else None,
        locator=mention.locator or locator,
    )


def _of_row(read: _Row) -> Iterator[Observation]:
    row, printed, (organization, site), place, values = read

    def observed(name: str, value: Value, quote: str) -> Observation:
        return Observation(
            name, value, quote, 0, len(quote), method=METHOD, confidence=CONFIDENCE, locator=row.locator
        )

    yield observed("organization", organization, read.as_printed(organization))
    if site:
        yield observed("site_name", site, read.as_printed(site))
    street = ", ".join(part for part in (place.street1, place.street2) if part) or None
    address = Address(street, place.city or None, place.state, place.zip)
    cells = (printed.street1, printed.street2, printed.city, printed.state, printed.zip)
    yield observed("address", address, printed.full_address or ", ".join(filter(None, cells)))
    for kind, number, quote in values.phones:
        yield observed("phone", number, quote).but(qualifier=kind)
    if values.website:
        yield observed("website", values.website, printed.website)
