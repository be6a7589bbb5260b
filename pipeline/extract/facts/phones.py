"""Telephone numbers of the provider, by kind: main, admissions, fax, crisis, tracking; others are told apart too.

Numbers of others (988, the SAMHSA helpline, a licensing board) and those of back offices and for the deaf are kept as
evidence with the assertion GENERIC; `CALLABLE` names the kinds that a directory shows first.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.extract.parsing.page import Block
from pipeline.extract.words.context import PageContext
from pipeline.normalize.phone import FoundPhone, e164, national_line, phones_in
from pipeline.records import Assertion, Observation

CALLABLE = frozenset({"main", "admissions", "tracking"})
STATED = CALLABLE | {
    "fax",
    "crisis",
}  # the kinds that are facts; the others are "office", "tty" and "national"

_KINDS = (  # the last label before the number wins; within one label, the first of these
    ("fax", r"\bfax(?:es|ed|ing)?\b|\bfacsimile\b|\bfx\b|(?-i:(?:^|[\s|•·(])F\s?[:.]?\s*$)"),
    ("tty", r"\bT(?:TY|DD)\b"),
    ("crisis", r"\bcrisis\b|\bin an? emergency|\bemergency (?:services|line)|\bsuicid"),
    (
        "office",
        r"\bbilling\b|\baccounts? payable|\bmedical records?\b|\bhuman resources\b|\bcareers?\b|\bmedia (?:inquir|contact)"
        r"|\bpress\b|\bcompliance\b|\bpharmacy\b|\bEAP\b|\bcomplaints?\b|\bgrievances?\b|\bprivacy\b|\bdonat",
    ),
    (
        "admissions",
        r"\badmissions?\b|\badmit|\bintake\b|\breferrals?\b|\benrol|\bget started\b|\bnew (?:patients?|clients?)\b|\badmisiones\b",
    ),
    (
        "main",
        r"\b(?:phone|tel\.?|telephone|call)\s*(?:/|and|&)\s*fax\b|\bour office\b|\bmain\b|\breception\b|\bfront desk\b|\boffice(?: phone)?\s*:",
    ),
)
_KIND = re.compile("|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS), re.IGNORECASE | re.MULTILINE)
_AFTER = re.compile(
    r"^[ \t(\[,–—-]{0,4}(?:(?P<fax>fax|facsimile)|(?P<admissions>admissions|intake)|(?P<tty>tty|tdd)|(?P<crisis>crisis)"
    r"|(?P<office>billing|medical records))\b(?!@|\s*[:.]?\s*[(+]?\d)",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:SAMHSA|national (?:helpline|hotline|suicide)|(?:suicide|crisis)[^.\n]{0,20}lifeline|lifeline\b|samaritans|helpline for|NAMI"
    r"|joint commission|department of (?:public|mental|health|social|human|justice)|(?:licensing|medical) board|board of registration"
    r"|office for civil rights|ombuds|poison control|alcoholics anonymous|narcotics anonymous|al-anon|domestic violence (?:hot|help)line"
    r"|state (?:hot|help)line|legal aid|attorney general|web ?(?:site)? design)",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(?:phone|call|tel|fax|text|line|number|cell|mobile|dial|ph|p|t|f|:)\W{0,4}$", re.IGNORECASE
)
_PERSONAL = re.compile(r"\b(?:cell|mobile)(?:[- ]?phone| number)?\W{0,3}\Z", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[.!]\s|[;|•]|\n(?=.*\n)")


@dataclass(frozen=True, slots=True)
class PrintedPhone:
    number: str
    start: int
    end: int
    kind: str | None  # None where no label says
    whose: Assertion
    confidence: float
    locator: str | None = None


def find_phones(context: PageContext) -> list[Observation]:
    """One observation for each number and owner, where it stands first with the words that tell its kind."""
    groups: dict[tuple[str, bool], list[PrintedPhone]] = defaultdict(list)
    for seen in (*_printed(context), *_linked(context)):
        groups[seen.number, seen.whose is Assertion.AFFIRMED].append(seen)
    return [_observation(context, seen, _kind_of(seen)) for seen in groups.values()]


def _printed(context: PageContext) -> Iterator[PrintedPhone]:
    text, last = context.page.text, 0
    for found in phones_in(text):
        label = context.before(found.start)
        gap = found.start - last
        if gap < len(label):
            label = label[len(label) - gap :]
        last = found.end
        if _PERSONAL.search(label):
            continue  # no personal contact data
        if found.is_bare and not _is_phone(context, found, label):
            continue
        whose = Assertion.GENERIC if _is_others(context, found, label) else Assertion.AFFIRMED
        kind = "national" if national_line(found.number) else _label_kind(context, found, label)
        confidence = 0.85 if found.is_bare else 0.95
        yield PrintedPhone(found.number, found.start, found.end, kind, whose, confidence)


def _linked(context: PageContext) -> Iterator[PrintedPhone]:
    """Numbers that only the target of a link holds: behind "Call us", or swapped in for a printed one (tracking)."""
    for block in context.page.blocks:
        for url in block.links:
            number = e164(url) if url.startswith("tel:") else None
            if not number:
                continue
            printed = {found.number for found in phones_in(block.text)}
            if number in printed or national_line(number):
                continue
            start, end = _anchor_span(block, context.page.calls.get(url, ""))
            quote = context.page.text[start:end]
            kind = "tracking" if any(phones_in(quote)) else _named(quote)
            yield PrintedPhone(number, start, end, kind, Assertion.AFFIRMED, 0.8, url)


def _anchor_span(block: Block, anchor: str) -> tuple[int, int]:
    at = block.text.find(anchor) if anchor else -1
    return (block.start + at, block.start + at + len(anchor)) if at >= 0 else (block.start, block.end)


def _is_phone(context: PageContext, found: FoundPhone, label: str) -> bool:
    """Ten digits in a row are a telephone number where a label, a link or standing alone says so."""
    block = context.block_at(found.start)
    alone = block is not None and len(block.text.strip()) <= found.end - found.start + 2
    linked = block is not None and any(
        e164(url) == found.number for url in block.links if url.startswith("tel:")
    )
    return alone or linked or bool(_LABELLED.search(label))


def _is_others(context: PageContext, found: FoundPhone, label: str) -> bool:
    if national_line(found.number):
        return True
    clause = _CLAUSE_END.split(label)[-1]
    return bool(
        _OTHERS.search(clause)
        or _OTHERS.match(context.page.text[found.end : found.end + 30].lstrip(" (-–—,"))
    )


def _label_kind(context: PageContext, found: FoundPhone, label: str) -> str | None:
    kind = _named(_CLAUSE_END.split(label)[-1])
    if kind:
        return None if kind == "main" else kind
    after = _AFTER.match(context.page.text[found.end : found.end + 24])
    if after:
        return after.lastgroup
    for title in context.titles(found.start)[:1]:
        named = _named(title) if len(title) <= 40 else None
        if named and named != "main":
            return named
    return None


def _named(label: str) -> str | None:
    """The kind that the last label in the words names."""
    kinds = [found.lastgroup for found in _KIND.finditer(label)]
    if "fax" in kinds and kinds[-1] != "main":
        return "fax"  # "Fax referrals to …"
    return kinds[-1] if kinds else None


def _kind_of(seen: list[PrintedPhone]) -> str:
    """Kind of a number from all its occurrences: a fax is a fax, an unlabelled one also answers as the main line."""
    kinds = [one.kind for one in seen]
    for kind in ("national", "fax", "tty"):
        if kind in kinds:
            return kind
    if None in kinds:
        return "main"
    return max(filter(None, kinds), key=kinds.count)


def _observation(context: PageContext, seen: list[PrintedPhone], kind: str) -> Observation:
    best = next((one for one in seen if one.kind == kind), seen[0])
    return context.observe(
        field="phone",
        value=best.number,
        start=best.start,
        end=best.end,
        assertion=best.whose if kind in STATED else Assertion.GENERIC,
        method="phones",
        confidence=best.confidence,
        qualifier=kind,
        locator=best.locator,
    )
