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

from pipeline.extract.assertion import Judgement
from pipeline.extract.context import PageContext
from pipeline.extract.page import Block, Kind, Region
from pipeline.extract.text import fold
from pipeline.extract.vocabulary import find_mentions
from pipeline.records import Assertion

AMBIGUOUS = "day_treatment"
_VERSUS = re.compile(r"\b(?:vs\.?|versus|compared|comparing|difference|differ|or)\b")
_OFFER = re.compile(
    r"\b(?:we (?:also )?(?:offer|provide|have|run|operate|specialize|deliver|treat)|our|offers?|offering|offered|provides?|providing|"
    r"provided|includ(?:es?|ing)|available|services?|programs?|levels? of care|continuum|range of|specializ\w+|welcome|"
    r"features?|operates?|meets?|runs?|designed|attend)\b"
)


@dataclass(slots=True)
class LevelMention:
    """A level of care named at [start, end); `is_offer` where the words make it the provider's own."""

    code: str
    start: int
    end: int
    block: Block
    judgement: Judgement
    is_offer: bool = False
    strength: float = 0.0


@dataclass(slots=True)
class Levels:
    """The levels of one page."""

    mentions: list[LevelMention]
    subjects: list[str]
    by_block: dict[int, list[LevelMention]] = field(default_factory=dict)

    @property
    def subject(self) -> str | None:
        return self.subjects[0] if self.subjects else None


def read_levels(context: PageContext) -> Levels:
    """All mentions of levels on the page, judged, and the level(s) that the page is about."""
    mentions = []
    for found in context.mentions:
        if found.field == "level_of_care":
            block = context.block_at(found.start)
            if block is not None:
                judgement = context.judge(block, found.start, found.end, is_level=True)
                mentions.append(LevelMention(found.code, found.start, found.end, block, judgement))
    levels = Levels(mentions, [])
    for mention in mentions:
        levels.by_block.setdefault(mention.block.index, []).append(mention)
    levels.subjects = _subjects(context, levels)
    for mention in mentions:
        mention.strength = _strength(context, levels, mention)
        mention.is_offer = mention.strength > 0
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
    words = re.sub(r"\b(iop|php|op|soap|eiop|viop)\b", lambda m: m[0].upper(), last)
    return levels_in(words)


def _subjects(context: PageContext, levels: Levels) -> list[str]:
    """Levels by how much the page is about them: first heading, title, address, then headings and mentions."""
    weight: Counter[str] = Counter()
    first = next((b for b in context.page.blocks if b.region is Region.MAIN and b.level == 1), None)
    if first is not None:
        for mention in levels.by_block.get(first.index, ()):
            if mention.judgement.assertion in (Assertion.AFFIRMED, Assertion.QUESTION):
                weight[mention.code] += 40
    for code in levels_in(context.page.title[:200]):
        weight[code] += 25
    for code in levels_in_url(context.page.url):
        weight[code] += 25
    for mention in levels.mentions:
        if mention.block.region is Region.MAIN and mention.judgement.assertion is Assertion.AFFIRMED:
            weight[mention.code] += 5 if mention.block.level else 1
    return [code for code, _ in weight.most_common()]


def _strength(context: PageContext, levels: Levels, mention: LevelMention) -> float:
    """How surely the provider offers this level here; 0 where the words do not say so."""
    block, said = mention.block, mention.judgement.assertion
    if block.region in (Region.NAV, Region.HEADER, Region.FOOTER, Region.ASIDE):
        return 0.8 if len(block.text) < 400 and said is Assertion.AFFIRMED else 0.0
    if block.region is Region.WIDGET:
        return 0.0
    asks = said is Assertion.QUESTION
    if said is not Assertion.AFFIRMED and not asks:
        return 0.0
    if block.level:
        if _VERSUS.search(context.folded, block.start, block.end) and len(levels.by_block[block.index]) > 1:
            return 0.0
        return 0.7 if asks else 0.95
    if asks:
        return 0.0
    if (
        any(h.kind is Kind.QUESTION or _VERSUS.search(fold(h.text)) for h in context.path(block)[:1])
        and mention.code != levels.subject
    ):
        return 0.0
    start, end = context.sentence(block, mention.start)
    if block.kind in (Kind.ITEM, Kind.LINK, Kind.TERM, Kind.OPTION, Kind.CELL) and len(block.text) < 120:
        return 0.8
    if _OFFER.search(context.folded, start, end):
        return 0.75
    if end - start < 90 and len(block.text) < 160:
        return 0.6
    return 0.5 if mention.code == levels.subject else 0.0


def governing_level(
    context: PageContext, levels: Levels, block: Block, start: int, end: int
) -> tuple[str | None, str]:
    """(level, how it is known) for words at [start, end): sentence, header, heading, text before or subject."""
    here = [m for m in levels.by_block.get(block.index, ()) if m.judgement.assertion is not Assertion.NEGATED]
    own = [
        m
        for m in here
        if m.judgement.cue is None or m.judgement.cue.category not in ("comparison", "history", "target")
    ]
    span = context.sentence(block, start)
    inside = [m for m in own if span[0] <= m.start < span[1]]
    if inside:
        before = [m for m in inside if m.start <= start]
        return (before[-1] if before else inside[0]).code, "sentence"
    earlier = [m for m in own if m.end <= span[0]]
    if earlier:
        return earlier[-1].code, "before"
    for governor in context.path(block):
        named = [
            m
            for m in levels.by_block.get(governor.index, ())
            if m.judgement.assertion is not Assertion.NEGATED
        ]
        codes = list(dict.fromkeys(m.code for m in named))
        if len(codes) == 1:
            return codes[0], "heading"
        if len(codes) > 1:
            return (levels.subject if levels.subject in codes else codes[0]), "headings"
    return levels.subject, "subject"
