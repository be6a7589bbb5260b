"""Levels of care: which the provider offers, and which one governs a statement.

A level is offered where the page names it as its own (title, heading, navigation, "our IOP", a list of programs), not
where it is compared with, left, stepped down to, referred to or coming soon. A statement belongs to the level named
in its sentence, else by its table header, lead or headings, else by the text before it, else to the page's subject.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from pipeline.extract.parsing.page import Block, Kind
from pipeline.extract.parsing.text import fold, spaced
from pipeline.extract.words.assertion import Judgement
from pipeline.extract.words.context import PageContext
from pipeline.extract.words.vocabulary import find_mentions
from pipeline.records import Assertion, Region, Tie
from pipeline.vocabulary.tables import settings

WEAK = frozenset({"op", "inpatient"})  # "outpatient" and "inpatient" are adjectives more often than programs
_VERSUS = re.compile(r"\b(?:vs\.?|versus|compar(?:ed|ing|ison)|differ(?:ence|ent|s)?)\b")
_OFFERS = re.compile(
    r"\b(?:we (?:also |currently )?(?:offer|provide|have|run|operate|deliver)|offers?|offering|provides?|providing|our|"
    r"includ(?:es?|ing)|seeking|rang(?:e|es|ing) (?:of|from)|continuum|levels? of care|services|programs?|available|specializ\w+)\b"
)
_OFFERED = re.compile(
    r"\W*(?:program |programs |services |treatment |care |and \w+ |\(\w+\) ){0,4}(?:is|are|also)? ?(?:available|offered|provided|operates?|meets?|runs?)\b"
)
_NOT_A_PROGRAM = re.compile(
    r"\b(?:guide|blog|vs|what|how|why|when|benefits|article|faqs?|insurance|housing|clinic hours|jobs?|alumni)\b"
)
_PURE = re.compile(
    r"^[\W\d]*(?:asam |level [\d.i]+ |adult |teen |adolescent |child |virtual |standard |traditional |general |traditional |our )*(?:outpatient|op|inpatient)"
    r"(?: (?:programs?|services?|therapy|treatment|care|counseling|psychiatric services|rehab|level of care))?(?: \((?:op|ops)\))?\W*$"
)
_AFTER = re.compile(r"\s*(?:of|in|at|for|per|from|with)? ?(?:our |the |an? )?\Z")
_IF = re.compile(r"\b(?:if|when|whether|should)\W+(?:\w+\W+){0,2}\Z")
ELSEWHERE = frozenset({"comparison", "history", "target", "referral", "negated", "future"})


@dataclass(slots=True)
class LevelMention:
    """A level of care named at [start, end); `strength` is 0 unless the words make it the provider's own."""

    code: str
    start: int
    end: int
    block: Block
    judgement: Judgement
    strength: float = 0.0

    @property
    def is_offer(self) -> bool:
        return self.strength > 0

    @property
    def is_here(self) -> bool:
        """Whether it is spoken of as such, not as somewhere else to come from, go to or compare with."""
        return self.judgement.cue is None or self.judgement.cue.category not in ELSEWHERE


@dataclass(slots=True)
class Levels:
    """The levels of one page; `subjects` by how much the page is about them."""

    mentions: list[LevelMention]
    subjects: list[str] = field(default_factory=list)
    by_block: dict[int, list[LevelMention]] = field(default_factory=dict)
    above: dict[int, tuple[str | None, Tie]] = field(
        default_factory=dict
    )  # block → its level by its headings

    @property
    def subject(self) -> str | None:
        return self.subjects[0] if self.subjects else None


def read_levels(context: PageContext) -> Levels:
    """All mentions of levels on the page, judged, and the level(s) that the page is about."""
    levels = Levels([])
    for found in context.mentions:
        if found.field == "level_of_care" and (block := context.block_at(found.start)) is not None:
            judgement = context.judge(block, found.start, found.end, "level")
            mention = LevelMention(found.code, found.start, found.end, block, judgement)
            levels.mentions.append(mention)
            levels.by_block.setdefault(block.index, []).append(mention)
    _resolve_names(context, levels)
    levels.subjects = _subjects(context, levels)
    vetoed = {m.code for m in levels.mentions if _is_refused(context, m)} - set(levels.subjects[:1])
    for mention in levels.mentions:
        if mention.code not in vetoed:
            mention.strength = _strength(context, levels, mention)
    return levels


def levels_in(text: str) -> list[str]:
    """The codes of the levels that a short text (title, address, name) names, in order, each once."""
    return list(dict.fromkeys(m.code for m in find_mentions(text, fold(text)) if m.field == "level_of_care"))


def levels_in_url(url: str | None) -> list[str]:
    """The levels named in the last parts of an address ("/programs/intensive-outpatient/")."""
    if not url:
        return []
    path = unquote(urlsplit(url).path).rsplit(".", 1)[0]
    last = " ".join(part for part in path.split("/")[-2:] if part).replace("_", " ").replace("-", " ")
    return levels_in(re.sub(r"\b(iop|php|op|soap|eiop|viop)\b", lambda m: m[0].upper(), last))


AMBIGUOUS = {"day_treatment": "php", "half_day_treatment": "iop"}
_HOURS = re.compile(
    r"\b(\d+|three|four|five|six)(?:\s?(?:-|to)\s?(\d+))?[ -]hours? ?(?:per|a|each|/|of|sessions?)? ?(?:day|daily|sessions?)?"
)
_WORDS = {"three": 3, "four": 4, "five": 5, "six": 6}
BESIDE = 60  # characters between an ambiguous name and the clear one that explains it


def _resolve_names(context: PageContext, levels: Levels) -> None:
    """Decide what "day treatment" and the like mean here: by the level named beside it, or by the hours."""
    named = [m for m in levels.mentions if m.code in AMBIGUOUS]
    if not named:
        return
    clear = [m for m in levels.mentions if m.code in ("iop", "php") and not _is_denied(m)]
    denied = {m.code for m in levels.mentions if m.block.region is Region.MAIN and _is_denied(m)}
    main = {m.code for m in clear if m.block.region is Region.MAIN}
    beside: Counter[str] = Counter()
    for mention in named:
        near = [m for m in clear if m.block is mention.block and _is_alias(context.folded, mention, m)]
        beside.update({m.code for m in near})
    hours = [_hours(m) for m in _HOURS.finditer(context.folded, 0, 40_000)]
    is_short = bool(hours) and max(hours) <= settings("hours.toml")["level"]["longest_iop_day"]
    for mention in named:
        if beside:
            mention.code = "php" if beside["php"] >= beside["iop"] else "iop"
        elif not main and is_short:
            mention.code = "iop"
        else:
            mention.code = AMBIGUOUS[mention.code]
    is_explained = bool(main or hours) or any(m.block.region is Region.MAIN for m in named)
    left_out = {  # the page says it is none, or a menu's entry is all that names it
        id(m) for m in named if (m.code in denied and m.code not in main) or not is_explained
    }
    levels.mentions = [m for m in levels.mentions if id(m) not in left_out]
    for index, mentions in levels.by_block.items():
        levels.by_block[index] = [m for m in mentions if id(m) not in left_out]


_ALIAS = re.compile(r"[(/]|\bor\b|\b(?:also|formerly|known as|called|i\.e|aka|a\.k\.a)\b")
_TWO = re.compile(r"\s*[,;|•·-]?\s*(?:(?:and|&|as well as|to|versus|vs\.?)\b.*)?", re.S)


def _is_alias(folded: str, name: LevelMention, clear: LevelMention) -> bool:
    """Whether a clear level near a name explains it: "Half Day Program and Partial Hospital Program" are two."""
    first, second = (name, clear) if name.start < clear.start else (clear, name)
    between = folded[first.end : second.start]
    if len(between) >= BESIDE:
        return False
    return bool(_ALIAS.search(between)) or not ("\n" in between or _TWO.fullmatch(between))


def _is_denied(mention: LevelMention) -> bool:
    """Whether the page says that it is not one: "not a partial hospital program"."""
    cue = mention.judgement.cue
    return cue is not None and cue.category == "negated" and cue.meaning.reach == "short"


def _hours(match: re.Match[str]) -> float:
    value = match[2] or match[1]
    return float(_WORDS.get(value, value))


def _subjects(context: PageContext, levels: Levels) -> list[str]:
    weight: Counter[str] = Counter()
    first = next((b for b in context.page.blocks if b.region is Region.MAIN and b.level == 1), None)
    if first is not None:
        for mention in levels.by_block.get(first.index, ()):
            if mention.is_here:
                weight[mention.code] += 10 if mention.code in WEAK else 40
    for code in levels_in(context.page.title[:200]):
        weight[code] += 8 if code in WEAK else 25
    for code in levels_in_url(context.page.url or context.page.canonical):
        weight[code] += 8 if code in WEAK else 25
    for mention in levels.mentions:
        if (
            mention.block.region is Region.MAIN
            and mention.is_here
            and not (mention.code in WEAK and not mention.block.level)
        ):
            weight[mention.code] += 5 if mention.block.level else 1 if mention.code in WEAK else 3
    return [code for code, _ in weight.most_common()]


_REFUSES = re.compile(
    r"(?:do not|does not|don't|doesn't|no longer) (?:offer|provide)s?$|not (?:offer|provid)ed$|is not offered$|are not offered$|not (?:in house|on site|onsite)$"
)


def _is_refused(context: PageContext, mention: LevelMention) -> bool:
    """Whether the page says outright that others give this level, or that nobody here does."""
    cue = mention.judgement.cue
    if cue is None or mention.block.region is not Region.MAIN:
        return False
    if cue.category == "referral":
        return True
    return cue.category == "negated" and bool(_REFUSES.match(spaced(context.folded[cue.start : cue.end])))


def _strength(context: PageContext, levels: Levels, mention: LevelMention) -> float:
    """How surely the provider offers this level here; 0 where the words do not say so."""
    block, said, folded = mention.block, mention.judgement.assertion, context.folded
    is_weak = mention.code in WEAK
    start, end = context.sentence(block, mention.start)
    if block.region is Region.WIDGET:
        return 0.0
    line = folded[
        max(block.start, folded.rfind("\n", block.start, mention.start) + 1) : _line_end(
            folded, mention.end, block.end
        )
    ]
    if block.region is not Region.MAIN:
        is_entry = len(line) <= 60 and not _NOT_A_PROGRAM.search(line)
        return 0.8 if said is Assertion.AFFIRMED and is_entry and (not is_weak or _PURE.match(line)) else 0.0
    asks = said is Assertion.QUESTION
    if not asks and (said is not Assertion.AFFIRMED or _IF.search(folded, start, mention.start)):
        return 0.0
    if block.level:
        if asks and mention.code != levels.subject:
            return 0.0
        if _VERSUS.search(folded, block.start, block.end) or (is_weak and not _PURE.match(line)):
            return 0.0
        return 0.7 if asks else 0.95
    if asks:
        return 0.0
    is_subject = mention.code == levels.subject
    if not is_subject and any(context.tells(h, _VERSUS) for h in context.path(block)[:2]):
        return 0.0
    if (
        len(line) <= 60
        and (block.kind is not Kind.PARAGRAPH or len(block.text) <= 60)
        and not _NOT_A_PROGRAM.search(line)
    ) and (not is_weak or _PURE.match(line)):
        return 0.8
    before = _OFFERS.search(folded, start, mention.start)
    is_told = before or _OFFERED.match(folded, mention.end, end)
    if is_told and (not is_weak or _names_program(folded, mention)):
        return 0.75
    return 0.5 if is_subject and not is_weak else 0.0


def _names_program(folded: str, mention: LevelMention) -> bool:
    """Whether "outpatient" stands for a program of its own: "outpatient and intensive outpatient care"."""
    return (
        bool(
            re.match(
                r"(?: (?:program|programs|services|therapy|counseling)\b| and (?:intensive|partial)|, | \(op|\W*$|,? or (?:intensive|partial))",
                folded[mention.end : mention.end + 16],
            )
        )
        or folded[mention.end - 1] == "s"
    )


def _line_end(folded: str, start: int, end: int) -> int:
    found = folded.find("\n", start, end)
    return found if found >= 0 else end


def governing_level(
    context: PageContext, levels: Levels, block: Block, start: int, end: int
) -> tuple[str | None, Tie]:
    """The level of words at [start, end), and what ties them to it."""
    own = [m for m in levels.by_block.get(block.index, ()) if m.code not in WEAK or block.level]
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
            if m.is_here
            and (m.code not in WEAK or _PURE.match(context.folded[governor.start : governor.end]))
        ]
        codes = list(dict.fromkeys(m.code for m in named))
        if len(codes) == 1:
            return codes[0], Tie.HEADING
        if len(codes) > 1:
            return (levels.subject if levels.subject in codes else codes[0]), Tie.HEADINGS
    return levels.subject, Tie.SUBJECT
