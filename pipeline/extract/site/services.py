"""The services of a site: statements gathered by level, track and office, and what to believe where pages disagree.

A page about the program outweighs one on programs or a place, that one any other, then the home page; of equally
specific pages the one fetched later. Sessions only make sense together: they are taken from one page, the others are
kept as HEDGED evidence. Other values keep all their observations, with less confidence the further the page is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pipeline.extract.choice import best
from pipeline.extract.parsing.page import Kind
from pipeline.extract.schedule.sessions import consolidate
from pipeline.extract.site.offices import Office
from pipeline.extract.site.pages import OFFERED, SitePage
from pipeline.extract.site.statements import (
    OF_VIRTUAL,
    PROVIDER_WIDE,
    Statement,
    statements,
    targets,
    tracks_of_level,
)
from pipeline.extract.tracks.names import parts_of, read_title
from pipeline.extract.tracks.tracks import TELLING
from pipeline.extract.words.vocabulary import labels
from pipeline.fields import Trait, fields, of_scope, with_traits
from pipeline.records import Assertion, Demotion, Observation, Region, Service, Tie
from pipeline.values import Session, Value

BY_RANK = (1.0, 0.97, 0.93, 0.9, 0.85)  # confidence by how near the page is to the program
OUTWEIGHED = 0.8  # of a value that a nearer page, or nearer words, contradict
UNLOCATED = 0.7  # of a service at an office that no page ties it to
NAME = "program_name"
ADDS_UP = with_traits(Trait.ADDS_UP)
MOST_REPEATED = 3  # observations kept of one value: the most specific ones
SINGLE = tuple(
    name for name in fields() if name in of_scope("service") and not fields()[name].is_many and name != NAME
)


@dataclass(slots=True)
class Offer:
    """One service as the whole site tells it, and the offices that pages tie it to."""

    level: str
    track: str | None
    statements: list[Statement] = field(default_factory=list)
    offices: set[str] = field(default_factory=set)

    @property
    def is_named_virtual(self) -> bool:
        return "virtual" in parts_of(self.track) or "virtual" in parts_of(
            getattr(read_title(self.name), "track", None)
        )

    @property
    def is_attended_virtually(self) -> bool:
        """By its name, or because a page says so (in part, too)."""
        return self.is_named_virtual or any(
            s.is_affirmed and (s.said.field, s.said.value) == ("virtual", True) for s in self.statements
        )

    @property
    def name(self) -> str:
        """As printed: by the heading of its own page, else by the title of its track, else the level's label."""
        names = [s for s in self.statements if s.said.field == NAME]
        own = [s for s in names if s.said.tie is Tie.HEADING and not s.page.shared]
        titled = [s for s in names if s.said.tie is Tie.PHRASE and s.said.track == self.track]
        named = [s for s in own if s.track == self.track] or titled or (own if not self.track else [])
        nearest = min(named, key=lambda s: (s.page.rank(self.level), s.said.start), default=None)
        return nearest.said.written if nearest else labels()[("level_of_care", self.level)]

    def is_virtual_alone(self, has_offices: bool) -> bool:
        """Attended virtually, and said to be only that: outright, by its name, as one track of several, or for want of a place."""
        virtual, there, not_there = (
            [s.said for s in self.statements if s.is_affirmed and (s.said.field, s.said.value) == stated]
            for stated in (("virtual", True), ("in_person", True), ("in_person", False))
        )
        if not has_offices:
            return bool(virtual) or self.is_named_virtual
        if self.is_named_virtual:
            return all(Demotion.IMPLIED in o.demoted for o in there)
        if not virtual or there:
            return False
        return self.track is not None or bool(not_there)


def offers_of(pages: Sequence[SitePage], offices: Sequence[Office]) -> tuple[list[Offer], list[Observation]]:
    """Every service of the site, and what is said of the provider as a whole."""
    found = statements(pages, offices)
    offers: list[Offer] = []
    for level in OFFERED:
        tracks = tracks_of_level(found, level, bool(offices))
        of_level = {track: Offer(level, track) for track in tracks}
        aimed = [
            (s, targets(s, tracks)) for s in found if s.level == level and s.said.field not in OF_VIRTUAL
        ]
        own = {(at[0], s.said.field) for s, at in aimed if len(at) == 1 and s.is_affirmed}
        for statement, at in aimed:
            name = statement.said.field
            for track in at:  # what is said of all counts where nothing of the kind is said of the one
                if len(at) == 1 or name in ADDS_UP or (track, name) not in own:
                    of_level[track].statements.append(statement)
        everywhere = _ties([s for s in found if s.level == level], len(offices))
        for offer in of_level.values():
            own_words = [s for s in offer.statements if s.track or s.said.field in TELLING]
            offer.offices = _ties(own_words, len(offices)) or everywhere
        offers += of_level.values()
    _share_reach(_placed(pages, found, offers, bool(offices)), offers)
    return offers, [s.said for s in found if s.level is None and s.said.field not in OF_VIRTUAL]


def _placed(
    pages: Sequence[SitePage], found: Sequence[Statement], offers: Sequence[Offer], has_offices: bool
) -> list[Statement]:
    """What is said of reach; "we serve Maine and Vermont" counts where all that the provider offers is virtual alone."""
    reach = [s for s in found if s.said.field in OF_VIRTUAL]
    on_site = any(
        (o.field, o.value, o.assertion) == ("in_person", True, Assertion.AFFIRMED)
        for page in pages
        for o in page.observations
    )
    if on_site or not all(offer.is_virtual_alone(has_offices) for offer in offers):
        return reach
    return [_of_all_virtual(s) if Demotion.UNPLACED in s.said.demoted else s for s in reach]


def _of_all_virtual(statement: Statement) -> Statement:
    said = statement.said
    return replace(
        statement,
        said=said.but(assertion=Assertion.AFFIRMED, demoted=(), confidence=said.confidence * PROVIDER_WIDE),
    )


def _share_reach(reach: Sequence[Statement], offers: Sequence[Offer]) -> None:
    """States served, and who must be where: to the services that are attended virtually. Of several, each has its own,
    else what is said of all; the only one has both."""
    virtual = [offer for offer in offers if offer.is_attended_virtually]
    for offer in virtual:
        tracks = [other.track for other in virtual if other.level == offer.level]
        aimed = [(s, targets(s, tracks)) for s in reach if s.level in (None, offer.level)]
        own = [s for s, at in aimed if s.level == offer.level and at == [offer.track]]
        told = {s.said.field for s in own if s.is_affirmed} if len(virtual) > 1 else set()
        shared = [s for s, at in aimed if (offer.track in at or at == [None]) and s.said.field not in told]
        offer.statements += own + [s for s in shared if not any(s is o for o in own)]


def _ties(found: Sequence[Statement], count: int) -> set[str]:
    """The offices that affirmed words on a level name; else those whose addresses a page about it prints in its body,
    unless it prints all that there are."""
    telling = [s for s in found if s.is_affirmed and s.is_tied and _may_tie(s)]
    named = {s.office for s in telling if s.office}
    printed = [s.page.body for s in telling if s.page.rank(s.level) == 0]
    return named or {key for body in printed if len(body) < count for key in body}


def _may_tie(s: Statement) -> bool:
    if s.said.field == "level_of_care":
        block = s.page.block_at(s.said.start)
        is_text = block is not None and block.kind is not Kind.IMAGE
        return is_text and s.said.region is Region.MAIN and s.page.rank(s.level) <= 2
    return s.said.field in TELLING


def service_at(offer: Offer, office: str | None, is_tied: bool, is_virtual: bool = False) -> Service:
    """The service at one office, or virtual alone: what is said of it there, and of it anywhere."""
    here = [s for s in offer.statements if office is None or s.office in (None, office)]
    if is_virtual:
        here = [_superseded(s) if (s.said.field, s.said.value) == ("in_person", True) else s for s in here]
    said = _ranked(_sessions(here, offer.level), offer)
    if not is_tied:
        said = [
            o.but(confidence=o.confidence * UNLOCATED, demoted=(*o.demoted, Demotion.UNLOCATED)) for o in said
        ]
    key = f"{offer.level}/{offer.track}" if offer.track else offer.level
    return Service(key, offer.level, offer.name, tuple(best_of(said)))


def _superseded(statement: Statement) -> Statement:
    demoted = (*statement.said.demoted, Demotion.SUPERSEDED)
    return replace(statement, said=statement.said.but(assertion=Assertion.HEDGED, demoted=demoted))


def _sessions(found: list[Statement], level: str) -> list[Statement]:
    """The statements with the sessions of one page affirmed, made whole, and those of the others as evidence."""
    dated = [s for s in found if s.said.field == "session" and s.is_affirmed]
    if not dated:
        return found
    first = min(dated, key=lambda s: (not _is_full(s), s.page.standing(level), s.page.source.url))
    own = [s for s in dated if s.page is first.page and (_value(s)[1] or not _is_full(first))]
    kept: list[Statement] = [s for s in found if s.said.field != "session" or not s.is_affirmed]
    values = {_value(s): s for s in reversed(own)}
    for value in (Session(*v) for v in consolidate(_value(s) for s in own)):
        like = values.pop(value, None)
        if like is None:
            _, start, end = value
            like = min(
                own, key=lambda s: (_value(s)[1:] != (start, end), _value(s)[1] != start, s.said.start)
            )
            like = replace(like, said=like.said.but(value=value))
        kept.append(like)
    rest = [*values.values(), *(s for s in dated if not any(s is o for o in own))]
    return kept + [_superseded(s) for s in rest]


def _is_full(statement: Statement) -> bool:
    days, start, end = _value(statement)
    return bool(days and start and end)


def _value(statement: Statement) -> Session:
    assert isinstance(statement.said.value, Session)
    return statement.said.value


def _ranked(found: Sequence[Statement], offer: Offer) -> list[Observation]:
    """The observations with the confidence that the page and the rest of the site leave them."""
    level = offer.level
    believed: dict[str, Value] = {NAME: offer.name}
    for name in SINGLE:
        told = [s for s in found if s.said.field == name and s.is_affirmed]
        if told:
            nearest = min(s.page.standing(level) for s in told)
            chosen = best([s.said for s in told if s.page.standing(level) == nearest])
            believed[name] = chosen.value if chosen else told[0].said.value
    ranked = []
    for s in found:
        factor = BY_RANK[s.page.rank(level)]
        if s.is_affirmed and believed.get(s.said.field, s.said.value) != s.said.value:
            factor *= OUTWEIGHED
        ranked.append(s.said.but(confidence=s.said.confidence * factor, level_of_care=level))
    return ranked


def best_of(observations: Iterable[Observation]) -> list[Observation]:
    """Every value with its best observations: affirmed and confident ones first, few repetitions."""
    ordered = sorted(
        observations,
        key=lambda o: (o.assertion is not Assertion.AFFIRMED, -o.confidence, o.url or "", o.start),
    )
    seen: Counter[tuple[str, Value, str | None, Assertion]] = Counter()
    kept = []
    for observation in ordered:
        key = (observation.field, observation.value, observation.qualifier, observation.assertion)
        seen[key] += 1
        if seen[key] <= MOST_REPEATED:
            kept.append(observation)
    return kept
