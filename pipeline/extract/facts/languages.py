"""Languages besides English in which services are offered; interpreters and American Sign Language too.

A language counts where the words tie it to services, staff or speaking ("Se habla español", "bilingual clinicians",
"Languages: English, Spanish"). A language switch in the navigation, a translation widget and a notice of free
language assistance required by law (Section 1557) say nothing of the program.
"""

from __future__ import annotations

import re

from pipeline.extract.parsing.page import Block, Kind
from pipeline.extract.words.context import PageContext
from pipeline.records import Assertion, Observation, Region

_TIED = re.compile(
    r"\b(?:speak(?:s|ing|ers?)?|spoken|fluent|bilingual|multilingual|trilingual|languages?|interpret\w*|translat\w+|habla(?:mos|n)?|se habla|servicios en|fala(?:mos)?"
    r"|(?:services?|groups?|therapy|treatment|care|program(?:s|ming)?|iop|sessions?|offered|available|provided|conducted|counseling|staff|clinicians?|materials|assistance)"
    r"(?: \w+){0,4} in)\b|[-–]speaking\b|[-–]language\b",
    re.IGNORECASE,
)
_LISTED = re.compile(r"^\W*(?:languages?(?: spoken| offered| available)?|we speak|idiomas)\b", re.IGNORECASE)
_NOT = re.compile(
    r"\b(?:not|no|n['’]t|only in|english[- ]only|unable|without)\b(?:\s+\S+){0,6}\s*\Z", re.IGNORECASE
)
_PENDING = re.compile(r"\b(?:coming soon|will (?:soon )?be|plan to|hope to|soon)\b", re.IGNORECASE)
_LEGAL = re.compile(
    r"ATENCI[OÓ]N|ATTENTION:|free of charge|free (?:language )?(?:aids|assistance|interpret)|discriminat|1-?\(?[28]\d\d\)?[^.]{0,20}TTY|gratuit|Title VI",
    re.IGNORECASE,
)
_OPTIONS = 12  # a list of more languages than this is a translation widget
_TEACHING = re.compile(
    r"\b(?:degree|major(?:ed)?|minor(?:ed)?|studied|literature|bachelor|cuisine|food|restaurant|heritage|descent|born)\b",
    re.IGNORECASE,
)


def find_languages(context: PageContext) -> list[Observation]:
    """Each language once, with the words that name it."""
    named = [(match, context.block_at(match.start)) for match in context.named("language")]
    per_block: dict[int, int] = {}
    for _, block in named:
        if block is not None:
            per_block[block.index] = per_block.get(block.index, 0) + 1
    found: dict[tuple[str, Assertion], Observation] = {}
    for match, block in named:
        if (
            block is None
            or block.region in (Region.NAV, Region.WIDGET)
            or block.kind in (Kind.OPTION, Kind.LINK)
        ):
            continue
        code = match.code
        if per_block[block.index] > _OPTIONS:
            continue
        low, high = context.full_sentence(match.start, match.end)
        said = _said(context.page.text[low:high], match.start - low, match.end - low, code, context, block)
        if said is None:
            continue
        assertion, confidence = said
        found.setdefault(
            (code, assertion),
            Observation(
                "language", code, context.page.text[match.start : match.end], match.start, match.end, assertion=assertion,
                method="languages.words", confidence=confidence, qualifier="interpreter" if code == "interpreter" else None,
                section=context.section(match.start), url=context.page.url,
            ),
        )  # fmt: skip
    return list(found.values())


def _said(
    sentence: str, start: int, end: int, code: str, context: PageContext, block: Block
) -> tuple[Assertion, float] | None:
    """How the sentence stands to the language; None where it says nothing about services in it."""
    if _LEGAL.search(sentence) or _TEACHING.search(sentence):
        return None
    listed = _LISTED.match(sentence) or any(_LISTED.match(title) for title in context.titles(block.start)[:2])
    switch = len(sentence.strip()) <= 30 and not _TIED.search(sentence)
    if code != "interpreter" and not listed and (switch or not _TIED.search(sentence)):
        return None
    if sentence.rstrip().endswith("?"):
        return Assertion.QUESTION, 0.8
    if _NOT.search(sentence[:start]) or re.match(
        r"[^.,;]{0,30}\b(?:not|un)\s?(?:available|offered|provided)", sentence[end:]
    ):
        return Assertion.NEGATED, 0.85
    if _PENDING.search(sentence):
        return Assertion.HEDGED, 0.8
    return Assertion.AFFIRMED, 0.9 if listed or code != "interpreter" else 0.8
