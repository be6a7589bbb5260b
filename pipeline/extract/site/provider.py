"""What the pages of one site say of their provider: its name, its offices, its state, and the facts of the place.

Both who puts listings together (`assemble`) and who reads a page beside its sisters (`inherit`) ask here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extract.site.offices import Office, offices_of, there
from pipeline.extract.site.pages import SitePage
from pipeline.extract.site.statements import office_of
from pipeline.fields import of_scope
from pipeline.records import Assertion, Observation, Region
from pipeline.values import Address

OF_PLACE = of_scope("place") - {"address"}  # addresses make the offices


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as its site shows it. `of_place`: facts of the place, each with the offices (keys) that it is of alone."""

    organization: str | None
    state: str | None
    offices: list[Office]
    of_place: list[tuple[Observation, set[str]]]


def provider_of(pages: Sequence[SitePage], organization: str | None, state: str | None) -> Provider:
    """`organization` and `state` are what is known beforehand, and goes before what the pages say."""
    addresses = ((o, page.is_printed(o)) for page in pages for o in page.observations if o.field == "address")
    offices = offices_of(there(addresses))
    named = (p.source.reading.organization for p in pages if p.source.reading.organization)
    of_place = [
        (o, _offices_of_fact(page, o, offices))
        for page in pages
        for o in page.observations
        if o.field in OF_PLACE
    ]
    return Provider(
        organization or next(named, None),
        state or _only_state(pages),
        offices,
        _without_stale_numbers(of_place),
    )


def _only_state(pages: Sequence[SitePage]) -> str | None:
    """The one state of all addresses of the provider, mailing addresses among them."""
    states = {
        o.value.state
        for page in pages
        for o in page.observations
        if isinstance(o.value, Address) and o.assertion is Assertion.AFFIRMED and o.value.state
    }
    return states.pop() if len(states) == 1 else None


def _offices_of_fact(page: SitePage, o: Observation, offices: Sequence[Office]) -> set[str]:
    """The offices that a fact of the place is of; empty where it is of all. A phone is the nearest office's own."""
    if len(offices) < 2 or o.field in ("organization", "website"):
        return set()
    if o.field == "phone":
        beside = [office for office in offices if office.is_beside(o)]
        nearest = min(beside, key=lambda office: office.nearness(o), default=None)
        return {nearest.key} if nearest else set()
    office = office_of(page, o, offices)
    return {office} if office else set()


def _without_stale_numbers(found: list[tuple[Observation, set[str]]]) -> list[tuple[Observation, set[str]]]:
    """Numbers that structured data alone gives count only where no page prints one."""
    phones = [o for o, _ in found if o.field == "phone"]
    if all(o.region is Region.STRUCTURED for o in phones):
        return found
    return [(o, k) for o, k in found if o.field != "phone" or o.region is not Region.STRUCTURED]
