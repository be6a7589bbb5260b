"""Intake status of the provider or of one program: accepting, waitlist, suspended or closed.

Patterns stand in `pipeline/vocabulary/accepting.csv`, in order: of two that overlap the earlier one wins, so that
"not accepting new patients" is never read as accepting. "Opening soon" is `suspended` with the qualifier `coming_soon`.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.extract._context import Around
from pipeline.extract._words import plain, rows
from pipeline.extract.page import Page, Region
from pipeline.records import Assertion, Observation

_GENERAL = re.compile(
    r"\b(?:(?:many|most|some|other|these|all) (?:\w+ ){0,2}(?:programs|facilities|providers|centers|clinics|therapists|practices)|often|typically|usually|whether"
    r"|ask (?:if|about)|programs (?:may|can|often|have)|find out|(?:may|can|might) have|check if|make sure)\b",
    re.IGNORECASE,
)
_VAGUE = ("coming soon", "próximamente")  # of what is seldom said: evidence, no status
_IF = re.compile(r"\b(?:if|when|unless|in the event|should)\b[^.,;]{0,60}$", re.IGNORECASE)
_ELSE = re.compile(
    r"\b(?:blog|webinar|podcast|podcasts|newsletter|website|app|event|video|photos?|page|merch|course|book|store|registration|gallery)\b",
    re.IGNORECASE,
)


def find_accepting(page: Page) -> list[Observation]:
    """Each status once for each assertion and section of the page."""
    around = Around(page)
    taken: list[tuple[int, int]] = []
    found: dict[tuple[str, str | None, Assertion, str | None], Observation] = {}
    for code, qualifier, pattern in _patterns():
        for match in pattern.finditer(page.text):
            start, end = match.span()
            if start == end or any(low < end and start < high for low, high in taken):
                continue
            block = around.block(start)
            if block is not None and block.region in (Region.NAV, Region.WIDGET):
                continue
            taken.append((start, end))
            low, high = around.sentence(start, end)
            sentence = page.text[low:high]
            if qualifier == "coming_soon" and _ELSE.search(sentence):
                continue
            section = around.section(start)
            assertion = (
                Assertion.HEDGED if plain(match[0]).startswith(_VAGUE) else _assertion(sentence, start - low)
            )
            observation = Observation(
                "accepting", code, match[0], start, end, assertion=assertion, method="accepting.pattern",
                confidence=0.7 if qualifier else 0.9, qualifier=qualifier, section=section, url=page.url,
            )  # fmt: skip
            found.setdefault((code, qualifier, assertion, section), observation)
    return sorted(found.values(), key=lambda observation: observation.start)


def _assertion(sentence: str, at: int) -> Assertion:
    if sentence.rstrip().endswith("?"):
        return Assertion.QUESTION
    if _IF.search(sentence[:at]):
        return Assertion.CONDITIONAL
    return Assertion.GENERIC if _GENERAL.search(sentence) else Assertion.AFFIRMED


@cache
def _patterns() -> tuple[tuple[str, str | None, re.Pattern[str]], ...]:
    return tuple(
        (
            row["code"],
            row["qualifier"] or None,
            re.compile(rf"(?<!\w)(?:{row['pattern']})\w{{0,6}}", re.IGNORECASE),
        )
        for row in rows("accepting.csv")
    )
