"""A page read beside its sisters: what its site says where the page itself says nothing.

The name, the one office, phones and payers come from any page that speaks for the provider; levels where the page names
none; how a level is attended, and from where, from what the site says of that level. Each comes with the page that says
it (`url`) and less confidence, and never where the page says anything of the kind itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.extract.choice import best
from pipeline.extract.facts.phones import CALLABLE
from pipeline.extract.reading import Program, Reading
from pipeline.extract.site.pages import PageReading, site_pages
from pipeline.extract.site.provider import Provider, provider_of
from pipeline.extract.site.services import Offer, best_of, offers_of
from pipeline.extract.site.statements import OF_VIRTUAL
from pipeline.records import Assertion, Demotion, Observation

INHERITED = 0.8  # of the confidence where it is said
DELIVERY = ("virtual", "in_person")


def with_site(readings: Sequence[PageReading]) -> list[Reading]:
    """The readings of one site's pages, each with what the others add, in the order given. Pages that are no listing stay
    as they are, and so do all where the site is no provider's."""
    pages = site_pages(readings, None)
    if not pages:
        return [r.reading for r in readings]
    provider = provider_of(pages, None, None)
    offers, _ = offers_of(pages, provider.offices)
    return [_with_site(r, provider, offers) if r.reading.is_listing else r.reading for r in readings]


def _with_site(page: PageReading, provider: Provider, offers: Sequence[Offer]) -> Reading:
    reading = page.reading
    said = {o.field for o in reading.observations if o.assertion is Assertion.AFFIRMED}
    added = [*_of_place(provider, said)]
    levels = reading.levels_of_care
    if not levels:
        named = [_level_of(offer) for offer in offers]
        added += filter(None, named)
        levels = tuple(dict.fromkeys(offer.level for offer, one in zip(offers, named, strict=True) if one))
    programs = (
        *(_attended(p, offers) for p in reading.programs[:1]),
        *reading.programs[1:],
    )  # its subject's alone
    gained = [
        o
        for program, own in zip(programs, reading.programs, strict=True)
        for o in program.observations[len(own.observations) :]
    ]
    added = [_lent(o) for o in added if o.url != page.url]
    return replace(
        reading,
        organization=reading.organization or provider.organization,
        levels_of_care=levels,
        programs=programs,
        observations=(*reading.observations, *added, *gained),
    )


def _of_place(provider: Provider, said: set[str]) -> Iterator[Observation]:
    """Facts of the place that the page says nothing of; those of one of several offices are of no other page."""
    is_one = len(provider.offices) == 1
    if is_one and "address" not in said:
        yield from best_of(provider.offices[0].said)[:1]
    shared = (o for o, keys in provider.of_place if (is_one or not keys) and o.field not in said)
    shared = (o for o in shared if o.field != "phone" or (o.qualifier or "main") in CALLABLE)
    yield from _once(o for o in shared if o.assertion is Assertion.AFFIRMED)


def _once(found: Iterator[Observation]) -> list[Observation]:
    """Each value by its best observation; of the name one alone."""
    kept: dict[object, Observation] = {}
    for o in best_of(found):
        kept.setdefault(o.field if o.field == "organization" else (o.field, o.value, o.qualifier), o)
    return [*kept.values()]


def _level_of(offer: Offer) -> Observation | None:
    return best([s.said for s in offer.statements if s.said.field == "level_of_care"])


def _attended(program: Program, offers: Sequence[Offer]) -> Program:
    """The program with how its level is attended by the site's words, where there is one service of it and the page is silent."""
    own = {o.field for o in program.observations if o.assertion is Assertion.AFFIRMED}
    of_level = [offer for offer in offers if offer.level == program.level_of_care]
    if len(of_level) != 1 or program.track:
        return program
    told = [s.said for s in of_level[0].statements if s.is_affirmed]
    found: list[Observation | None] = []
    if own.isdisjoint(DELIVERY):
        found += [best([o for o in told if o.field == name]) for name in DELIVERY]
    found += _once(o for o in told if o.field in OF_VIRTUAL - own)
    return replace(program, observations=(*program.observations, *map(_lent, filter(None, found))))


def _lent(o: Observation) -> Observation:
    return o.but(confidence=o.confidence * INHERITED, demoted=(*o.demoted, Demotion.OF_SITE))
