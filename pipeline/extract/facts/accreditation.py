"""Accrediting, certifying and licensing bodies that the provider says it has, with the kind as qualifier.

The name of an accrediting body in the body, a footer seal or a logo's text is such a statement; a state agency is one
only beside a word of licensing ("licensed by the Department of Mental Health"), never as a funder or a place to call.
"""

from __future__ import annotations

import re

from pipeline.extract.parsing.page import Block
from pipeline.extract.words.context import PageContext
from pipeline.extract.words.vocabulary import Mention
from pipeline.records import Assertion, Observation, Region
from pipeline.vocabulary.tables import rows

_KIND = {row["code"]: row["kind"] for row in rows("accreditation.csv")}
_LICENSED = re.compile(
    r"\b(?:licen[cs]\w*|certif(?:ied|ication)|accredit\w*|approved|regulated|authorized|credential\w*|licencia)\b",
    re.IGNORECASE,
)
LONGEST_SEAL = 120  # characters of a sentence that is a seal's or a line of seals


def find_accreditation(context: PageContext) -> list[Observation]:
    """Each body once for each assertion: the surest statement of it."""
    found: dict[tuple[str, Assertion], Observation] = {}
    for mention in context.named("accreditation"):
        block = context.block_at(mention.start)
        if block is None or block.region is Region.NAV:
            continue
        said = _said(context, mention, block)
        if said is None:
            continue
        assertion, confidence = said
        known = found.get((mention.code, assertion))
        if known is None or known.confidence < confidence:
            found[mention.code, assertion] = context.observe(
                field="accreditation",
                value=mention.code,
                start=mention.start,
                end=mention.end,
                assertion=assertion,
                method="accreditation.words",
                confidence=confidence,
                qualifier=_KIND[mention.code],
            )
    return list(found.values())


def _said(context: PageContext, mention: Mention, block: Block) -> tuple[Assertion, float] | None:
    """How the sentence stands to the body; None where it names the body as something else."""
    low, high = context.full_sentence(mention.start, mention.end)
    is_licensed = context.holds((low, high), _LICENSED) or any(
        context.tells(title, _LICENSED) for title in context.path(block)[:2]
    )
    if _KIND[mention.code] == "license" and not is_licensed:
        return None
    judged = context.judge(block, mention.start, mention.end, "accreditation")
    if judged.assertion is not Assertion.AFFIRMED:
        return judged.assertion, 0.85
    if not is_licensed and high - low > LONGEST_SEAL:
        return Assertion.AFFIRMED, 0.6
    return Assertion.AFFIRMED, 0.95 if is_licensed else 0.85
