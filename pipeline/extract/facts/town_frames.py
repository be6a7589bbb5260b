"""What the words around a town say: that the provider is there, that others are, or nothing.

The words are those of `place_cues.toml`. The nearest words decide: "we serve Keene from our office in Dover" places the
provider in Dover alone. Sentences on people's lives, on other providers and on trips place nobody.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache

from pipeline.extract.facts.cue_tables import alternatives, whole_words
from pipeline.extract.parsing.page import Block, Kind
from pipeline.extract.words.context import PageContext
from pipeline.normalize.place import STATES
from pipeline.records import Region
from pipeline.vocabulary.tables import settings

_FILE = "place_cues.toml"
_REACH = 160  # characters before a town that may place it
_NAMED = re.compile(
    r"(?:(?:At|Welcome to|En)\s+)?(?:[A-ZÀ-Þ][\w'’&.-]*\s+(?:(?:and|of|the|for|&)\s+)?){1,6}(?:(?:of|in|at)\s+)?\Z"
)
_OPENING = re.compile(r"\s*(?:in|at|en)\s+\Z")
_AREA_AHEAD = re.compile(rf"(?:'s)?[\s-]*(?:{alternatives(_FILE, 'after', 'area')})\b")
_SITE_AHEAD = re.compile(rf"[\s,]*(?:{alternatives(_FILE, 'after', 'site')})\b")
_OURS_AHEAD = re.compile(rf",\s+{alternatives(_FILE, 'after', 'ours')}\b")
_VOICE_AHEAD = re.compile(
    rf",?\s+(?:{alternatives(_FILE, 'after', 'ours')}|{alternatives(_FILE, 'after', 'offers')})\b|\s*:\s"
)
_GROUP_AHEAD = re.compile(rf"\s+(?:{alternatives(_FILE, 'after', 'group')})\b")
_BASED_AHEAD = re.compile(
    rf"-based (?:\w+ ){{0,3}}?(?:{alternatives(_FILE, 'after', 'site')}|{alternatives(_FILE, 'after', 'level')})\b"
)
_LEVEL = whole_words(_FILE, "after", "level")
# "Flexible day treatment in Barre, VT that works with your schedule": a title without a verb.
_PROMISE = re.compile(
    rf"(?:[\w'-]+,? ){{0,5}}(?:{alternatives(_FILE, 'after', 'level')})(?: [\w'-]+){{0,4}} (?:in|at) \Z"
)
_TO_YOU = re.compile(r",? (?:that|which|for|with|where|built|made|designed|to)\b.*\b(?:you|your|our|we)\b")
_ENDS = re.compile(r"\s*(?:[:(–—-]|,\s|\Z)")
_IN = re.compile(r"(?:\b(?:in|at|en)|[|–—:,(•-]) ?\Z")
_PIN = re.compile(r"[\W_]*(?:location|address|visit us|headquarters)?[\W_]*\Z")


_STATE_LABEL = re.compile(rf"(?:\A|[.;|\n])\s*(?:{'|'.join(STATES.values())})\s?[:–—-]\s*\Z")
_NOT_SERVED = re.compile(r"near the heart|(?:across|throughout) [\w' ]+,? includ")


class Frame(Enum):
    """How surely words place the provider in a town."""

    OWN = "own"  # they say so
    NAMED = "named"  # the title of a page or a section names it


@cache
def _ending(table: str, *names: str) -> re.Pattern[str]:
    """The words of a table, where they end directly before a town."""
    words = "|".join(alternatives(_FILE, table, name) for name in names)
    decor = "|".join(settings(_FILE)["decor"])
    return re.compile(rf"(?<!\w)(?:{words})\s*[:(–—-]?\s*(?<=[\s:(–—-])(?:{decor})*\Z")


def frame_of(context: PageContext, start: int, end: int, is_stated: bool, of_several: bool) -> Frame | None:
    """What the words around the town at [start, end) say; `is_stated`: a state stands with it; `of_several`: others follow."""
    block = context.block_at(start)
    if block is None or block.region is Region.NAV or block.kind in (Kind.OPTION, Kind.IMAGE, Kind.LINK):
        return None
    folded = context.folded
    if _AREA_AHEAD.match(folded, end):
        return None
    low, high = context.full_sentence(start, end)
    left = folded[max(low, start - _REACH) : start]
    if block.level and not _is_listed(context, block, start, end):
        return Frame.NAMED if _titles(context, block, left, start, end, is_stated) else None
    if whole_words(_FILE, "elsewhere", "person").search(folded, low, high) or is_elsewhere(context, block):
        return None
    if _is_own(context, left, (low, start, end, high), is_stated) or _is_listed(context, block, start, end):
        return Frame.OWN
    if of_several and _is_of_several(context, left, low, start):
        return Frame.OWN
    is_promise = is_stated and _PROMISE.match(folded, low, start) and _TO_YOU.match(folded, end, high)
    return Frame.NAMED if is_promise and not context.asks((low, high)) else None


def _is_own(context: PageContext, left: str, span: tuple[int, int, int, int], is_stated: bool) -> bool:
    folded, (low, start, end, high) = context.folded, span
    asks, others = context.asks((low, high)), whole_words(_FILE, "elsewhere", "others")
    if _ending("whose", "ours").search(left) and _SITE_AHEAD.match(folded, end):
        return not others.search(left)
    if asks:
        return False
    if _OPENING.fullmatch(left) and _OURS_AHEAD.match(folded, end):
        return True
    placed = _ending("before", "placed", "label", "travel").search(left)
    if placed:
        said = _NOT_SERVED.sub("", placed[0])
        return not others.search(left) and not whole_words(_FILE, "elsewhere", "served").search(said)
    counted = _ending("before", "counted").search(left)
    if counted and whole_words(_FILE, "before", "announced").search(left[: counted.start()]):
        return not others.search(left)
    # The noun in small letters, or a level: "the Lowell clinic", "the Lowell IOP", and not "the Boston Center".
    is_noun = _SITE_AHEAD.match(context.page.text, end) or _GROUP_AHEAD.match(folded, end)
    if (is_noun and _ending("whose", "named").search(left)) or _BASED_AHEAD.match(folded, end):
        return not others.search(left)
    named = (
        is_stated and _NAMED.match(context.page.text, low, start) and not _LEVEL.search(folded, low, start)
    )
    return bool(named and _VOICE_AHEAD.match(folded, end) and not others.search(left))


def _is_of_several(context: PageContext, left: str, low: int, start: int) -> bool:
    """ "IOPs in Barre, Keene and Dover", "Vermont: Barre, Rutland": a list of towns needs less."""
    named = _ending("before", "several").search(left)
    lists = named or _STATE_LABEL.search(context.page.text[max(low, start - 40) : start])
    unsaid = (whole_words(_FILE, "elsewhere", name) for name in ("served", "others", "browse"))
    return bool(lists) and not any(words.search(left) for words in unsaid)


def _is_listed(context: PageContext, block: Block, start: int, end: int) -> bool:
    """ "Barre, VT: the IOP, upstairs" under "Where we meet"."""
    if not _PIN.fullmatch(context.folded, block.start, start) or not _ENDS.match(
        context.folded, end, block.end
    ):
        return False
    if re.match(
        rf"\s*[:–—-]\s+(?:the |our )?(?:\w+ ){{0,2}}?(?:{alternatives(_FILE, 'after', 'level')})\b",
        context.folded[end : block.end],
    ):
        return True
    over = next(iter(context.path(block)), None) or _line_over(context, block)
    return (
        over is not None
        and len(over.text) < 60
        and context.tells(over, whole_words(_FILE, "heading", "places"))
    )


def _line_over(context: PageContext, block: Block) -> Block | None:
    previous = context.page.blocks[block.index - 1] if block.index else None
    return previous if previous and previous.group == block.group else None


def is_elsewhere(context: PageContext, block: Block) -> bool:
    """Whether a heading over a block is one on areas served, people or others."""
    return any(
        context.tells(over, whole_words(_FILE, "heading", "elsewhere")) for over in context.path(block)[:2]
    )


def _titles(context: PageContext, block: Block, left: str, start: int, end: int, is_stated: bool) -> bool:
    """Whether a heading names a program and its town: "IOP in Barre, VT", "Rutland Night IOP"."""
    if block.text.rstrip().endswith("?") or is_elsewhere(context, block):
        return False
    if context.tells(block, whole_words(_FILE, "elsewhere", "served")) or context.tells(
        block, whole_words(_FILE, "heading", "elsewhere")
    ):
        return False
    if not left.strip() and _GROUP_AHEAD.match(context.folded, end):
        return True
    is_last = not context.folded[end : block.end].strip(" .|)")
    if is_last and _LEVEL.search(context.folded, block.start, start):
        return is_stated or bool(_IN.search(left))
    named = is_stated and _NAMED.match(context.page.text, block.start, start)
    return bool(named and (is_last or _VOICE_AHEAD.match(context.folded, end)))


def stands_alone(context: PageContext, start: int, end: int) -> bool:
    """A block that is only "City, ST" (with a pin or a label): how small sites say where they are."""
    block = context.block_at(start)
    if block is None or block.region is Region.NAV or block.kind in (Kind.OPTION, Kind.IMAGE):
        return False
    served = whole_words(_FILE, "elsewhere", "served")
    return (
        bool(_PIN.fullmatch(context.folded, block.start, start))
        and not context.folded[end : block.end].strip(" .")
        and not any(map(served.search, map(str.lower, (context.before(start), *context.titles(start)))))
    )
