"""The pages of one site that speak for its provider, and how near each stands to a program.

A page speaks where it is probable enough that it is the provider's own, with what the site's other pages are in mind: a
plain contact or fees page gains by them, but articles, news, directories and jobs do not. Doorway pages, made for towns
without an office, say nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from urllib.parse import urlsplit

from pipeline.extract.learned.linear import probability_of
from pipeline.extract.page_kind import THRESHOLD
from pipeline.extract.parsing.page import Block, Kind, Page
from pipeline.extract.parsing.text import fold
from pipeline.extract.reading import Reading
from pipeline.extract.tracks.names import read_title
from pipeline.extract.tracks.tracks import own_tracks
from pipeline.extract.words.levels import levels_in, levels_in_url
from pipeline.extract.words.vocabulary import labels
from pipeline.fields import Trait, with_traits
from pipeline.normalize.place import is_city
from pipeline.records import Assertion, Demotion, Observation, Region, Tie
from pipeline.values import Address

OFFERED = ("iop", "php")
OFTEN_OF_OTHERS = with_traits(Trait.OFTEN_OF_OTHERS)
SITE_WEIGHT = 0.5  # of the log-odds of the site's other pages, added to a page's own
PLAIN = 0.9
NOT_OWN = frozenset(
    {"article", "news", "directory", "job"}
)  # kinds of page that no other page makes the provider's
ON_ANY_SITE = frozenset({"article", "news", "job"})  # kinds that stand on providers' sites and others alike
_HOME = frozenset({"", "index.html", "index.htm", "index.php", "home", "default.aspx"})
_TOWN = re.compile(r"\b(near|in|serving|for) ((?:[A-Z][\w'’.-]+ ?){1,3})")
_TITLE_END = re.compile(r"\s+[|–—:·-]\s+")


@dataclass(frozen=True, slots=True)
class PageReading:
    """A page of a site as it was read, and the document in the archive that it was read from."""

    reading: Reading
    url: str
    document_sha256: str | None
    fetched_at: datetime


@dataclass
class SitePage:
    """A page that speaks for the provider; its observations carry its address and document."""

    source: PageReading
    observations: list[Observation]
    probability: float  # that it is the provider's own, in view of the site's other pages
    track: str | None = None  # the track that the whole page is about
    body: set[str] = field(default_factory=set)  # keys of the offices whose address stands in the body

    @property
    def text(self) -> str:
        return self.source.reading.page.text

    @cached_property
    def folded(self) -> str:
        return fold(self.text)

    @cached_property
    def first_names(self) -> list[Observation]:
        """The program names that the page's first heading gives."""
        return [o for o in self.observations if o.field == "program_name" and o.tie is Tie.HEADING]

    @cached_property
    def heading(self) -> str:
        """The first heading, or the title's first part."""
        blocks = self.source.reading.page.blocks
        first = next((b.text for b in blocks if b.region is Region.MAIN and b.level == 1), None)
        named = next((o.written for o in self.first_names), None)
        return named or first or _TITLE_END.split(self.source.reading.page.title)[0]

    @cached_property
    def about(self) -> frozenset[str]:
        """The levels of care that heading, title or address name: the page is about them."""
        title = _TITLE_END.split(self.source.reading.page.title)[0]
        named = [*levels_in(self.heading), *levels_in(title), *levels_in_url(self.source.url)]
        first = [o.level_of_care for o in self.first_names]
        subject = [self.source.reading.subject] if named and "day_treatment" in " ".join(named) else []
        return frozenset(level for level in (*named, *first, *subject) if level in OFFERED)

    def block_at(self, position: int) -> Block | None:
        """The block of the page that holds a character."""
        return self.source.reading.page.block_at(position)

    def is_printed(self, o: Observation) -> bool:
        """Whether a reader of the page sees what an observation quotes."""
        return o.region is not Region.STRUCTURED and self.source.reading.page.is_printed(o.start)

    def is_answer(self, position: int) -> bool:
        """Whether words stand in a question or its answer."""
        blocks, block = self.source.reading.page.blocks, self.block_at(position)
        over = (
            ()
            if block is None
            else (block, *(blocks[i] for i in (*block.headings[-1:], block.lead) if i is not None))
        )
        return any(b.kind in (Kind.QUESTION, Kind.ANSWER) for b in over)

    def is_beside_levels(self, head: Block) -> bool:
        """Whether sections or rows beside that of `head` belong to a level of care: their title names it and no more."""
        return bool(self._levels_beside.get(_peers(head), set()) - {head.index})

    @cached_property
    def _levels_beside(self) -> dict[tuple[object, ...], set[int]]:
        found: dict[tuple[object, ...], set[int]] = {}
        for block in self.source.reading.page.blocks:
            if block.level or (block.table and block.table[2] == 0):
                named = read_title(block.text)
                if named and set(named.levels) & set(OFFERED):
                    found.setdefault(_peers(block), set()).add(block.index)
        return found

    def row(self, block: Block) -> list[Block]:
        """The cells of the row of a table that a cell stands in."""
        return self._rows.get(block.table[:2], []) if block.table else []

    @cached_property
    def _rows(self) -> dict[tuple[int, int], list[Block]]:
        rows: dict[tuple[int, int], list[Block]] = {}
        for block in self.source.reading.page.blocks:
            if block.table:
                rows.setdefault(block.table[:2], []).append(block)
        return rows

    def tracks_apart(self, level: str) -> list[str]:
        """The tracks of a level that the page itself tells apart: at least two."""
        if level not in self._tracks_apart:
            tracks = own_tracks([o for o in self.observations if o.level_of_care == level])
            self._tracks_apart[level] = tracks if len(tracks) > 1 else []
        return self._tracks_apart[level]

    @cached_property
    def _tracks_apart(self) -> dict[str, list[str]]:
        return {}

    @cached_property
    def tracks(self) -> frozenset[str]:
        """The tracks that anything on the page is said of."""
        return frozenset(o.track for o in self.observations if o.track)

    @cached_property
    def shared(self) -> frozenset[str]:
        """The levels that a page about several describes alike, outside the sections that each has to itself."""
        if len(self.about) == 1 and "day_treatment" not in " ".join(levels_in(self.heading)):
            return frozenset()
        named = {
            o.written
            for o in self.observations
            if o.field == "level_of_care" and o.assertion is Assertion.AFFIRMED and o.region is Region.MAIN
        }
        return frozenset(named & set(OFFERED)) if named >= set(OFFERED) and not self.is_home else frozenset()

    @cached_property
    def is_home(self) -> bool:
        return urlsplit(self.source.url).path.strip("/").lower() in _HOME

    def rank(self, level: str | None) -> int:
        """How near the page is to a level: 0 its own page, 1 programs or a place, 2 others, 3 home and contact, 4 no listing."""
        if level in self.about and not self.is_home:
            return 0
        if not self.source.reading.is_listing:
            return 4
        kind = self.source.reading.page_kind
        if self.is_home or kind == "contact":
            return 3
        return 1 if kind in ("program", "location") else 2

    def standing(self, level: str | None) -> tuple[int, float]:
        """What orders pages that disagree: the nearer to the level, then the later fetched, comes first."""
        return self.rank(level), -self.source.fetched_at.timestamp()


def _peers(head: Block) -> tuple[object, ...]:
    """What the title of a section or the header of a row shares with those of its peers."""
    return (head.table[0],) if head.table else (head.level, head.headings)


def site_pages(readings: Sequence[PageReading], state: str | None) -> list[SitePage]:
    """The pages that speak for the provider, in the order given. None where no page of the site is a listing, or
    where as many are a directory's and no street is printed: whoever lists others is no provider."""
    listings = [r for r in readings if r.reading.is_listing]
    directories = sum(r.reading.page_kind == "directory" for r in readings)
    if not listings or (len(listings) <= directories and not any(map(_has_street, listings))):
        return []
    pages = [
        SitePage(r, _stamped(r, probability), probability)
        for r, probability in zip(readings, _on_site(readings), strict=True)
        if probability >= THRESHOLD
    ]
    doorways = _doorways(pages, state)
    return [p for p in pages if id(p) not in doorways]


def _on_site(readings: Sequence[PageReading]) -> list[float]:
    """The probability of each page that it is the provider's own, given what the site's other pages are.

    Of n others with probabilities p the log-odds of (0.5 + Σp) / (n + 1) count by SITE_WEIGHT; articles, news and jobs
    are others only where there is nothing else. A page of no kind (a list of plans, a door to the rest) is as probable as
    they are, times PLAIN.
    """
    telling = [r for r in readings if r.reading.page_kind not in ON_ANY_SITE] or readings
    total, found = sum(r.reading.kind.probability for r in telling), []
    for page in readings:
        kind = page.reading.kind
        is_counted = any(page is one for one in telling)
        others = len(telling) - is_counted
        mean = (0.5 + total - is_counted * kind.probability) / (others + 1)
        shift = SITE_WEIGHT * math.log(mean / (1 - mean))
        own = probability_of(kind.score + (min(shift, 0.0) if kind.kind in NOT_OWN else shift))
        found.append(max(own, PLAIN * mean) if kind.kind == "other" else own)
    return found


def _doorways(pages: Sequence[SitePage], state: str | None) -> set[int]:
    """Pages made for towns in which the provider prints no address: two or more whose titles differ by the town alone,
    or "near" a town where another page is about the same level. Big cities name their suburbs: one page tells nothing.
    """
    offices = _office_towns(pages)
    named = [(p, found) for p in pages if (found := _town_elsewhere(p, offices, state))]
    towns_of: dict[str, set[str]] = {}
    for _, (_, town, template) in named:
        towns_of.setdefault(template, set()).add(town)
    near = {id(p) for p, (word, _, _) in named if word == "near"}
    plain: set[str] = set().union(*(p.about for p in pages if id(p) not in near))
    return {
        id(p)
        for p, (_, _, template) in named
        if len(towns_of[template]) > 1 or (id(p) in near and p.about <= plain)
    }


def _has_street(page: PageReading) -> bool:
    said = (o for o in page.reading.observations if o.field == "address" and o.qualifier == "site")
    return any(o.assertion is Assertion.AFFIRMED for o in said)


def _stamped(page: PageReading, probability: float) -> list[Observation]:
    """Observations with their document, as sure as the page on its site; those of a page that alone is no listing as
    they were read in themselves."""
    share = probability / page.reading.kind.probability
    hidden = _structured_from(page.reading.page)
    stamped = []
    is_home = urlsplit(page.url).path.strip("/").lower() in _HOME
    for o in page.reading.observations:
        said, demoted = o.assertion, o.demoted
        is_hidden = o.start >= hidden and o.region is not Region.STRUCTURED
        is_speaking = is_home or o.field not in OFTEN_OF_OTHERS
        if Demotion.NOT_LISTING in demoted and is_speaking and not is_hidden:
            demoted = tuple(d for d in demoted if d is not Demotion.NOT_LISTING)
            said = Assertion.AFFIRMED
        stamped.append(
            o.but(
                level_of_care=o.level_of_care if ("level_of_care", o.level_of_care) in labels() else None,
                url=page.url,
                document_sha256=page.document_sha256,
                region=Region.STRUCTURED if is_hidden else o.region,
                demoted=demoted,
                assertion=said,
                confidence=min(o.confidence * share, 1.0),
            )
        )
    return stamped


def _structured_from(page: Page) -> int:
    """Where the lines begin that were appended to the text because only structured data holds them."""
    start = len(page.text) + 1
    for block in reversed(page.blocks):
        if block.kind is not Kind.DEFINITION or block.region is not Region.FOOTER or block.lead is not None:
            break
        start = block.start
    return start


def _office_towns(pages: Sequence[SitePage]) -> set[str]:
    return {
        str(o.value.city).lower()
        for page in pages
        for o in page.observations
        if isinstance(o.value, Address) and o.assertion is Assertion.AFFIRMED
    }


def _town_elsewhere(page: SitePage, offices: set[str], state: str | None) -> tuple[str, str, str] | None:
    """(word before it, town, title without it) of a town without an office that the page's title or heading names."""
    if not state or not offices or page.is_home:
        return None
    for text in (page.source.reading.page.title, page.heading):
        for match in _TOWN.finditer(text):
            words = match[2].split()
            for count in range(len(words), 0, -1):
                town = " ".join(words[:count]).strip(" .,")
                if town.lower() in offices:
                    break
                if is_city(town, state):
                    return match[1], town, text.replace(town, "*")
    return None


def track_of(page: SitePage) -> str | None:
    """The track that a page about one level names in its heading."""
    named = read_title(page.heading, may_focus=True)
    return named.track if named and not named.is_proper else None
