"""The pages of one site → its listings: one for each office, one for what is offered virtually alone.

Facts of one provider live on several pages; these rules put them together (docs/extraction.md tells them at length):
- Whose pages speak: `site_pages`. What is an office: `offices`. What is said of which level, track and office:
  `site_statements`. What a service is, and what to believe where pages disagree: `site_services`.
- A service is at the offices that a page ties it to: by a row, a heading or a sentence that names the office, or by
  the only address in the body of a page that names the level. Without any tie it is at the one office that every page
  of the site prints; else, with confidence × UNLOCATED, at every office that has no page of its own to say so.
- What is attended virtually alone goes to a listing without a place.
- Facts of the place (phones, payers, languages, accreditation) count for every office, those printed with one office
  for that one; facts of the provider as a whole stand on the listing, and its services inherit them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from pipeline.extract.site.offices import Office
from pipeline.extract.site.pages import PageReading, SitePage, site_pages
from pipeline.extract.site.provider import provider_of
from pipeline.extract.site.services import Offer, best_of, offers_of, service_at
from pipeline.normalize.website import web_addresses
from pipeline.records import Assertion, Listing, Observation, Service
from pipeline.values import Address

__all__ = ["PageReading", "assemble"]

NOWHERE = Address(None, None, None, None)
CALLED = ("main", "admissions", "tracking")


def assemble(
    readings: Sequence[PageReading], source_id: str, organization: str | None, state: str | None
) -> list[Listing]:
    """What the site as a whole says: its places and the services there; nothing where no page is a listing.

    `organization` is the registry's name, which goes before what pages call themselves; `state` is the registry's, else
    the only one of the addresses that the site prints: what has no place of its own has the provider's.
    """
    pages = site_pages(readings, state)
    if not pages:
        return []
    provider = provider_of(pages, organization, state)
    offices, state = provider.offices, provider.state
    offers, of_provider = offers_of(pages, offices)
    site = "{0.scheme}://{0.netloc}/".format(urlsplit(pages[0].source.url))

    def listing(
        key: str, office: Office | None, services: tuple[Service, ...], virtual: bool = False
    ) -> Listing:
        own = [o for o, keys in provider.of_place if office is None or not keys or office.key in keys]
        place = office.place if office else NOWHERE
        said = office.said if office else []
        url, sha = (
            (said[0].url, said[0].document_sha256)
            if said
            else (pages[0].source.url, pages[0].source.document_sha256)
        )
        return Listing(
            source_id=source_id,
            record_key=key,
            organization_name=provider.organization,
            site_name=office.name if office else None,
            street1=place.street,
            city=place.city,
            state=place.state or state,
            zip=place.zip,
            phone=_phone(own, office),
            website=next(iter(web_addresses(site)), None),
            is_virtual=virtual,
            services=services,
            observations=tuple(best_of([*said, *own, *of_provider])),
            document_sha256=sha,
            url=url,
        )

    virtual = [offer for offer in offers if offer.is_virtual_alone(bool(offices))]
    on_site = [offer for offer in offers if offer not in virtual]
    listings = [
        listing(office.key, office, tuple(_services_at(office, on_site, offices, pages)))
        for office in offices
    ]
    if virtual:
        services = tuple(service_at(offer, None, is_tied=True, is_virtual=True) for offer in virtual)
        listings.append(listing("virtual", None, services, virtual=True))
    if on_site and not offices:
        services = tuple(service_at(offer, None, is_tied=True) for offer in on_site)
        listings.append(listing("unlocated", None, services))
    return listings


def _services_at(
    office: Office, offers: Sequence[Offer], offices: Sequence[Office], pages: Sequence[SitePage]
) -> Iterator[Service]:
    for offer in offers:
        tied = offer.offices or (_main_office(offices, pages) if len(offices) > 1 else {office.key})
        if tied:
            if office.key in tied:
                yield service_at(offer, office.key, is_tied=True)
        elif not any(page.body == {office.key} for page in pages):
            yield service_at(offer, office.key, is_tied=False)


def _main_office(offices: Sequence[Office], pages: Sequence[SitePage]) -> set[str]:
    """The only office that most pages print outside their body: where everything is that no page places elsewhere."""
    repeated = {
        office.key
        for office in offices
        if len({s.url for s in office.said}) > len(pages) / 2 and len(pages) > 1
    }
    return repeated if len(repeated) == 1 else set()


def _phone(observations: Sequence[Observation], office: Office | None) -> str | None:
    """The number to call: the office's own before the site's, the main line before admissions."""
    called = [
        o
        for o in observations
        if o.field == "phone" and o.assertion is Assertion.AFFIRMED and (o.qualifier or "main") in CALLED
    ]
    called.sort(
        key=lambda o: (
            office is None or not office.is_beside(o),
            CALLED.index(o.qualifier or "main"),
            -o.confidence,
        )
    )
    return called[0].written if called else None
