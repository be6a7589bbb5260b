"""Whose page it is: the name in structured data, the site name, the title's last part, or the copyright line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.extract.parsing.json_ld import types_of
from pipeline.extract.parsing.page import Page, Region
from pipeline.extract.words.levels import levels_in
from pipeline.records import Observation

_KINDS = {
    "Organization",
    "MedicalOrganization",
    "MedicalBusiness",
    "MedicalClinic",
    "LocalBusiness",
    "Hospital",
    "HealthAndBeautyBusiness",
    "ProfessionalService",
    "Physician",
    "NGO",
}
_SPLIT = re.compile(r"\s+[|–—:·-]\s+")
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)\s*(?:copyright\s*)?(?:\d{4}(?:\s*[-–]\s*\d{4})?)?,?\s*(?:by\s+)?([A-Z][^.|©\n]{2,70}?)(?=\.|\||,? all rights|,? inc|\s*$|\n)",
    re.I,
)
_OWN = re.compile(r"\b[Aa]t ([A-Z][\w'&]+(?: (?:of|the|and|for|in|&|[A-Z][\w'&]+)){0,5}?),? (?:our|we|you)\b")
_STATED = re.compile(
    r"\b([A-Z][\w'&]+(?: (?:of|the|and|for|&|[A-Z][\w'&]+)){1,5}) (?:\([A-Z]{2,6}\) )?(?:offers|provides)\b"
)
_NOT_NAMES = re.compile(
    r"^(?:home|welcome|contact|about|locations?|insurance|admissions?|faqs?|services?|programs?|treatment)\b",
    re.I,
)


def find_organization(page: Page) -> tuple[str | None, list[Observation]]:
    """The operator's name as printed and the observations of it; None where nothing names it."""
    name = None
    for candidate, method, confidence in _candidates(page):
        name = name or candidate
        if found := _observe(page, candidate, method, confidence):
            return name, [found]
    return name, []


def _candidates(page: Page) -> Iterator[tuple[str, str, float]]:
    for node in page.json_ld:
        if types_of(node) & _KINDS and isinstance(node.get("name"), str):
            yield node["name"].strip(), "organization.json_ld", 0.9
            break
    if name := page.meta.get("og:site_name"):
        yield name, "organization.site_name", 0.85
    for block in page.blocks:
        if block.region is Region.FOOTER and (found := _COPYRIGHT.search(block.text)):
            yield found[1].strip(" ,-"), "organization.copyright", 0.8
    parts = _SPLIT.split(page.title)
    if len(parts) > 1:
        last = parts[-1].strip()
        if not levels_in(last) and not _NOT_NAMES.match(last):
            yield last, "organization.title", 0.6
    for pattern in (_OWN, _STATED):
        if (found := pattern.search(page.text[:20_000])) and not levels_in(found[1]):
            yield found[1], "organization.text", 0.6


def _observe(page: Page, name: str, method: str, confidence: float) -> Observation | None:
    start = page.text.find(name)
    if start < 0 or not name:
        return None
    return Observation(
        "organization", name, name, start, start + len(name), method=method, confidence=confidence
    )
