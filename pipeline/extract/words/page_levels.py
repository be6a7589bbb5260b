"""The levels of care of one page: every mention judged, and what the page is about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from pipeline.extract.words.context import PageContext
from pipeline.extract.words.day_treatment import resolve_names
from pipeline.extract.words.level_offers import is_refused, strength
from pipeline.extract.words.levels import WEAK, LevelMention, Levels, levels_in, levels_in_url
from pipeline.records import Region

_OURS = re.compile(
    r"\b(?:our|nuestr[oa]s?)(?: own| in-house| on-site)?(?: \w+)?\W*\Z|\b(?:own|in-house|on-site)\W+\Z"
)


def read_levels(context: PageContext) -> Levels:
    """All mentions of levels on the page, judged, and the level(s) that the page is about."""
    levels = Levels([])
    for found in context.mentions:
        if found.field == "level_of_care" and (block := context.block_at(found.start)) is not None:
            judgement = context.judge(block, found.start, found.end, "level")
            before = levels.by_block.get(block.index, [])
            repeats = bool(before) and before[-1].is_ours and found.start - before[-1].end <= len(" (")
            mention = LevelMention(
                found.code,
                found.start,
                found.end,
                block,
                judgement,
                found.code in WEAK and "level " not in context.folded[found.start : found.end],
                repeats
                or bool(_OURS.search(context.folded, max(block.start, found.start - 30), found.start)),
            )
            levels.mentions.append(mention)
            levels.by_block.setdefault(block.index, []).append(mention)
    resolved = resolve_names(context, levels)
    levels.subjects = _subjects(context, levels, resolved)
    vetoed = {m.code for m in levels.mentions if is_refused(context, m)} - set(levels.subjects[:1])
    for mention in levels.mentions:
        if mention.code not in vetoed:
            mention.strength = strength(context, levels, mention)
    return levels


def _subjects(context: PageContext, levels: Levels, resolved: Mapping[str, str]) -> list[str]:
    """The levels by how much the page is about them; `resolved`: what its names of several meanings mean here."""
    weight: Counter[str] = Counter()
    first = next((b for b in context.main if b.level == 1), None)
    if first is not None:
        for mention in levels.by_block.get(first.index, ()):
            if mention.is_here:
                weight[mention.code] += 10 if mention.is_weak else 40
    for found in (
        levels_in(context.page.title[:200]),
        levels_in_url(context.page.url or context.page.canonical),
    ):
        for code in found:
            weight[resolved.get(code, code)] += 8 if code in WEAK else 25
    for mention in levels.mentions:
        if (
            mention.block.region is Region.MAIN
            and mention.is_here
            and not (mention.is_weak and not mention.block.level)
        ):
            weight[mention.code] += 5 if mention.block.level else 1 if mention.is_weak else 3
    return [code for code, _ in weight.most_common()]
