"""Languages besides English in which services are offered; interpreters and American Sign Language too.

A language counts where the words tie it to services, staff or speaking ("Se habla español", "bilingual clinicians",
"Languages: English, Spanish"). A language switch in the navigation, a translation widget and a notice of free
language assistance required by law (Section 1557) say nothing of the program.
"""

from __future__ import annotations

import re
from collections import Counter

from pipeline.extract.parsing.page import Block, Kind
from pipeline.extract.words.context import PageContext
from pipeline.extract.words.vocabulary import Mention
from pipeline.records import Assertion, Observation, Region

_TIED = re.compile(
    r"\b(?:speak(?:s|ing|ers?)?|spoken|fluent|bilingual|multilingual|trilingual|languages?|interpret\w*|translat\w+|habla(?:mos|n)?|se habla|servicios en|fala(?:mos)?"
    r"|(?:services?|groups?|therapy|treatment|care|program(?:s|ming)?|iop|sessions?|offered|available|provided|conducted|counseling|staff|clinicians?|materials|assistance)"
    r"(?: \w+){0,4} in)\b|[-–]speaking\b|[-–]language\b",
    re.IGNORECASE,
)
_LISTED = re.compile(r"^\W*(?:languages?(?: spoken| offered| available)?|we speak|idiomas)\b", re.IGNORECASE)
_LEGAL = re.compile(
    r"ATENCI[OÓ]N|ATTENTION:|free of charge|free (?:language )?(?:aids|assistance|interpret)|discriminat|1-?\(?[28]\d\d\)?[^.]{0,20}TTY|gratuit|Title VI",
    re.IGNORECASE,
)
ANY = "mul"  # whatever language is asked for, through an interpreter
_OPTIONS = 12  # a list of more languages than this is a translation widget
_TEACHING = re.compile(
    r"\b(?:degree|major(?:ed)?|minor(?:ed)?|studied|literature|bachelor|cuisine|food|restaurant|heritage|descent|born)\b",
    re.IGNORECASE,
)


def find_languages(context: PageContext) -> list[Observation]:
    """Each language once, with the words that name it."""
    named = [
        (mention, block)
        for mention in context.named("language")
        if (block := context.block_at(mention.start)) is not None
    ]
    per_block = Counter(block.index for _, block in named)
    found: dict[tuple[str, Assertion], Observation] = {}
    for mention, block in named:
        is_switch = block.region in (Region.NAV, Region.WIDGET) or block.kind in (Kind.OPTION, Kind.LINK)
        if is_switch or per_block[block.index] > _OPTIONS or _of_one(context, mention):
            continue
        if said := _said(context, mention, block):
            assertion, confidence = said
            observation = context.observe(
                field="language",
                value=mention.code,
                start=mention.start,
                end=mention.end,
                assertion=assertion,
                method="languages.words",
                confidence=confidence,
                qualifier="interpreter" if mention.code == ANY else None,
            )
            found.setdefault((mention.code, assertion), observation)
    return list(found.values())


def _of_one(context: PageContext, mention: Mention) -> bool:
    """Whether interpreters are those of the language named right before ("ASL interpreters"), not of any."""
    return mention.code == ANY and any(
        other.end < mention.start and not context.page.text[other.end : mention.start].strip()
        for other in context.named("language")
    )


def _said(context: PageContext, mention: Mention, block: Block) -> tuple[Assertion, float] | None:
    """How the sentence stands to the language; None where it says nothing about services in it."""
    low, high = context.full_sentence(mention.start, mention.end)
    sentence = context.page.text[low:high]
    if _LEGAL.search(sentence) or _TEACHING.search(sentence):
        return None
    is_listed = any(map(_LISTED.match, (sentence, *context.titles(mention.start)[:2])))
    if mention.code != ANY and not is_listed and not _TIED.search(sentence):
        return None
    judged = context.judge(block, mention.start, mention.end, "language")
    if judged.assertion is not Assertion.AFFIRMED:
        return judged.assertion, 0.85
    return Assertion.AFFIRMED, 0.9 if is_listed or mention.code != ANY else 0.8
