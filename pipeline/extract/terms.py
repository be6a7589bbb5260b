"""Conditions, exclusions, populations and modalities: vocabulary mentions of the page body, judged in their context."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.extract.assertion import Judgement
from pipeline.extract.context import PageContext
from pipeline.extract.levels import Levels, governing_level
from pipeline.extract.page import Block, Kind, Region
from pipeline.extract.vocabulary import Mention
from pipeline.records import Assertion, Observation

_FIELDS = frozenset({"condition", "exclusion", "population", "modality"})
_EXCLUDING = re.compile(
    r"\b(?:exclu(?:de|sion|sionary)|not (?:be )?(?:appropriate|a (?:good )?fit|eligible|suitable|right|for everyone|accepted|treat)|"
    r"do not treat|don't treat|cannot (?:accept|treat)|ineligible|contraindicat|rule[- ]?outs?|not (?:able|equipped))"
)
_SYMPTOMS = re.compile(
    r"\b(?:signs|symptoms|warning|causes?|effects?|statistics|what is|what are|side effects|types of|myths?|facts about|"
    r"testimonials?|reviews?|our (?:team|staff)|meet (?:our|the)|about the author|references|sources|resources|related|blog|"
    r"latest|careers?|staff|leadership)\b"
)
# A condition that the page excludes, as the exclusion that it means.
AS_EXCLUSION = {
    "psychosis": "active_psychosis",
    "schizophrenia": "active_psychosis",
    "suicidality": "acute_suicidality",
    "self_harm": "acute_suicidality",
    "substance_use": "active_substance_use",
}
_BASE = {"condition": 0.86, "modality": 0.88, "population": 0.85, "exclusion": 0.85}


def find_terms(context: PageContext, levels: Levels) -> Iterator[Observation]:
    """Every vocabulary mention of the body as an observation, affirmed or not."""
    for mention in context.mentions:
        if mention.field not in _FIELDS:
            continue
        block = context.block_at(mention.start)
        if block is None or block.region is not Region.MAIN:
            continue
        yield _observe(context, levels, mention, block)


def _observe(context: PageContext, levels: Levels, mention: Mention, block: Block) -> Observation:
    judged = context.judge(block, mention.start, mention.end)
    field, code = mention.field, mention.code
    excluded = judged.assertion is Assertion.NEGATED or _in_excluding_list(context, block)
    said, confidence = judged.assertion, _BASE[field]
    if field == "exclusion":
        said = Assertion.AFFIRMED if excluded else Assertion.CONDITIONAL
    elif excluded:
        if field == "condition" and code in AS_EXCLUSION and _in_excluding_list(context, block):
            field, code, said = "exclusion", AS_EXCLUSION[code], Assertion.AFFIRMED
        else:
            said = Assertion.NEGATED
    said, confidence = _by_place(context, block, said, confidence, judged)
    level, how = governing_level(context, levels, block, mention.start, mention.end)
    return Observation(
        field=field,
        value=code,
        quote=context.page.text[mention.start : mention.end],
        start=mention.start,
        end=mention.end,
        assertion=said,
        method=f"terms.{how}" + (f".{judged.cue.category}" if judged.cue else ""),
        confidence=confidence,
        level_of_care=level,
        section=context.page.heading_path(block) or None,
    )


def _by_place(
    context: PageContext, block: Block, said: Assertion, confidence: float, judged: Judgement
) -> tuple[Assertion, float]:
    """What headings, links and list form add: a section on symptoms or staff says nothing of what is treated here."""
    if said is not Assertion.AFFIRMED:
        return said, confidence
    for governor in context.path(block):
        folded = context.folded[governor.start : governor.end]
        if _SYMPTOMS.search(folded) and not _EXCLUDING.search(folded):
            return Assertion.GENERIC, confidence
    if block.kind is Kind.LINK:
        return said, confidence - 0.12
    if block.kind in (Kind.ITEM, Kind.CELL, Kind.TERM) or block.level:
        return said, confidence + 0.04
    return said, confidence


def _in_excluding_list(context: PageContext, block: Block) -> bool:
    """Whether the list or section that holds the block says for whom the program is not."""
    return any(_EXCLUDING.search(context.folded, g.start, g.end) for g in context.path(block)[:2])
