"""The pages of one site → its listings: one for each office, one for what is offered virtually alone.

Facts of one provider live on several pages; these rules put them together:
- Pages that are no listing (articles, directories, jobs) give nothing. Facts of the place (phones, payers, languages,
  accreditation) count for every office; a phone printed with one office's address is that office's own.
- An office is a street address; a city without a street counts only where the whole site prints no street.
- A program is at the offices that a page ties it to: an address under a heading that names the level, or in the same
  section as the program's times; the town named with it; the only address in the body. A tie on the program's own
  page means there and nowhere else. Else it is listed, with confidence × UNLOCATED, at every office that has no page
  of its own to say so.
- Tracks are services of their own. What is attended virtually alone goes to a listing without a place.
- Pages that disagree keep all their observations; a page about the program outweighs an overview or location, that
  one the home page; then the later fetch. Each step down costs a value STEP of its confidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from pipeline.extract.levels import levels_in
from pipeline.extract.offices import Office, offices_of
from pipeline.extract.reading import Program, Reading
from pipeline.records import Assertion, Listing, Observation, Service

OFFERED = ("iop", "php")
OF_PLACE = frozenset({"organization", "phone", "payer", "language", "accreditation", "site_name", "website"})
OF_SERVICE = frozenset({"accepting", "level_of_care"})
CALLED = ("main", "admissions", "tracking")
SCHEDULED = frozenset({"session", "days_per_week", "hours_per_day", "hours_per_week", "ages"})
UNLOCATED = 0.7
STEP = 0.93
MOST_REPEATED = 3  # observations kept of one value: the most specific ones


@dataclass(frozen=True, slots=True)
class PageReading:
    """A page of a site as it was read, and the document in the archive that it was read from."""

    reading: Reading
    url: str
    document_sha256: str | None
    fetched_at: datetime


@dataclass(slots=True)
class _Offer:
    """One service as the site tells it: its observations, most specific first, and the offices it is tied to."""

    level: str
    track: str | None
    name: str
    observations: list[Observation]
    offices: set[str]
    only_there: bool = False

    def is_at(self, office: str, with_own_page: set[str]) -> bool:
        """Whether the service is listed at an office."""
        if office in self.offices or not (self.only_there or self.offices):
            return True
        return not self.only_there and office not in with_own_page


def assemble(
    readings: Sequence[PageReading], source_id: str, organization: str | None, state: str | None
) -> list[Listing]:
    """What the site as a whole says: its places and the services there."""
    pages = sorted((p for p in readings if p.reading.is_listing), key=lambda p: p.fetched_at, reverse=True)
    if not pages:
        return []
    found = [o for page in pages for o in _of(page, page.reading.observations)]
    offices = offices_of(found)
    offers = _offers(pages, offices)
    own_pages = {key for page in pages if len(here := _in_body(page, offices)) == 1 for key in here}
    name = organization or next((p.reading.organization for p in pages if p.reading.organization), None)
    website = "{0.scheme}://{0.netloc}/".format(urlsplit(pages[0].url))
    place_facts = _best_of([o for o in found if o.field in OF_PLACE])
    listings = []
    for office in offices:
        services = tuple(
            _service(offer, 1.0 if len(offices) == 1 or office.key in offer.offices else UNLOCATED)
            for offer in offers
            if not _is_virtual_alone(offer, offices) and offer.is_at(office.key, own_pages)
        )
        own = [o for o in place_facts if o.field != "phone" or office.has_phone(o, offices)]
        first = office.said[0]
        listings.append(
            Listing(
                source_id, office.key, name, office.name, street1=office.place.get("street"), city=office.place.get("city"),
                state=office.place.get("state") or state, zip=office.place.get("zip"), phone=_phone(own, office), website=website,
                services=services, observations=(*office.said, *own), document_sha256=first.document_sha256, url=first.url,
            )
        )  # fmt: skip
    rest = [offer for offer in offers if _is_virtual_alone(offer, offices) or not offices]
    if rest:
        virtual = all(_is_virtual_alone(offer, offices) for offer in rest)
        listings.append(
            Listing(
                source_id, "virtual" if virtual else "unlocated", name, state=state, phone=_phone(place_facts, None),
                website=website, is_virtual=virtual, services=tuple(_service(offer, 1.0) for offer in rest),
                observations=tuple(place_facts), document_sha256=pages[0].document_sha256, url=pages[0].url,
            )
        )  # fmt: skip
    return listings


def _of(page: PageReading, observations: Iterable[Observation], factor: float = 1.0) -> list[Observation]:
    return [
        replace(o, url=page.url, document_sha256=page.document_sha256, confidence=o.confidence * factor)
        for o in observations
    ]


def _specificity(page: PageReading, level: str) -> int:
    """0 for a page about this level, 1 for a page about programs or a place, 2 for any other, 3 for the home page."""
    path = urlsplit(page.url).path.strip("/")
    if not path or path in ("index.html", "home", "index.php"):
        return 3
    if page.reading.subject == level:
        return 0
    return 1 if page.reading.page_kind in ("program", "location") else 2


def _offers(pages: Sequence[PageReading], offices: Sequence[Office]) -> list[_Offer]:
    """Every service of the site. A level with tracks somewhere gives no service without a track."""
    offers: dict[tuple[str, str | None], _Offer] = {}
    tracked = {p.level_of_care for page in pages for p in page.reading.programs if p.track}
    for level in OFFERED:
        for page in sorted(pages, key=lambda p: _specificity(p, level)):
            for program in (p for p in page.reading.programs if p.level_of_care == level):
                said = _of(page, program.observations, STEP ** _specificity(page, level))
                said += [o for o in _of(page, page.reading.observations) if _is_of_service(o, level)]
                tied = _tied(page, program, offices)
                if program.track is None and level in tracked:
                    targets = [key for key in offers if key[0] == level and key[1]]
                else:
                    targets = [(level, program.track)]
                for key in targets:
                    offer = offers.setdefault(key, _Offer(level, key[1], program.name, [], set()))
                    offer.observations += said
                    offer.offices |= tied
                    offer.only_there |= (
                        bool(tied) and page.reading.page_kind == "program" and page.reading.subject == level
                    )
    return list(offers.values())


def _is_of_service(observation: Observation, level: str) -> bool:
    return observation.field in OF_SERVICE and observation.level_of_care in (None, level)


def _tied(page: PageReading, program: Program, offices: Sequence[Office]) -> set[str]:
    """The offices that this page ties the program to; empty where it does not say."""
    if len(offices) < 2:
        return set()
    sections = {o.section for o in program.observations if o.section and o.field in SCHEDULED}
    headed = {
        office.key
        for office in offices
        for said in office.said
        if said.url == page.url and said.section
        and (said.section in sections or program.level_of_care in levels_in(said.section.rsplit(" > ", 1)[-1]))
    }  # fmt: skip
    if headed:
        return headed
    towns = {o.quote.lower() for o in program.observations if o.field == "in_person" and ".place" in o.method}
    named = {o.key for o in offices if (o.place.get("city") or "").lower() in towns}
    if named and len(named) < len(offices):
        return named
    here = _in_body(page, offices)
    return here if len(here) == 1 else set()


def _in_body(page: PageReading, offices: Sequence[Office]) -> set[str]:
    body = page.reading.body_addresses()
    return {o.key for o in offices for s in o.said if s.url == page.url and (s.start, s.end) in body}


def _service(offer: _Offer, factor: float) -> Service:
    said = _best_of(offer.observations)
    if factor != 1.0:
        said = [replace(o, confidence=o.confidence * factor, method=f"{o.method}.unlocated") for o in said]
    key = f"{offer.level}/{offer.track}" if offer.track else offer.level
    return Service(key, offer.level, offer.name, tuple(said))


def _best_of(observations: Sequence[Observation]) -> list[Observation]:
    """Every value with its best observations: affirmed and confident ones first, few repetitions."""
    ranked = sorted(observations, key=lambda o: (o.assertion is not Assertion.AFFIRMED, -o.confidence))
    seen: dict[tuple[str, str, str | None, Assertion], int] = {}
    kept = []
    for observation in ranked:
        key = (observation.field, observation.value, observation.qualifier, observation.assertion)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] <= MOST_REPEATED:
            kept.append(observation)
    return kept


def _is_virtual_alone(offer: _Offer, offices: Sequence[Office]) -> bool:
    """Virtual, not in person, and said to be only that: outright, by the track's name, or by having no place at all."""
    said = {(o.field, o.value) for o in offer.observations if o.assertion is Assertion.AFFIRMED}
    if ("virtual", "true") not in said or ("in_person", "true") in said:
        return False
    return ("in_person", "false") in said or "virtual" in (offer.track or "") or not offices


def _phone(observations: Sequence[Observation], office: Office | None) -> str | None:
    """The number to call: the office's own before the site's, the main line before admissions."""
    affirmed = [o for o in observations if o.field == "phone" and o.assertion is Assertion.AFFIRMED]
    if office is not None:
        affirmed.sort(key=lambda o: not office.is_beside(o))
    called = [o for o in affirmed if (o.qualifier or "main") in CALLED]
    if office is not None and called and office.is_beside(called[0]):
        return called[0].value
    return next((o.value for kind in CALLED for o in called if (o.qualifier or "main") == kind), None)
