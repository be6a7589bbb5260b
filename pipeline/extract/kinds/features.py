"""What can be seen of a page that tells whose it is: named features that hold or not.

Cues (`cues.csv`: feature, class, where, pattern), who speaks, what the markup says, the shape of title and address,
what it links to. None counts how long a page is: words count by how dense they stand, or near the page's beginning.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from pipeline.extract.kinds.signs import (
    ANY,
    AT_OPENING,
    IN_GENERAL,
    MORE_OTHER,
    MORE_OWN,
    MOST_OWN,
    NAMED,
    NO_ADDRESS,
    NOBODYS,
    ONLY_OTHER,
    ONLY_OWN,
    OWN,
    SPEAKS,
    TWO_OTHER,
    cues,
)
from pipeline.extract.parsing.json_ld import types_of
from pipeline.extract.parsing.page import Page
from pipeline.extract.parsing.parse import BODY_CLASS
from pipeline.extract.parsing.text import fold, places
from pipeline.extract.words.context import PageContext
from pipeline.extract.words.levels import Levels
from pipeline.extract.words.scanner import Scanner
from pipeline.records import Region
from sources.urls import registrable

OPENING = 400  # characters of body at its beginning, where a page says what it is
TITLE = 100  # characters that stand for a title where there is none
READ, TAIL = 12_000, 2_000  # characters of body that the cues look at, and how many of them from its end
DENSE = 4_500  # characters of body in which a cue has to stand once
MOST = 3  # hits of one cue that are looked for
_PLACES = {"text": "text", "opening": "opening", "title": "title", "url": "address"}


@lru_cache(maxsize=1)
def _scanners() -> dict[str, tuple[list[int], Scanner]]:
    """Where to look → the numbers of the cues that are looked for there, and their scanner."""
    numbers: dict[str, list[int]] = {}
    for number, cue in enumerate(cues()):
        numbers.setdefault(cue.where, []).append(number)
    return {where: (own, Scanner([cues()[i].pattern for i in own])) for where, own in numbers.items()}


def kind_features(context: PageContext, levels: Levels) -> frozenset[str]:
    """The names of all features that hold of the page."""
    page = context.page
    body = _body(context)
    url = (page.url or page.canonical or "").lower()
    first = _first_line(context)
    found = set(_cue_features(page, body, url, first))
    found.update(_voices(body))
    found.update(_own_name(page, body, url, first))
    found.update(_markup(page))
    found.update(_headings(context, first))
    found.update(_links(context, url))
    found.update(_others(body))
    found.update(_levels(context, levels))
    if found & IN_GENERAL and not found & SPEAKS:
        found.add(NOBODYS)
    if not url:
        found.add(NO_ADDRESS)
    return frozenset(found)


def _body(context: PageContext) -> str:
    """The body's first and last words: enough to know who speaks, and the same work for any page."""
    body = "\n".join(context.folded[b.start : b.end] for b in context.main)
    return body if len(body) <= READ else body[: READ - TAIL] + "\n" + body[-TAIL:]


def _first_line(context: PageContext) -> str:
    """The first heading of the body, or its first sentence where that is as short as a heading."""
    head = next((b for b in context.main if b.level), None)
    if head:
        return fold(head.text)
    line = _SENTENCE_END.split(context.page.text[: 2 * TITLE].split("\n")[0])[0]
    return fold(line) if len(line) <= TITLE else ""


_SENTENCE_END = re.compile(r"(?<=[.?!])\s")
_INDEX = re.compile(r"(?<=[^/])/(?:index|default)\.\w+$")  # the file behind an address that ends in a folder


def _cue_features(page: Page, body: str, url: str, first: str) -> Iterator[str]:
    parts = urlsplit(url)
    path = _INDEX.sub("/", parts.path) + ("?" + parts.query if parts.query else "")
    places = {
        "text": body,
        "url": path if parts.hostname else "/none",
        "host": parts.hostname or "",
        "title": _title(fold(page.title), _label(url)) + "\n" + first,
    }
    needed = min(MOST, 1 + len(body) // DENSE)
    hits: dict[str, int] = {}
    signs: dict[tuple[str, bool], set[str]] = {}
    for where, (numbers, scanner) in _scanners().items():
        for index, matches in scanner.find(places[where], MOST).items():
            name, kind, _, _ = cues()[numbers[index]]
            hits[name] = hits.get(name, 0) + len(matches)
            if where != "text" or hits[name] >= needed:
                yield name
                if kind != ANY:
                    signs.setdefault((where, kind in OWN), set()).add(name)
            if where == "text" and matches[0].start() < OPENING:
                yield name + AT_OPENING
                signs.setdefault(("opening", kind in OWN), set()).add(name)
    for where, name in _PLACES.items():
        own, other = (len(signs.get((where, is_own), ())) for is_own in (True, False))
        if where in ("text", "opening"):
            if own >= 1.5 * other and own:
                yield f"{name}: {MORE_OWN}"
                if own >= 3 * other and own > 2:
                    yield f"{name}: {MOST_OWN}"
            elif other >= 1.5 * own and other:
                yield f"{name}: {MORE_OTHER}"
        elif own and not other:
            yield f"{name}: {ONLY_OWN}"
        elif other and not own:
            yield f"{name}: {ONLY_OTHER}"
        if where in ("title", "url") and other > 1:
            yield f"{name}: {TWO_OTHER}"


_VOICES = {
    "we": frozenset("our we us ours we're we'll we've".split()),
    "I": frozenset("i my me i'm i'll i've".split()),
    "you": frozenset("you your you're yours".split()),
    "may and can": frozenset(
        "may might can could typically usually often generally commonly sometimes tend tends depending varies vary".split()
    ),
    "treatment": frozenset(
        "therapy therapies counseling counselling treatment treatments program programs session sessions appointment care clients "
        "patients group groups clinic recovery psychotherapy services terapia tratamiento pacientes sesiones programa".split()
    ),
    "the past": frozenset("was were had did said began became went spent felt".split()),
}
_VOICE_OF = {word: name for name, voice in _VOICES.items() for word in voice}
_BANDS = ((4.0, "much"), (1.5, "some"))  # times in 100 words
_WORD = re.compile(r"[a-z']+")


def _voices(body: str) -> Iterator[str]:
    """Who speaks and how: the words of each voice by how dense they stand."""
    words = _WORD.findall(body)
    spoken = max(len(words), 30)
    said = Counter(map(_VOICE_OF.get, words))
    for name in _VOICES:
        rate = 100 * said[name] / spoken
        band = next((band for least, band in _BANDS if rate >= least), None)
        if band:
            yield f"says {name}: {band}"


_NOT_NAMES = re.compile(
    r"(?:recover|health|psych|behavior|clinic|hospital|treat|counsel|therap|medic|wellness|rehab|addict|sober|mental|center|intensive|outpatient|program|massachusetts|insur|find|about|news)"
)
_DOES = re.compile(
    r"(?:'s|')?(?: (?!and\b|or\b)[\w&.-]+){0,3}? (?:offers?|provides?|has|have|is|are|runs?|serves?|helps?|accepts?|treats?|meets?|speciali[sz]\w+|"
    r"uses|works|believes?|understands?|supports?|welcomes?|programs?|iop|php|patients|clients|team|staff|therapists|clinicians)\b"
)


def _own_name(page: Page, body: str, url: str, first: str) -> Iterator[str]:
    """Whether the provider is named as its host is, and what the text says that this one does."""
    label = _label(url)
    if len(label) < 4:
        return
    parts = _PARTS.split(fold(page.title))
    if len(parts) > 1 and any(_names(part, label) for part in parts):
        yield "the title names the site"
    for word in dict.fromkeys(re.findall(r"[a-z][a-z.&]{3,}", body[:4_000])):
        if label.startswith(word.replace("the", "", 1) if word == "the" else word) and not _NOT_NAMES.match(
            word
        ):
            yield "the text names the site"
            if any(_DOES.match(body, end) for _, end in places(body, word, ends=False)):
                yield "the text says what the site's namesake does"
            if word in first:
                yield "the first heading names the site"
            break


_PARTS = re.compile(r"\s+[|–—·»:-]+\s+")


def _label(url: str) -> str:
    """The site's own part of its host, without hyphens."""
    return registrable(url).split(".")[0].replace("-", "") if url else ""


def _names(part: str, label: str) -> bool:
    letters = _letters(part)
    return (
        len(letters) >= 4 and len(label) >= 4 and (label.startswith(letters[:6]) or letters.startswith(label))
    )


def _title(title: str, label: str) -> str:
    """A title without the name of its site."""
    parts = _PARTS.split(title)
    kept = [part for part in parts if not _names(part, label)]
    return " | ".join(kept if kept and len(parts) > 1 else parts)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text)


_MARKED = {
    "marked as an article": {
        "Article",
        "BlogPosting",
        "NewsArticle",
        "MedicalScholarlyArticle",
        "TechArticle",
        "ScholarlyArticle",
        "Report",
    },
    "marked as a provider": {
        "MedicalBusiness",
        "MedicalClinic",
        "Hospital",
        "LocalBusiness",
        "MedicalOrganization",
        "MedicalTherapy",
        "Service",
        "ProfessionalService",
        "Physician",
        "HealthAndBeautyBusiness",
    },
    "marked as questions": {"FAQPage"},
    "marked as a job": {"JobPosting"},
    "marked as a list": {"ItemList", "CollectionPage", "SearchResultsPage", "Blog"},
    "marked as a contact or about page": {"ContactPage", "AboutPage"},
    "marked as a person": {"ProfilePage"},
}


_POST = re.compile(
    r"\b(?:single-post|post-template|blog-post|blog-item|article-page|archive|category|single-format)\b"
)


def _markup(page: Page) -> Iterator[str]:
    types: set[str] = set()
    for node in page.json_ld:
        types |= types_of(node)
    for name, marks in _MARKED.items():
        if types & marks:
            yield name
    if _POST.search(page.meta.get(BODY_CLASS, "")):
        yield "template of a post"
    if page.meta.get("og:type") == "article":
        yield "og:type is article"
    if "article:published_time" in page.meta or "article:modified_time" in page.meta:
        yield "carries a time of publication"


_ASKS = re.compile(r"^(?:what|how|why|when|who|which|can|is|are|does|do|should|¿)\b.*\??$")
_DEFINES = re.compile(
    r"^(?:what (?:is|are|causes)|signs|symptoms|types of|causes|benefits|history|understanding|overview|the (?:role|importance|difference|benefits)|how (?:does|do|to)|who (?:can|should|benefits)|key|¿?qué (?:es|son)|síntomas|tips)\b"
)
_ENDS = re.compile(
    r"^(?:references|sources|conclusion|final thoughts|contents|table of contents|related|recent posts|key takeaways|tl;dr|about the author|comments|share|categories|archives|bibliograf\w+)\b"
)


_PERSON = re.compile(
    r"\W*(?:(?:Dr|Mr|Mrs|Ms)\.? )?[A-Z][\w'’-]+ (?:[A-Z][\w.'’-]* ){0,2}[A-Z][\w'’-]+(?:(?:,? ?[–—|-]? ?(?:M\.?[ASD]\.?\w*|Ph\.?D\.?|Psy\.?D\.?|[A-Z]{2,6}(?:-\w+)*))+| [–—-] .*)\W*"
)


def _headings(context: PageContext, first: str) -> Iterator[str]:
    count = len(first.split())
    if count >= 8:
        yield "first heading: a sentence"
    elif 0 < count <= 4:
        yield "first heading: a name"
    head = next((b for b in context.main if b.level), None)
    end = head.end if head else len(first)
    if head and _PERSON.fullmatch(head.text):
        yield "first heading: a person"
    for field in NAMED:
        if context.named(field, head.start if head else 0, end):
            yield f"first heading: names a {field}"
    heads = [context.folded[b.start : b.end].strip() for b in context.main if b.level][1:40]
    if not heads:
        return
    if 3 * sum(bool(_DEFINES.match(head)) for head in heads) >= len(heads):
        yield "headings explain a subject"
    if 2 * sum(bool(_ASKS.match(head)) for head in heads) >= len(heads):
        yield "headings ask"
    if any(_ENDS.match(head) for head in heads):
        yield "headings of an article's end"


def _links(context: PageContext, url: str) -> Iterator[str]:
    own = registrable(url) if url else ""
    targets = [registrable(link) for b in context.main for link in b.links[:20] if link.startswith("http")]
    others = {t for t in targets if t and t != own}
    if len(others) >= 4 and 2 * sum(t in others for t in targets) >= len(targets):
        yield "links to many other sites"


_PHONE = re.compile(r"\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}\b")
_ZIP = re.compile(r", ?[a-z]{2}\.?,? (\d{5})\b")


def _others(body: str) -> Iterator[str]:
    """Numbers and addresses of more than one organization."""
    if len({re.sub(r"\D", "", p) for p in _PHONE.findall(body)}) >= 4:
        yield "many phones"
    if len(set(_ZIP.findall(body))) >= 3:
        yield "many addresses"


_PLURAL_LEVELS = ("iops", "phps", "programs", "hospitalizations")


def _levels(context: PageContext, levels: Levels) -> Iterator[str]:
    offers = [m for m in levels.mentions if m.is_offer]
    if offers:
        yield "a level of care offered"
        if any(m.strength >= 0.9 for m in offers):
            yield "a level of care in a heading"
        if any(m.strength == 0.75 and m.block.region is Region.MAIN for m in offers):
            yield "a level of care offered in a sentence"
    named = [m for m in levels.mentions if m.block.region is Region.MAIN]
    plural = sum(
        not m.block.level and context.folded[m.start : m.end].endswith(_PLURAL_LEVELS) for m in named
    )
    if plural and 2 * plural >= len(named):
        yield "levels of care in the plural"
    if not levels.mentions:
        yield "no level of care named"
    starts = [b.start for b in context.main[:1]]
    for field in NAMED:
        if any(context.named(field, start, start + OPENING) for start in starts):
            yield f"names a {field}{AT_OPENING}"
