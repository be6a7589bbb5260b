"""Accrediting, certifying and licensing bodies that the provider says it has, with the kind as qualifier.

The name of an accrediting body in the body, a footer seal or a logo's text is such a statement; a state agency is one
only beside a word of licensing ("licensed by the Department of Mental Health"), never as a funder or a place to call.
"""

from __future__ import annotations

import re

from pipeline.extract.words.context import PageContext
from pipeline.records import Assertion, Observation, Region
from pipeline.vocabulary.tables import rows

_KIND = {row["code"]: row["kind"] for row in rows("accreditation.csv")}
_LICENSED = re.compile(
    r"\b(?:licen[cs]\w*|certif(?:ied|ication)|accredit\w*|approved|regulated|authorized|credential\w*|licencia)\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|n['’]t|never|no longer|without|lost|un)\b[\s-]*(?:\S+\s+){0,4}$", re.IGNORECASE)
_PENDING = re.compile(
    r"\b(?:pending|seeking|in the process|working toward|applied|applying|application|candidate|preparing|will be|to be|expected|pursuing|in progress|readiness)\b",
    re.IGNORECASE,
)
_GENERAL = re.compile(
    r"\b(?:look for|choose|should|ask (?:if|whether|about)|make sure|whether|such as those|programs that are|facilities that are|facility that is|find a|according to|study|studies"
    r"|report(?:s|ed)? (?:by|that|a)|complaints?|concerns?|contact the|call the|hotline|standards? (?:of|set by)|guidelines|funded|funding|grant|worked (?:at|for)|formerly|surveyor for|data from)\b",
    re.IGNORECASE,
)


def find_accreditation(context: PageContext) -> list[Observation]:
    """Each body once for each assertion: the surest statement of it."""
    found: dict[tuple[str, Assertion], Observation] = {}
    for match in context.named("accreditation"):
        block = context.block_at(match.start)
        if block is not None and block.region is Region.NAV:
            continue
        code = match.code
        low, high = context.full_sentence(match.start, match.end)
        sentence = context.page.text[low:high]
        said = _said(sentence, match.start - low, _KIND[code], context.titles(match.start)[:2])
        if said is None:
            continue
        assertion, confidence = said
        known = found.get((code, assertion))
        if known is None or known.confidence < confidence:
            found[code, assertion] = Observation(
                "accreditation", code, context.page.text[match.start : match.end], match.start, match.end, assertion=assertion,
                method="accreditation.words", confidence=confidence, qualifier=_KIND[code],
                section=context.section(match.start), url=context.page.url,
            )  # fmt: skip
    return list(found.values())


def _said(sentence: str, start: int, kind: str, titles: list[str]) -> tuple[Assertion, float] | None:
    """How the sentence stands to the body; None where it names the body as something else."""
    licensed = _LICENSED.search(sentence) or any(map(_LICENSED.search, titles))
    if kind == "license" and not licensed:
        return None
    if sentence.rstrip().endswith("?"):
        return Assertion.QUESTION, 0.8
    if _NOT.search(sentence[:start]):
        return Assertion.NEGATED, 0.85
    if _PENDING.search(sentence):
        return Assertion.HEDGED, 0.85
    if _GENERAL.search(sentence):
        return Assertion.GENERIC, 0.8
    if not licensed and len(sentence) > 120:
        return Assertion.AFFIRMED, 0.6
    return Assertion.AFFIRMED, 0.95 if licensed else 0.85
