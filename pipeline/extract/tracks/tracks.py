"""Tracks: several offers of one level of care on one page ("Evening Adult IOP", "Teen IOP"), told by their titles.

A title is a heading, the label of a card or definition, the header of a table's row or column, a short line over
others, or the words before a colon. What stands under a title that names a track (`track_names`) belongs to it; a
track within a track carries both names. A level is split only where at least two tracks have a schedule, dose or
ages of their own; what no track's title governs is shared by all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.extract.parsing.page import Block, Kind
from pipeline.extract.tracks.names import (
    LONGEST_NAME,
    TrackName,
    covers,
    is_focus,
    is_proper,
    joined,
    parts_of,
    read_title,
    slug,
)
from pipeline.extract.words.context import PageContext
from pipeline.extract.words.levels import levels_in
from pipeline.fields import Trait, with_traits
from pipeline.records import Assertion, Observation, Tie
from pipeline.values import Session

TELLING = with_traits(Trait.TELLS_TRACKS)
MOST = 8  # tracks of one level on a page; more are a list of something else
MOST_TITLES = 100  # on a page; more are those of a directory or a calendar
LONGEST_LABEL = 40
_LABEL = re.compile(r"(?m)^([^:\n.!?]{3,40}):[ \n]")
_SOON = re.compile(r"\s*(?:coming|opening) soon", re.I)
_NO_NAME = re.compile(r"schedule|hours|services|options|levels|admission|near\b", re.I)


@dataclass(frozen=True, slots=True)
class Title:
    """A title at [start, end) of the page's text that governs what stands up to `until`, and its own cells."""

    start: int
    end: int
    until: int
    name: TrackName
    cells: frozenset[int] = frozenset()  # blocks that it heads in a table
    is_section: bool = False  # a heading: its words are a name even without a track

    def governs(self, position: int, block: Block | None) -> bool:
        if self.cells:
            return block is not None and block.index in self.cells
        return self.start <= position < self.until


def with_tracks(
    context: PageContext, observations: Iterable[Observation], title: int | None
) -> list[Observation]:
    """The observations, each with the track whose title governs it, and one `program_name` for every title that names
    a track or, as the page's first heading (block `title`), a program. Untied statements take the title's level."""
    first = context.page.blocks[title] if title is not None else _first_line(context)
    titles = _titles(context, first)
    observations = list(observations)
    levels = {o.start: o.written for o in observations if o.field == "level_of_care"}
    placed = [_placed(context, titles, observation) for observation in observations]
    placed += [_named(context, t, levels) for t in titles if t.name.track or t.is_section]
    if first is not None:
        placed += _program_names(first, levels)
    return placed


def split(observations: Sequence[Observation]) -> dict[str | None, list[Observation]]:
    """Observations of one level by track; under None alone where the page has no two tracks of their own."""
    own = own_tracks(observations)
    if len(own) < 2:
        return {None: [o.but(track=None) if o.track else o for o in observations]}
    found: dict[str | None, list[Observation]] = {track: [] for track in own}
    for observation in observations:
        for track in tracks_for(observation.track, own):
            found[track].append(observation.but(track=track if observation.track else None))
    return found


def own_tracks(observations: Sequence[Observation]) -> list[str]:
    """The tracks that have a schedule, dose or ages of their own; one that covers others is none without
    sessions that they have not; one told by a condition, a therapy or a name alone is none without sessions."""
    affirmed = [o for o in observations if o.track and o.assertion is Assertion.AFFIRMED]
    own = dict.fromkeys(o.track for o in affirmed if o.field in TELLING)
    dated: dict[str | None, set[Session]] = {}
    for o in affirmed:
        if isinstance(o.value, Session) and o.value.start:
            dated.setdefault(o.track, set()).add(o.value)
    wider = set()
    for track in own:
        narrow = [t for t in own if t != track and covers(track, t)]
        if narrow and dated.get(track, set()) <= set().union(*(dated.get(t, set()) for t in narrow)):
            wider.add(track)
    weak = {t for t in own if t not in dated and (is_focus(t) or is_proper(t))}
    tracks = [track for track in own if track is not None and track not in wider | weak]
    return tracks if len(tracks) <= MOST else []


def tracks_for(track: str | None, own: Sequence[str]) -> list[str]:
    """Which of `own` a statement under a track's title belongs to: the same, those within it, the one around it, all."""
    parts = parts_of(track)
    if track in own or not parts:
        return [track] if track and track in own else list(own)
    within = [t for t in own if covers(track, t)]
    around = [t for t in own if covers(t, track)]
    return within or around or list(own)


def _placed(context: PageContext, titles: list[Title], observation: Observation) -> Observation:
    if not titles:
        return observation
    block = context.block_at(observation.start)
    over = [title for title in titles if title.governs(observation.start, block)]
    if not over:
        return observation
    track = joined(*(t.name.track for t in over))
    nearest = max(over, key=lambda t: t.start)
    levels = nearest.name.levels
    level = observation.level_of_care
    if len(levels) == 1 and observation.tie is Tie.SUBJECT and levels[0] in ("iop", "php", "op"):
        level = levels[0]
    if track == observation.track and level == observation.level_of_care:
        return observation
    return observation.but(track=track, level_of_care=level)


def _named(context: PageContext, title: Title, levels: Mapping[int, str]) -> Observation:
    text = context.page.text[title.start : title.end]
    level = _level_in(title.start, title.end, levels) if title.name.levels else None
    return Observation(
        field="program_name",
        value=" ".join(text.split()),
        quote=text,
        start=title.start,
        end=title.end,
        method="tracks",
        confidence=0.8,
        tie=Tie.PHRASE,
        level_of_care=level,
        track=title.name.track,
    )


def _level_in(start: int, end: int, levels: Mapping[int, str]) -> str | None:
    """The level of care that the page's reading found in a title: names such as "day treatment" mean several."""
    return next((level for at, level in levels.items() if start <= at < end), None)


def _first_line(context: PageContext) -> Block | None:
    """What stands for a first heading on a page without one: the line most like the page's title that names a level."""
    titled, words = set(levels_in(context.page.title)), set(slug(context.page.title).split("-"))
    best, most = None, 0
    for block in context.main if titled else ():
        if block.kind is not Kind.LINK and len(block.text) <= LONGEST_NAME:
            shared = len(words & set(slug(block.text).split("-")))
            named = read_title(block.text, may_focus=True) if shared > most else None
            if named and titled & set(named.levels):
                best, most = block, shared
    return best


def _program_names(block: Block, levels: Mapping[int, str]) -> Iterator[Observation]:
    named = read_title(block.text, may_focus=True)
    level = _level_in(block.start, block.end, levels)
    if named and level and len(named.levels) == 1 and not _NO_NAME.search(block.text):
        yield Observation(
            field="program_name",
            value=" ".join(block.text.split()),
            quote=block.text,
            start=block.start,
            end=block.end,
            method="tracks",
            confidence=0.8,
            tie=Tie.HEADING,
            level_of_care=level,
        )


def _titles(context: PageContext, first: Block | None) -> list[Title]:
    blocks = [b for b in context.main if b is not first]
    found = [
        *_headings(blocks),
        *_terms(blocks),
        *_headers(context, blocks),
        *_lines(blocks),
        *_labels(blocks),
    ]
    proper = [t for t in found if t.name.is_proper]
    if len({t.name.track for t in proper}) < 2:
        found = [t for t in found if not t.name.is_proper]
    return sorted(found, key=lambda t: (t.start, -t.until)) if len(found) <= MOST_TITLES else []


def _headings(blocks: Sequence[Block]) -> Iterator[Title]:
    for at, block in enumerate(blocks):
        name = read_title(block.text) if block.level and block.kind is not Kind.QUESTION else None
        if name:
            until = block.end
            for below in blocks[at + 1 :]:
                if block.index not in below.headings:
                    break
                until = below.end
            yield Title(
                block.start,
                block.end,
                until,
                name,
                is_section=len(name.levels) == 1 and not _NO_NAME.search(block.text),
            )


def _terms(blocks: Sequence[Block]) -> Iterator[Title]:
    for at, block in enumerate(blocks):
        name = read_title(block.text) if block.kind is Kind.TERM else None
        if name:
            own = [b.end for b in blocks[at + 1 : at + 12] if b.lead == block.index]
            yield Title(block.start, block.end, max(own, default=block.end), name)


def _headers(context: PageContext, blocks: Sequence[Block]) -> Iterator[Title]:
    heads: dict[int, set[int]] = {}
    for block in blocks:
        for index in block.header:
            heads.setdefault(index, {index}).add(block.index)
    for number, cells in heads.items():
        head = context.page.blocks[number]
        if name := read_title(head.text):
            yield Title(head.start, head.end, head.end, name, frozenset(cells))


def _lines(blocks: Sequence[Block]) -> Iterator[Title]:
    """Short lines over others, on pages without headings: at least two in a row of sections. The last section is as
    long as the longest before it."""
    run: list[tuple[int, TrackName]] = []
    for at, block in enumerate([*blocks, None]):
        if block is not None and block.kind is Kind.PARAGRAPH and not block.level:
            name = (
                read_title(block.text)
                if block.text[-1:] not in ".,;:!" and len(block.text) <= LONGEST_LABEL
                else None
            )
            if name:
                run.append((at, name))
            if not run or blocks[run[-1][0]].headings == block.headings:
                continue
        elif block is not None and run and blocks[run[-1][0]].headings == block.headings:
            continue
        yield from _sections(blocks, run, at)
        run = []


def _sections(blocks: Sequence[Block], run: list[tuple[int, TrackName]], end: int) -> Iterator[Title]:
    if len({name.track or name.levels for _, name in run}) < 2:
        return
    starts = [at for at, _ in run]
    longest = max((b - a for a, b in pairwise(starts)), default=1)
    for (at, name), after in zip(run, [*starts[1:], min(end, starts[-1] + longest)], strict=True):
        yield Title(blocks[at].start, blocks[at].end, blocks[after - 1].end, name)


def _labels(blocks: Sequence[Block]) -> Iterator[Title]:
    for block in blocks:
        if block.level or ":" not in block.text:
            continue
        marks = list(_LABEL.finditer(block.text))
        ends = [m.start() for m in marks[1:]] + [len(block.text)]
        for mark, after in zip(marks, ends, strict=False):
            name = read_title(mark[1].strip())
            if name and name.track and not _SOON.match(block.text, mark.end()):
                start = block.start + mark.start(1)
                yield Title(start, start + len(mark[1]), block.start + after, name)
