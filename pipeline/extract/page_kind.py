"""What a page is (program, location, contact, organization, article, directory, job, other) and whether it lists.

Weighted cues (`kind_cues.csv`) in text and address, the markup's own word (JSON-LD types, og:type), the voice in which
levels of care are spoken of, and how many different organizations print a phone. The weights add up to a score.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.extract.parsing.json_ld import types_of
from pipeline.extract.parsing.text import fold
from pipeline.extract.words.context import PageContext
from pipeline.extract.words.levels import Levels
from pipeline.extract.words.scanner import Scanner
from pipeline.records import Region

CUES = Path(__file__).with_name("kind_cues.csv")
HOSTS = Path(__file__).with_name("non_provider_hosts.csv")
_ARTICLE_TYPES = {"Article", "BlogPosting", "NewsArticle", "MedicalScholarlyArticle", "TechArticle"}
_PROVIDER_TYPES = {
    "MedicalBusiness",
    "MedicalClinic",
    "Hospital",
    "LocalBusiness",
    "MedicalOrganization",
    "MedicalTherapy",
    "Service",
}
WORDY = 120  # words of body after which a provider has said "our" or "we"
TITLE = 100  # characters that stand for a title where there is none
MOST = 3  # hits of one cue that count
READ, TAIL = 12_000, 2_000  # characters of body that the cues look at, and how many of them from its end


@dataclass(frozen=True, slots=True)
class PageKind:
    """The kind, whether the page lists a provider's own program, the score and what it is made of."""

    kind: str
    is_listing: bool
    score: float
    reasons: tuple[tuple[str, float], ...]


@lru_cache(maxsize=1)
def _cues() -> list[tuple[str, float, str, re.Pattern[str]]]:
    """(kind, weight, where, pattern)."""
    with CUES.open(encoding="utf-8") as rows:
        return [
            (r["kind"], float(r["weight"]), r["where"], re.compile(r["pattern"]))
            for r in csv.DictReader(rows)
        ]


@lru_cache(maxsize=1)
def _scanners() -> dict[str, tuple[list[int], Scanner]]:
    """Where to look → the numbers of the cues that are looked for there, and their scanner."""
    numbers: dict[str, list[int]] = {}
    for number, (_, _, where, _) in enumerate(_cues()):
        numbers.setdefault(where, []).append(number)
    return {where: (own, Scanner([_cues()[i][3] for i in own])) for where, own in numbers.items()}


@lru_cache(maxsize=1)
def _hosts() -> dict[str, str]:
    if not HOSTS.exists():
        return {}
    with HOSTS.open(encoding="utf-8") as rows:
        return {r["host"]: r["kind"] for r in csv.DictReader(rows)}


def read_kind(context: PageContext, levels: Levels) -> PageKind:
    """Judge the page. A page without any level, program or treatment words is `other`."""
    page = context.page
    reasons: list[tuple[str, float]] = []
    body = _body(context)
    words = max(len(body) / 6, 1)
    url = (page.url or page.canonical or "").lower()
    parts = urlsplit(url)
    path = parts.path + ("?" + parts.query if parts.query else "")
    places = {"text": body, "url": path, "host": parts.hostname or "", "title": _title(context)}
    by_kind: dict[str, float] = {}
    hits: dict[int, list[re.Match[str]]] = {}
    for where, (numbers, scanner) in _scanners().items():
        hits |= {numbers[i]: found for i, found in scanner.find(places[where], MOST).items()}
    for number, found in sorted(hits.items()):
        kind, weight, where, _ = _cues()[number]
        value = weight * (1 + math.log2(len(found))) / (_dilution(words) if where == "text" else 1)
        by_kind[kind] = by_kind.get(kind, 0.0) + value
        reasons.append((f"{kind}: {found[0][0]!r} ×{len(found)}", value))
    is_site = len({b.region for b in page.blocks}) > 1
    for name, value in (*_marks(context, levels, url), *_voice(body, words, is_site)):
        kind, _, reason = name.partition(":")
        by_kind[kind] = by_kind.get(kind, 0.0) + value
        reasons.append((f"{kind}: {reason}", value))
    score = sum(by_kind.values())
    is_listing = score > 0
    return PageKind(_name(context, levels, path, by_kind, is_listing), is_listing, score, tuple(reasons))


def _dilution(words: float) -> float:
    """Long pages hold every cue once: what counts is how dense they are."""
    return max(1.0, math.log10(words) - 1.6)


def _body(context: PageContext) -> str:
    """The body's first and last words: enough to know who speaks, and the same work for any page."""
    body = "\n".join(context.folded[b.start : b.end] for b in context.page.blocks if b.region is Region.MAIN)
    return body if len(body) <= READ else body[: READ - TAIL] + "\n" + body[-TAIL:]


def _title(context: PageContext) -> str:
    """The title and the first heading of the body, or its first words."""
    first = next((b for b in context.page.blocks if b.level and b.region is Region.MAIN), None)
    words = first.text if first else context.page.text[:TITLE]
    return fold(context.page.title + "\n" + words)


_PHONE = re.compile(r"\(?\b\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}\b")
_OWN_VOICE = re.compile(r"\b(?:our|we|us)\b")
_PLURAL = re.compile(
    r"\b(?:iops|phps|(?:intensive outpatient|partial hospitali[sz]ation|outpatient) programs)\b"
)


def _voice(body: str, words: float, is_site: bool) -> Iterator[tuple[str, float]]:
    """Who speaks: a provider says "our"; articles say "IOPs"; directories print everybody's phone."""
    own = len(_OWN_VOICE.findall(body))
    if not own:
        phones = len(set(_PHONE.findall(body)))
        if phones > 1 and not is_site:
            yield "directory:several phones and nobody's voice", -1.0 * min(phones - 1, 2)
        if words > WORDY:
            yield "article:nobody speaks of their own program", -3.0
    plural = len(_PLURAL.findall(body))
    if plural > 2 and plural > own:
        yield "article:programs in general", -1.5


def _marks(context: PageContext, levels: Levels, url: str) -> list[tuple[str, float]]:
    page = context.page
    marks: list[tuple[str, float]] = []
    host = urlsplit(url).hostname or ""
    labels = host.split(".")
    parents = (".".join(labels[i:]) for i in range(len(labels) - 1))
    marks += [(f"{_hosts()[part]}:known host {part}", -8.0) for part in parents if part in _hosts()]
    if host.endswith((".gov", ".mil")) or ".state." in host:
        marks.append(("directory:government host", -4.0))
    types: set[str] = set()
    for node in page.json_ld:
        types |= types_of(node)
    is_posted = page.meta.get("og:type") == "article" and "article:published_time" in page.meta
    if types & _ARTICLE_TYPES or is_posted:
        marks.append(("article:marked as an article", -3.0))
    if types & _PROVIDER_TYPES:
        marks.append(("program:structured data of a provider", 2.0))
    regions = {b.region for b in page.blocks}
    if len(regions) > 1:
        marks.append(("program:a whole site page", 1.5))
    if levels.subject and any(m.is_offer and m.strength >= 0.9 for m in levels.mentions):
        marks.append(("program:a level of care in a heading", 1.2))
    if any(m.is_offer for m in levels.mentions):
        marks.append(("program:a level of care offered", 0.8))
    elif not levels.mentions:
        marks.append(("other:no level of care named", -1.5))
    return marks


_NAMES = (
    ("contact", re.compile(r"contact|directions|get-help|schedule")),
    ("location", re.compile(r"location|facilit|area|directions|campus")),
    ("organization", re.compile(r"about|home|insurance|rates|admission|faq|verify|team|payment")),
)


def _name(
    context: PageContext, levels: Levels, path: str, by_kind: dict[str, float], is_listing: bool
) -> str:
    if not is_listing:
        worst = min(((v, k) for k, v in by_kind.items() if k != "program"), default=(0.0, "other"))
        return worst[1] if worst[0] < 0 else "other"
    head = (path or context.page.title).lower()
    for kind, pattern in _NAMES:
        if pattern.search(head) and not any(m.is_offer and m.strength > 0.9 for m in levels.mentions):
            return kind
    if path in ("/", ""):
        return "program" if levels.subject else "organization"
    return (
        "program"
        if levels.subject or any(m.field == "modality" for m in context.mentions)
        else "organization"
    )
