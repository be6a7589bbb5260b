"""Levels of care: which the provider offers, and which one governs a statement.

A level is offered where the page names it as its own (title, heading, navigation, "our IOP", a list of programs), not
where it is compared with, left, stepped down to, referred to or coming soon. A statement belongs to the level named
in its sentence, else by its table header, lead or headings, else by the text before it, else to the page's subject.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from pipeline.extract.parsing.page import Block
from pipeline.extract.parsing.text import fold
from pipeline.extract.words.assertion import ELSEWHERE, Judgement
from pipeline.extract.words.context import PageContext
from pipeline.extract.words.vocabulary import find_levels
from pipeline.records import Tie

WEAK = frozenset({"op", "inpatient"})  # "outpatient" and "inpatient" are adjectives more often than programs
_NOT_HERE = frozenset({*ELSEWHERE, "referral", "negated", "future"})


_TOPICS = r"(?: (?:substance (?:use|abuse)|addiction|chemical dependency|drug|alcohol|mental health|behavioral health|psychiatric|recovery|and|&))*"
NOUNS = "programs?|services?|therapy|treatment|care|counseling|rehab|level of care|clinic|track|department|practice|groups?|recovery"
_PURE = re.compile(
    r"^[\W\d]*(?:asam |level [\d.i]+ |adult |teen |adolescent |child |virtual |standard |traditional |general |routine |regular |our )*"
    rf"(?:outpatient|op|inpatient)(?: \(ops?\))?{_TOPICS}(?: (?:{NOUNS}))*(?: \((?:ops?|(?:asam )?level [\d.i]+)\))?\W*$"
)


@dataclass(slots=True)
class LevelMention:
    """A level of care named at [start, end); `strength` is 0 unless the words make it the provider's own."""

    code: str
    start: int
    end: int
    block: Block
    judgement: Judgement
    is_weak: bool  # an adjective, until more says that it is a program
    is_ours: bool  # "after our own PHP": somewhere else to come from, and yet the provider's
    strength: float = 0.0

    @property
    def is_offer(self) -> bool:
        return self.strength > 0

    @property
    def is_here(self) -> bool:
        """Whether it is spoken of as such, not as somewhere else to come from, go to or compare with."""
        return self.judgement.cue is None or self.judgement.cue.category not in _NOT_HERE


@dataclass(slots=True)
class Levels:
    """The levels of one page; `subjects` by how much the page is about them."""

    mentions: list[LevelMention]
    subjects: list[str] = field(default_factory=list)
    by_block: dict[int, list[LevelMention]] = field(default_factory=dict)
    above: dict[int, tuple[str | None, Tie]] = field(
        default_factory=dict
    )  # block → its level by its headings
    elsewhere: dict[int, bool] = field(
        default_factory=dict
    )  # block → whether its headings are of something else

    @property
    def subject(self) -> str | None:
        return self.subjects[0] if self.subjects else None


LONGEST_OPENING = 120  # characters of a block that says what its section is
_AFTER = re.compile(r"\s*(?:of|in|at|for|per|from|with)? ?(?:our |the |an? )?\Z")


def levels_in(text: str) -> list[str]:
    """The codes of the levels that a short text (title, address, name) names, in order, each once."""
    return list(dict.fromkeys(m.code for m in find_levels(text, fold(text))))


def levels_in_url(url: str | None) -> list[str]:
    """The levels named in the last parts of an address ("/programs/intensive-outpatient/")."""
    if not url:
        return []
    path = unquote(urlsplit(url).path).rsplit(".", 1)[0]
    last = " ".join(part for part in path.split("/")[-2:] if part).replace("_", " ").replace("-", " ")
    return levels_in(re.sub(r"\b(iop|php|op|soap|eiop|viop)\b", lambda m: m[0].upper(), last))


def is_bare_name(line: str) -> bool:
    """Whether a folded line holds "outpatient" or "inpatient" as a program's name and little else."""
    return bool(_PURE.match(line))


def governing_level(
    context: PageContext, levels: Levels, block: Block, start: int, end: int
) -> tuple[str | None, Tie]:
    """The level of words at [start, end), and what ties them to it."""
    own = [m for m in levels.by_block.get(block.index, ()) if not m.is_weak or block.level]
    if own and (said := _level_beside(context, own, block, start, end)):
        return said
    known = levels.above.get(block.index)
    if known is None:
        known = levels.above[block.index] = _level_above(context, levels, block)
    return known


def _level_beside(
    context: PageContext, own: list[LevelMention], block: Block, start: int, end: int
) -> tuple[str, Tie] | None:
    """The level that the sentence names, else the text before it in the block."""
    span = context.sentence(block, start)
    inside = [m for m in own if span[0] <= m.start < span[1]]
    for mention in inside:  # "16-30 hours of intensive outpatient treatment"
        if 0 <= mention.start - end <= 24 and _AFTER.match(context.folded, end, mention.start):
            return mention.code, Tie.PHRASE
    here = [m for m in inside if m.is_here]
    if here:
        before = [m for m in here if m.start <= start]
        return (before[-1] if before else here[0]).code, Tie.SENTENCE
    earlier = [m for m in own if m.end <= span[0] and m.is_here]
    return (earlier[-1].code, Tie.BEFORE) if earlier else None


def _level_above(context: PageContext, levels: Levels, block: Block) -> tuple[str | None, Tie]:
    """The level of a block by its table header, lead and headings, else the page's subject."""
    for governor in context.path(block):
        named = [
            m
            for m in levels.by_block.get(governor.index, ())
            if m.is_here and (not m.is_weak or is_bare_name(context.folded[governor.start : governor.end]))
        ]
        codes = list(dict.fromkeys(m.code for m in named))
        if len(codes) == 1:
            return codes[0], Tie.HEADING
        if len(codes) > 1:
            return (levels.subject if levels.subject in codes else codes[0]), Tie.HEADINGS
        if governor.level and (said := _level_opening(levels, context.page.blocks, block, governor)):
            return said, Tie.BEFORE
    return levels.subject, Tie.SUBJECT


def _level_opening(levels: Levels, blocks: list[Block], block: Block, heading: Block) -> str | None:
    """The level that a section's first words name: "LANTERN EVENINGS" / "An ASAM Level I class." / what is asked for."""
    opening = blocks[heading.index + 1] if heading.index + 1 < len(blocks) else None
    if (
        opening is None
        or opening.level
        or opening.index >= block.index
        or len(opening.text) > LONGEST_OPENING
    ):
        return None
    if opening.headings != block.headings or not opening.headings or opening.headings[-1] != heading.index:
        return None
    named = {m.code for m in levels.by_block.get(opening.index, ()) if m.is_here and not m.is_weak}
    return named.pop() if len(named) == 1 else None
