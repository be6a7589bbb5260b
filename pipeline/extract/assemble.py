"""The pages of one site → its listings: one for each office, one for what is offered virtually alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from pipeline.extract.reading import Program, Reading
from pipeline.normalize.address import normalize_street
from pipeline.records import Assertion, Listing, Observation, Service

OFFERED = ("iop", "php")
CALLED = ("main", "admissions", "tracking")


@dataclass(frozen=True, slots=True)
class PageReading:
    """A page of a site as it was read, and the document in the archive that it was read from."""

    reading: Reading
    url: str
    document_sha256: str | None
    fetched_at: datetime


def assemble(
    readings: Sequence[PageReading], source_id: str, organization: str | None, state: str | None
) -> list[Listing]:
    """What the site as a whole says: its places and the services there. Pages that are no listing give nothing."""
    pages = [page for page in readings if page.reading.is_listing]
    if not pages:
        return []
    found = [o for page in pages for o in _observations(page)]
    name = organization or next((p.reading.organization for p in pages if p.reading.organization), None)
    services = _services(pages)
    offices = _offices(found)
    website = "{0.scheme}://{0.netloc}/".format(urlsplit(pages[0].url))
    common = tuple(
        o
        for o in found
        if o.field in ("organization", "phone", "payer", "language", "accreditation", "accepting")
    )
    phone = next((o.value for kind in CALLED for o in common if o.field == "phone" and (o.qualifier or "main") == kind and o.assertion is Assertion.AFFIRMED), None)  # fmt: skip
    listings = []
    for key, place, said in offices:
        listings.append(
            Listing(
                source_id, key, name, street1=place.get("street"), city=place.get("city"), state=place.get("state") or state,
                zip=place.get("zip"), phone=phone, website=website, services=services,
                observations=(*said, *common), document_sha256=said[0].document_sha256, url=said[0].url,
            )
        )  # fmt: skip
    if not offices and services:
        listings.append(
            Listing(source_id, "unlocated", name, state=state, phone=phone, website=website, services=services,
                    observations=common, document_sha256=pages[0].document_sha256, url=pages[0].url)
        )  # fmt: skip
    return listings


def _observations(page: PageReading) -> Iterable[Observation]:
    return (_of(page, o) for o in page.reading.observations)


def _of(page: PageReading, observation: Observation) -> Observation:
    return replace(observation, url=page.url, document_sha256=page.document_sha256)


def _services(pages: Sequence[PageReading]) -> tuple[Service, ...]:
    by_level: dict[str, list[Observation]] = {}
    names: dict[str, Program] = {}
    for page in pages:
        for program in page.reading.programs:
            if program.level_of_care in OFFERED:
                names.setdefault(program.level_of_care, program)
                by_level.setdefault(program.level_of_care, []).extend(
                    _of(page, o) for o in program.observations
                )
    return tuple(Service(level, level, names[level].name, tuple(found)) for level, found in by_level.items())


def _offices(found: Iterable[Observation]) -> list[tuple[str, dict[str, str | None], list[Observation]]]:
    places: dict[tuple[str, str], tuple[dict[str, str | None], list[Observation]]] = {}
    for observation in found:
        if observation.field == "address" and observation.assertion is Assertion.AFFIRMED and observation.qualifier == "site":  # fmt: skip
            place = json.loads(observation.value)
            street = normalize_street(place["street"])
            key = (street.line, place.get("zip") or place.get("city") or "")
            known, said = places.setdefault(key, (place, []))
            known.update({k: v for k, v in place.items() if v and not known.get(k)})
            said.append(observation)
    return [(_slug(" ".join(key)), place, said) for key, (place, said) in places.items()]


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
