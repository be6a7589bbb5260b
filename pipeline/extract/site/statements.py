"""What the pages of a site state of its programs: each observation with the level, the track and the office it is of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.extract.parsing.page import Block
from pipeline.extract.parsing.text import fold
from pipeline.extract.reading import LEVEL_FIELDS, PROGRAM_FIELDS
from pipeline.extract.site.offices import Office, named_in
from pipeline.extract.site.pages import OFFERED, SitePage, track_of
from pipeline.extract.tracks.names import is_focus, parts_of, words_for
from pipeline.extract.tracks.tracks import TELLING, own_tracks, tracks_for
from pipeline.fields import Trait, of_scope, with_traits
from pipeline.records import Assertion, Observation, Region, Tie
from pipeline.values import Session

INHERITED = with_traits(Trait.INHERITED)
OF_SERVICE = of_scope("service")
IN_SENTENCE = with_traits(Trait.IN_SENTENCE)
FOR_WHOM = with_traits(Trait.FOR_WHOM)
OF_VIRTUAL = with_traits(Trait.OF_VIRTUAL)
OF_PROVIDER = INHERITED | OF_VIRTUAL  # what may be said of all that the provider offers
ALIKE_IN_TRACKS = with_traits(Trait.ALIKE_IN_TRACKS)
PROVIDER_WIDE = 0.9  # confidence of what is said of the provider as a whole, where it offers nothing else
SURE_OFFER = (
    0.9  # confidence, on a page of the provider, of a mention that shows by itself that the level is offered
)
_ALL = re.compile(r"\b(?:both|all|each|every|either)\b", re.I)
_END = re.compile(r"[.!?](?=\s)|\n")


@dataclass(slots=True)
class Statement:
    """An observation of one page, and what it is of; `level` None: of the provider as a whole."""

    said: Observation
    page: SitePage
    level: str | None
    track: str | None
    office: str | None  # key of the one office that it is about; None where it is of all
    is_tied: bool = (
        True  # to its level by its words or its page; not by the provider's having no other program
    )

    @property
    def is_affirmed(self) -> bool:
        return self.said.assertion is Assertion.AFFIRMED


def statements(pages: Sequence[SitePage], offices: Sequence[Office]) -> list[Statement]:
    """Everything said of programs, IOP and PHP alone; what is tied to another level of care is left out."""
    for page in pages:
        page.body = _offices_in_body(page, offices)
    offered = {
        o.written
        for p in pages
        for o in p.observations
        if o.field == "level_of_care" and o.assertion is Assertion.AFFIRMED
    }
    found = []
    for page in pages:
        tracks = {level: page.tracks_apart(level) for level in OFFERED}
        page.track = track_of(page) if len(page.about) == 1 and not tracks[min(page.about)] else None
        for o in page.observations:
            if o.field in OF_SERVICE and (o.level_of_care in (None, *OFFERED) or o.field in INHERITED):
                office = office_of(page, o, offices)
                for level, is_tied in _levels_of(page, o, offered):
                    track = o.track or (page.track if level in page.about else None)
                    said = o if is_tied else o.but(confidence=o.confidence * PROVIDER_WIDE)
                    found.append(Statement(said, page, level, track, office, is_tied))
    return found


def _levels_of(page: SitePage, o: Observation, offered: set[str]) -> Iterator[tuple[str | None, bool]]:
    """The levels that words are about, each with whether they are tied to it; None for the provider as a whole."""
    if o.field == "level_of_care":
        if o.written in OFFERED:
            yield o.written, True
    elif o.field == "program_name" and o.level_of_care is None:
        yield from ((level, True) for level in OFFERED if o.track in page.tracks_apart(level))
    elif o.field == "accepting":
        named = {m.written for m in _mentions_beside(page, o)} & set(OFFERED)
        yield from ((level, True) for level in sorted(named)) if named else _of_provider(page, o, offered)
    elif o.level_of_care in OFFERED and (o.tie is not Tie.SUBJECT or o.track):
        yield o.level_of_care, True
    elif _is_beside_levels(page, o):
        if o.field in OF_PROVIDER:
            yield None, False
    elif page.shared and o.field not in LEVEL_FIELDS:
        yield from ((level, True) for level in sorted(page.shared))
    elif o.level_of_care in page.about or _is_program_page(page, o.level_of_care):
        yield o.level_of_care, True
    else:
        yield from _of_provider(page, o, offered)


def _is_program_page(page: SitePage, level: str | None) -> bool:
    return level in OFFERED and page.rank(None) == 1 and page.source.reading.subject == level


def _is_beside_levels(page: SitePage, o: Observation) -> bool:
    """Whether the words stand in a section or row of their own, beside others that levels of care have to themselves."""
    if len(page.about) == 1:
        return False
    blocks = page.source.reading.page.blocks
    block = page.block_at(o.start)
    if block is None:
        return False
    row = (blocks[i] for i in block.header if (blocks[i].table or (0, 0, 0))[2] == 0)
    head = next(row, block if block.table and block.table[2] == 0 else None)
    if head is None and block.level > 1:
        head = block
    elif head is None and block.headings and blocks[block.headings[-1]].level > 1:
        head = blocks[block.headings[-1]]
    return head is not None and not _ALL.search(head.text) and page.is_beside_levels(head)


def _of_provider(page: SitePage, o: Observation, offered: set[str]) -> Iterator[tuple[str | None, bool]]:
    """What is said of nothing in particular: of the program, where there is one alone; else of the whole provider."""
    if o.field in OF_PROVIDER:
        yield None, False
    elif len(offered) == 1 and offered <= set(OFFERED) and page.rank(None) <= 2:
        yield next(iter(offered)), False
    elif o.field == "ages" and offered <= set(OFFERED):
        yield from ((level, False) for level in sorted(offered))


def _mentions_beside(page: SitePage, o: Observation) -> list[Observation]:
    low, high = sentence(page, o)
    return [m for m in page.observations if m.field == "level_of_care" and low <= m.start < high]


def sentence(page: SitePage, o: Observation, reach: int = 300) -> tuple[int, int]:
    """Bounds of the sentence, or of the line, that holds an observation."""
    low = max(
        (m.end() for m in _END.finditer(page.text, max(0, o.start - reach), o.start)),
        default=max(0, o.start - reach),
    )
    end = _END.search(page.text, o.end, o.end + reach)
    return low, end.start() if end else min(len(page.text), o.end + reach)


def office_of(page: SitePage, o: Observation, offices: Sequence[Office]) -> str | None:
    """The one office that words are about: by row, heading or sentence, else by what stands in their section, else by
    the page's only address. What holds for a provider as a rule (payers) needs to be said of the office itself, or on a
    page about a place."""
    if len(offices) < 2:
        return None
    of_place = o.field not in OF_SERVICE
    for words in _over(page, o, with_section=not of_place):
        if len(named := named_in(words, offices)) == 1:
            return named[0].key
    if o.field in IN_SENTENCE:
        low, high = sentence(page, o)
        if len(named := named_in(page.folded[low:high], offices)) == 1:
            return named[0].key
    return next(iter(page.body)) if len(page.body) == 1 and not (of_place and page.about) else None


def _over(page: SitePage, o: Observation, with_section: bool) -> Iterator[str]:
    """Folded texts that govern a place, nearest first: the cells of its row, headings from the inside out."""
    blocks = page.source.reading.page.blocks
    block = page.block_at(o.start)
    if block is None:
        return
    if block.table and block.header:
        yield " ".join(fold(b.text) for b in page.row(block) if len(b.text) < 200)
    for index in reversed(block.headings):
        yield fold(blocks[index].text)
        if with_section:
            yield from _under(blocks, index)


def _under(blocks: Sequence[Block], heading: int) -> Iterator[str]:
    """The short blocks of a section: an address under the same heading places what stands beside it."""
    own = [
        b
        for b in blocks[heading + 1 : heading + 8]
        if b.headings and b.headings[-1] == heading and b.region is Region.MAIN
    ]
    if own and len(own) <= 6 and blocks[heading].level > 1:
        yield " ".join(fold(b.text) for b in own if len(b.text) < 120)


def _offices_in_body(page: SitePage, offices: Sequence[Office]) -> set[str]:
    spans = page.source.reading.body_addresses()
    return {o.key for o in offices for s in o.said if s.url == page.source.url and (s.start, s.end) in spans}


def tracks_of_level(found: Sequence[Statement], level: str, has_offices: bool) -> list[str | None]:
    """The services of a level: its tracks, and None where it is (also) offered without one."""
    own = [s for s in found if s.level == level and s.is_affirmed and s.is_tied]
    if not _is_offered(own):
        return []
    tracks = _with_evidence(own)
    plain = [s for s in own if s.track not in tracks and s.said.field in TELLING and s.page.rank(level) <= 1]
    if not tracks:
        return [None]
    if len(tracks) == 1:
        on_site = [s for s in own if s.track is None and s.said.field == "in_person" and s.said.value is True]
        is_second = "virtual" in parts_of(tracks[0]) and (plain or (on_site and has_offices))
        of_all = [s for s in plain if s.track is None and level in s.page.about and not s.page.is_home]
        return [None, *tracks] if is_second or (of_all and not is_focus(tracks[0])) else [None]
    dated = {s.said.value for s in own if s.track and s.said.field == "session"}
    general = [
        s.said.value
        for s in plain
        if s.track is None
        and level in s.page.about
        and isinstance(s.said.value, Session)
        and s.said.value.start
    ]
    return [None, *tracks] if general and not set(general) & dated else [*tracks]


def _is_offered(own: Sequence[Statement]) -> bool:
    """Whether the level is named as offered and something is said of it, its name alone shows the offer, or it has hours.

    What only questions and their answers name ("Is this the same as a PHP?") may as well be somebody else's.
    """
    outright = [s for s in own if not s.page.is_answer(s.said.start)]
    if any(
        isinstance(s.said.value, Session) and s.said.value.start and s.said.tie is not Tie.SUBJECT
        for s in outright
    ):
        return True
    named = [s for s in outright if s.said.field == "level_of_care"]
    sure = any(
        s.said.confidence >= SURE_OFFER * s.page.probability and s.said.region is Region.MAIN for s in named
    )
    return bool(named) and (sure or any(s.said.field in PROGRAM_FIELDS for s in own))


def _with_evidence(own: Sequence[Statement]) -> list[str]:
    """Tracks that one page tells apart, or that have a page of their own with a schedule, dose or ages.

    A virtual track needs its own page alone, unless that page is about a track of another name.
    """
    pages = {id(s.page): s.page for s in own}
    tracks = [t for page in pages.values() for t in page.tracks_apart(own[0].level or "")]
    paged = [s.said.but(track=s.track) for s in own if s.track and s.track == s.page.track]
    told = {*tracks, *own_tracks(paged)}
    tracks = own_tracks([s.said.but(track=s.track) for s in own if s.track in told])
    for page in pages.values():
        track = page.track
        is_new = track and track not in tracks and "virtual" in parts_of(track)
        if is_new and not any(words_for(t).search(page.folded) for t in tracks):
            tracks.append(track or "")
    return tracks


def targets(statement: Statement, tracks: Sequence[str | None]) -> list[str | None]:
    """The services of its level that a statement is about; none where it is too general to say which."""
    named = [track for track in tracks if track]
    if not named:
        return list(tracks)
    if statement.track is None or (statement.track == statement.page.track and statement.track not in named):
        spoken = _spoken_of(statement, named)
        if spoken:
            return [spoken]
    if statement.track and (
        statement.track in named or any(parts_of(statement.track) & parts_of(t) for t in named)
    ):
        return list(tracks_for(statement.track, named))
    level = statement.level
    if None in tracks and level in statement.page.about:
        return [None]
    if level in statement.page.about or not statement.page.tracks.isdisjoint(named):
        return list(tracks)
    is_sure = statement.is_tied and statement.said.tie is not Tie.SUBJECT and not statement.page.is_home
    name = statement.said.field
    return (
        list(tracks) if name not in LEVEL_FIELDS | FOR_WHOM or (is_sure and name in ALIKE_IN_TRACKS) else []
    )


def _spoken_of(statement: Statement, tracks: Sequence[str]) -> str | None:
    """The track that the words' sentence names: the last one before them, or (for what programs often share) the only one."""
    page, o = statement.page, statement.said
    low, high = sentence(page, o)
    spoken = [(m.start(), t) for t in tracks for m in words_for(t).finditer(page.folded, low, high)]
    before = [found for found in spoken if found[0] <= o.start]
    if before and o.field not in INHERITED - FOR_WHOM:
        return max(before)[1]
    return spoken[0][1] if len({t for _, t in spoken}) == 1 else None
