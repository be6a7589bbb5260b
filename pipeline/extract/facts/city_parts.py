"""Towns that the words name as a place of the provider, without a street: "our Lowell, MA location", "in Boise or Tulsa".

A town counts only where the words place the provider there (`town_frames`). Towns merely served and the places of other
people's lives do not; nor does a list of "City, ST" lines, which is how doorway pages look. A capitalised word is a town
where the post knows one of that name; words that are towns too ("Hope") need their state beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, zip_longest
from urllib.parse import urlsplit

from pipeline.extract.facts.address_parts import Found
from pipeline.extract.facts.town_frames import Frame, frame_of, is_elsewhere, stands_alone
from pipeline.extract.parsing.page import Block, Kind
from pipeline.extract.words.context import PageContext
from pipeline.normalize.place import (
    STATES,
    City,
    find_city,
    is_city,
    likely_state,
    state_code,
    states_of_town,
)
from pipeline.normalize.point import km_between
from pipeline.records import Region
from pipeline.vocabulary.tables import rows

CONFIDENCE = {True: 0.8, False: 0.7}  # by whether the state stands beside the town
OPEN, NAMED = 0.6, 0.6  # where no state is told; of a town that a title alone names
CLOSE_BY = 20.0  # km from a printed address: the same place by another name
MOST_NAMED = 2  # towns that titles alone, or lines alone, name: more are a list of places to be found in
_WORD = r"[A-ZÀ-Þ](?:[\w'’]*[a-zà-ÿ])?"
_NAME = re.compile(rf"(?:St\.|Mt\.|Ft\.|{_WORD})(?:[ -](?:{_WORD}|of|de|la|du)){{0,3}}")
# Where a town may begin: after these words, in few patterns that begin with literals, as they go over the whole page.
_CAPITAL = "(?=[A-ZÀ-Þ])"
_BEFORE = (
    re.compile(
        r"(?<![\w-])(?:in|In|at|At|to|To|en|En|our|Our|the|The|its|a|A|both|Both|nuestra|Nuestra|nuestro|Nuestro|de|downtown|historic"
        rf"|including|include|of)\s{_CAPITAL}"
    ),
    re.compile(rf"[:–—-] {_CAPITAL}"),
    re.compile(rf" \({_CAPITAL}"),
    re.compile(rf", (?<=(?:pital|enter|linic|House|lding|ampus|itute), ){_CAPITAL}"),
)
_JOINT = re.compile(
    r"(?:\s(?:locations?|offices?|clinics?|campus|cent(?:er|re)|sites?))?\s*(?:[,;|&/•·]\s*){0,2}(?:(?:and|or|y|o|as well as|and also|plus)\s+)?(?:(?:in|en)\s+)?(?=[A-ZÀ-Þ])"
)
_APART = re.compile(r"\s?[|–—:,(•-]\s*(?=[A-ZÀ-Þ])")
_LOCATION_PATH = re.compile(
    r"/(?:our-)?(?:locations?|offices?|centers?|clinics?)/(?:[a-z-]+/)?(?P<town>[a-z-]+)/?(?:\.\w+)?\Z"
)
LONGEST_TOWN = 40  # characters of a heading that is a town's name
_LABEL_SOON = re.compile(r"[A-ZÀ-Þ][\w.'’ -]{2,30}[:–—]")
_LABELS = re.compile(r"\s?[:–—]\s*(?=\w)")
LONGEST_LINE = 90  # characters of a heading or an item that may be a town's
_SHORTEST_JOINT = 2
_GOES_ON = re.compile(
    r"[ -](?!(?:IOP|PHP|Office|Clinic|Location|Campus|Center|Facility|Program|Site|Group|House|Night|Evening|Day)s?\b)[A-Z][a-z]|'?\w|@"
)
_STATE_NEXT = re.compile(r"[\s,]{1,3}(?P<state>[A-Z]{2}\b|[A-Z][a-z]+(?: [A-Z][a-z]+)?)")


@dataclass(frozen=True, slots=True)
class Named:
    """A town at `text[start:end]`, with its state if that stands beside it."""

    start: int
    end: int
    city: str
    state: str | None

    @property
    def is_stated(self) -> bool:
        return self.state is not None


def placed_towns(
    context: PageContext, stated: Sequence[Named], states: Sequence[str], housed: Sequence[Found]
) -> list[Found]:
    """Towns of the provider; `stated` are all "City, ST" of the page, `states` those that it names.

    Where the page prints addresses (`housed`), titles and lines alone add no place, nor does a town that the title's
    name holds or in a state of which no address is, nor one close by: that is where the printed address is, as people call it.
    """
    titled: list[Found] = []
    by_start = {town.start: town for town in stated}
    placed = {one.start: _found(context, one, states) for one in _sections(context)}
    for town in sorted((*stated, *_stateless(context, states, by_start)), key=lambda town: town.start):
        if town.start in placed:
            continue
        listed = [town, *_joined(context.page.text, town, by_start)]
        frame = frame_of(context, town.start, town.end, town.is_stated, len(listed) > 1)
        if frame is None and len(listed) > 1:  # "our Scranton and Altoona offices"
            frame = frame_of(context, town.start, listed[-1].end, town.is_stated, False)
        if frame is Frame.OWN:
            for one in listed:
                placed.setdefault(one.start, _found(context, one, states))
        elif frame is Frame.NAMED or (town.is_stated and stands_alone(context, town.start, town.end)):
            titled.append(_found(context, town, states, NAMED if frame else CONFIDENCE[True]))
    if not (housed or placed) and (own := _in_address(context)):
        return [_found(context, own, states, NAMED)]
    if housed:
        return [one for one in placed.values() if _is_another(context, one, one.start in by_start, housed)]
    return [*placed.values(), *(titled if len({one.city for one in titled}) <= MOST_NAMED else ())]


def _is_another(context: PageContext, town: Found, is_stated: bool, housed: Sequence[Found]) -> bool:
    """Whether a town is a place beside those whose addresses are printed."""
    is_name = re.search(rf"\b{re.escape(town.city or '')} [A-Z]", context.page.title)
    if not is_stated and (is_name or town.state not in {one.state for one in housed}):
        return False
    there = find_city(town.city, town.state)
    low, high = context.full_sentence(town.start, town.end)
    sentence = context.page.text[low:high]
    if any(town.city and town.city in (one.street or "") for one in housed):
        return False  # "our Westwood office" on Westwood Blvd
    near = (one for one in housed if not one.city or one.city == town.city or one.city not in sentence)
    return there is not None and not any(_is_close(there, find_city(one.city, one.state)) for one in near)


def _is_close(one: City, other: City | None) -> bool:
    points = [(city.latitude, city.longitude) for city in (one, other) if city]
    return len(points) == 2 and km_between(*points) < CLOSE_BY


def _found(
    context: PageContext, town: Named, states: Sequence[str], confidence: float | None = None
) -> Found:
    state = town.state or _state_in_sentence(context, town) or likely_state(town.city, states)
    sure = confidence or (CONFIDENCE[town.is_stated] if state else OPEN)
    return Found(town.start, town.end, None, town.city, state, None, confidence=sure)


def _state_in_sentence(context: PageContext, town: Named) -> str | None:
    """ "One in Stamford …, and one in Norwalk, CT": the state that the sentence names and that has the town."""
    low, high = context.full_sentence(town.start, town.end)
    named = (
        state_code(m["state"])
        for m in _STATE_NEXT.finditer(context.page.text, low, high)
        if not is_city(m["state"], state_code(m["state"]) or "")  # "Boston, New York and Chicago"
    )
    return next((state for state in named if state and is_city(town.city, state)), None)


def _stateless(context: PageContext, states: Sequence[str], stated: Iterable[int]) -> Iterator[Named]:
    for match in chain.from_iterable(before.finditer(context.page.text) for before in _BEFORE):
        town = _town_at(context.page.text, match.end())
        if town and town.start not in stated:
            yield town
    for block in context.main:
        if len(block.text) <= LONGEST_LINE and (block.level or block.kind is Kind.ITEM):
            for start in (
                block.start,
                *(m.end() for m in _APART.finditer(context.page.text, block.start, block.end)),
            ):
                town = _town_at(context.page.text, start) if start not in stated else None
                if town and any(is_city(town.city, state) for state in states):
                    yield town


def _sections(context: PageContext) -> list[Named]:
    """Towns that head sections or lines of their own, two or more: "Barre / Monday, 9 to 12 / Keene …", "Barre: at nine"."""
    blocks = context.page.blocks
    found: list[tuple[Block, Named]] = []
    for block, after in zip_longest(blocks, blocks[1:]):
        is_line = len(block.text) <= LONGEST_TOWN if block.level else _LABEL_SOON.match(block.text)
        if (
            not is_line
            or block.region is not Region.MAIN
            or block.kind in (Kind.OPTION, Kind.IMAGE, Kind.LINK)
        ):
            continue
        town = _town_at(context.page.text, block.start)
        if town is None:
            continue
        is_head = block.level and town.end == block.end and after and not after.level
        if is_head or _LABELS.match(context.page.text, town.end, block.end):
            found.append((block, town))
        elif block.level and town.end == block.end:
            return []  # a list of towns with nothing under them
    is_own = len(found) > 1 and not any(is_elsewhere(context, block) for block, _ in found)
    return [town for _, town in found] if is_own else []


def _in_address(context: PageContext) -> Named | None:
    """The town that the page's own address calls a location (/locations/erie-pa/), where the page prints it first."""
    found = _LOCATION_PATH.search(urlsplit(context.page.url or "").path.lower())
    words = found["town"].split("-") if found else []
    for count in range(len(words), 0, -1):
        name = " ".join(words[:count])
        if states_of_town(name) and name not in _words():
            printed = re.search(rf"\b{re.escape(name)}\b", context.folded)
            if printed and context.page.text[printed.start()].isupper():
                state = state_code(words[count]) if words[count:] else None
                return Named(*printed.span(), context.page.text[slice(*printed.span())], state)
    return None


def _joined(text: str, town: Named, stated: Mapping[int, Named]) -> Iterator[Named]:
    """The towns of a list after one: "Boise, Tulsa, Denver or Omaha"."""
    last = town
    while (
        (joint := _JOINT.match(text, last.end)) and len(joint[0]) >= _SHORTEST_JOINT and "\n" not in joint[0]
    ):
        following = stated.get(joint.end()) or _town_at(text, joint.end(), of_list=True)
        if following is None:
            return
        yield (last := following)


def _town_at(text: str, position: int, of_list: bool = False) -> Named | None:
    """The longest name of a town at a position, unless the name goes on, a state stands beside it or it is a word too."""
    found = _NAME.match(text, position)
    if found is None:
        return None
    name = _longest(found[0])
    end = position + len(name)
    return None if not name or _is_no_town(text, name, end, of_list) else Named(position, end, name, None)


@lru_cache(maxsize=8192)  # pages repeat their capitalised words
def _longest(run: str) -> str:
    """The longest name of a town that begins a run of capitalised words; empty where none does."""
    words = re.split(r"(?<=[ -])", run)
    names = ("".join(words[:count]).rstrip(" -") for count in range(len(words), 0, -1))
    return next((name for name in names if states_of_town(name)), "")


def _is_no_town(text: str, name: str, end: int, of_list: bool) -> bool:
    beside = _STATE_NEXT.match(text, end)
    return (
        name.lower() in _words()
        or (state_code(name) in STATES and not (of_list and is_city(name, state_code(name) or "")))
        or bool(_GOES_ON.match(text, end))
        or bool(beside and state_code(beside["state"]) and is_city(name, state_code(beside["state"]) or ""))
    )


@cache
def _words() -> frozenset[str]:
    return frozenset(row["text"] for row in rows("town_words.csv"))
