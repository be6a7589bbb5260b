"""Intake status of the provider or of one program: accepting, waitlist, suspended or closed.

Patterns stand in `pipeline/vocabulary/accepting.csv`, in order: of two that overlap the earlier one wins, so that
"not accepting new patients" is never read as accepting. "Opening soon" is `suspended` with the qualifier `coming_soon`.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.extract.parsing.page import Block
from pipeline.extract.words.context import PageContext
from pipeline.extract.words.pieces import pieces
from pipeline.records import Assertion, Observation, Region
from pipeline.vocabulary.tables import rows

# One of these pieces stands in every statement.
_HINTS = pieces(
    "accept,wait,intake,admission,admit,enroll,referral,clos,capacity,full,suspend,paus,on hold,soon,opening,opens,prelaunch,"
    "pre-launch,not yet,not currently,unavailable,not operating,not running,discontinued,no longer,ceased,shut down,slot,spot,"
    "space,immediate,lista de,nuev,próximamente,same-day,same day,taking,welcoming,seeing,scheduling,not available,not offered,"
    "not being".split(",")
)
MAX_HINTS = 500  # of words that may begin a statement; no page of a provider has more
_VAGUE = ("coming soon", "próximamente")  # of what is seldom said: evidence, no status
_ELSE = re.compile(
    r"\b(?:blog|webinar|podcast|podcasts|newsletter|website|app|event|video|photos?|page|merch|course|book|store|registration|gallery)\b",
    re.IGNORECASE,
)


def _sentences(context: PageContext) -> list[tuple[int, int]]:
    """The sentences that may begin a statement, in order; each is looked up at the first of its hints."""
    found: dict[tuple[int, int], None] = {}
    low = high = 0
    for hint in context.spots(_HINTS)[:MAX_HINTS]:
        if not low <= hint < high:
            low, high = context.full_sentence(hint, hint + 1)
            found[low, high] = None
    return sorted(found)


def find_accepting(context: PageContext) -> list[Observation]:
    """Each status once for each assertion and section of the page."""
    taken: list[tuple[int, int]] = []
    found: dict[tuple[str, str | None, Assertion, str | None], Observation] = {}
    for low, high in _sentences(context):
        block = context.block_at(low)
        if block is None or block.region in (Region.NAV, Region.WIDGET):
            continue
        sentence = context.page.text[low:high]
        if not _any_pattern().search(sentence):
            continue
        for code, qualifier, pattern in _patterns():
            for match in pattern.finditer(sentence):
                start, end = low + match.start(), low + match.end()
                if start == end or any(left < end and start < right for left, right in taken[-20:]):
                    continue
                taken.append((start, end))
                if qualifier == "coming_soon" and _ELSE.search(sentence):
                    continue
                section = context.section(start)
                assertion = _assertion(context, block, start, end)
                observation = context.observe(
                    field="accepting",
                    value=code,
                    start=start,
                    end=end,
                    assertion=assertion,
                    method="accepting.pattern",
                    confidence=0.7 if qualifier else 0.9,
                    qualifier=qualifier,
                )
                found.setdefault((code, qualifier, assertion, section), observation)
    return sorted(found.values(), key=lambda observation: observation.start)


def _assertion(context: PageContext, block: Block, start: int, end: int) -> Assertion:
    if context.folded.startswith(_VAGUE, start):
        return Assertion.HEDGED
    judged = context.judge(block, start, end, "accepting")
    if judged.cue and context.folded.startswith(context.folded[judged.cue.start : judged.cue.end], start):
        return Assertion.AFFIRMED  # "no hoops, no waitlist"
    return judged.assertion


_PATTERN = r"(?<!\w)(?:{})\w{{0,6}}"


@cache
def _any_pattern() -> re.Pattern[str]:
    """What matches wherever any of the patterns does: most sentences hold none."""
    return re.compile(
        _PATTERN.format("|".join(row["pattern"] for row in rows("accepting.csv"))), re.IGNORECASE
    )


@cache
def _patterns() -> tuple[tuple[str, str | None, re.Pattern[str]], ...]:
    return tuple(
        (
            row["code"],
            row["qualifier"] or None,
            re.compile(_PATTERN.format(row["pattern"]), re.IGNORECASE),
        )
        for row in rows("accepting.csv")
    )
