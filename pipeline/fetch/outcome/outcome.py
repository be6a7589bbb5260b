"""What an answer means: the page itself, nothing new, or one of the many things that look like a page and are none.

Blocked is not gone: a challenge, a refusal or a shell that needs JavaScript says nothing about the service.
How such answers look is data: `signatures.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.fetch.page import PageSummary
from pipeline.records import Outcome
from sources.urls import canonical_url, registrable, url_key

SIGNATURES = Path(__file__).with_name("signatures.toml")
LINKED_IN = 999  # how it and its imitators refuse: no status of the standard's
PARTIAL = 206
MIN_TEXT = 25  # visible characters below which a page says nothing
SHELL_TEXT = 200  # a page that only sends on has at most so much text
HEAD, TAIL = 60_000, 20_000  # characters of the HTML's head and end where the marks of such pages stand
STRAIGHT = str.maketrans("‘’ʼ", "'''")
PLACES = ("header", "title", "heading", "text", "noscript", "html", "path")
HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
SNIFFED_TYPES = frozenset({"", "text/plain", "application/xml", "text/xml"})
NOTHING = PageSummary(title="", headline="", text="")


@dataclass(frozen=True, slots=True)
class Signature:
    """One way such pages look; `signatures.toml` says what the fields mean."""

    name: str
    where: str
    patterns: tuple[re.Pattern[str], ...]
    max_text: int | None
    also: re.Pattern[str] | None
    unless: tuple[str, ...]


@dataclass(slots=True)
class Case:
    """One response to be judged. `page` is None where only the headers are known."""

    headers: Mapping[str, str]
    page: PageSummary | None = None
    html: str = ""
    _places: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def places(self, where: str) -> tuple[str, ...]:
        """The strings of one kind that signatures are looked for in."""
        if where not in self._places:
            self._places[where] = tuple(self._read(where))
        return self._places[where]

    def _read(self, where: str) -> Iterator[str]:
        if where == "header":
            yield from (f"{name}: {value}" for name, value in self.headers.items())
        elif self.page is None:
            return
        elif where == "html":
            long = len(self.html) > HEAD + TAIL
            yield (f"{self.html[:HEAD]}\n{self.html[-TAIL:]}" if long else self.html).lower()
        elif where == "heading":
            yield from (heading.translate(STRAIGHT) for heading in self.page.headings)
        else:
            yield getattr(self.page, where).translate(STRAIGHT)

    def has(self, pattern: re.Pattern[str], where: str) -> bool:
        return any(pattern.search(place) for place in self.places(where))

    def shows(self, sign: str) -> bool:
        return self.page is not None and SIGNS[sign](self)


def _shows_contact(case: Case) -> bool:
    return any(_has(signature, case) for signature in signatures()["contact"])


def _topics(case: Case) -> int:
    """How many different words of ours the visible text has."""
    return len(
        {
            word.lower().rstrip("s")
            for signature in signatures()["topic"]
            for pattern in signature.patterns
            for place in case.places(signature.where)
            for word in pattern.findall(place)
        }
    )


FIELDS = re.compile(r"<textarea\b|\btype ?= ?[\"']?(?:email|tel)\b")

# What an `unless` of a signature may name.
SIGNS: Mapping[str, Callable[[Case], bool]] = {
    "contact": _shows_contact,
    "topics": lambda case: _topics(case) > 1,
    "details": lambda case: _topics(case) > 0 and _shows_contact(case),
    "form": lambda case: case.has(FIELDS, "html"),
}


@cache
def signatures() -> Mapping[str, tuple[Signature, ...]]:
    """The signatures by what they show: blocked, parked, soft_404 and so on."""
    tables = tomllib.loads(SIGNATURES.read_text(encoding="utf-8"))
    words: dict[str, str] = tables.pop("words")
    return {what: tuple(_signature(row, words) for row in rows) for what, rows in tables.items()}


def _signature(row: Mapping[str, Any], words: Mapping[str, str]) -> Signature:
    also = row.get("also")
    # HTML is long: lower-case literals, one by one, are found in it many times faster than alternatives are.
    where = next(place for place in PLACES if place in row)
    html = where == "html"
    patterns = row[where] if html else ["|".join(row[where])]
    return Signature(
        name=row["name"],
        where=where,
        patterns=tuple(_compiled(pattern, words, 0 if html else re.IGNORECASE) for pattern in patterns),
        max_text=row.get("max_text"),
        also=_compiled(also, words) if also else None,
        unless=tuple(row.get("unless", ())),
    )


def _compiled(pattern: str, words: Mapping[str, str], flags: int = re.IGNORECASE) -> re.Pattern[str]:
    for name, meaning in reversed([*words.items()]):  # a word may be made of those before it
        pattern = pattern.replace(f"{{{name}}}", meaning)
    return re.compile(pattern, re.DOTALL | flags)


def _matching(what: str, case: Case, *, only: str | None = None) -> str | None:
    """The name of the first signature of a kind that a case has; `only` those of one place."""
    for signature in signatures()[what]:
        if (only is None or signature.where == only) and _has(signature, case):
            return signature.name
    return None


def _has(signature: Signature, case: Case) -> bool:
    page = case.page
    if page is not None and signature.max_text is not None and len(page.text) > signature.max_text:
        return False
    if not any(case.has(pattern, signature.where) for pattern in signature.patterns):
        return False
    if signature.also and not case.has(signature.also, "text"):
        return False
    return not any(case.shows(sign) for sign in signature.unless)


def by_status(
    status: int, headers: Mapping[str, str], page: PageSummary | None = None, html: str = ""
) -> tuple[Outcome, str]:
    """The outcome that a status and the headers decide; OK where they decide nothing.

    What is refused with any 4xx but those for a missing page is blocked: the request was not to the server's
    liking, and the page may well be there.
    """
    case = Case(headers, page, html)
    if challenge := _matching("blocked", case, only="header"):
        return Outcome.BLOCKED, f"status {status}: {challenge}"
    if status == PARTIAL:
        return Outcome.SERVER_ERROR, "a part of the page, though all of it was asked for"
    if 200 <= status < 300:
        return Outcome.OK, ""
    if status in (404, 410):
        return Outcome.GONE, f"status {status}"
    if status == 304:
        return Outcome.SERVER_ERROR, "not modified, though nothing was said of what we have"
    if status < 400:
        return Outcome.SERVER_ERROR, f"status {status}"
    return _by_error(status, case)


def _by_error(status: int, case: Case) -> tuple[Outcome, str]:
    """The outcome of an error: hosts refuse, park and suspend with any of them."""
    if challenge := _matching("blocked", case):
        return Outcome.BLOCKED, f"status {status}: {challenge}"
    if parked := _matching("parked", case):
        return Outcome.GONE, f"status {status}, parked: {parked}"
    if status == 429:
        return Outcome.RATE_LIMITED, f"status {status}"
    if status == 408:
        return Outcome.TIMEOUT, f"status {status}"
    refused = status < 500 or status == LINKED_IN
    return Outcome.BLOCKED if refused else Outcome.SERVER_ERROR, f"status {status}"


def by_media_type(headers: Mapping[str, str], body: bytes) -> tuple[Outcome, str]:
    """Whether a successful response is HTML, by its type, and by its first bytes where the type does not say."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not body.strip() and media_type in HTML_TYPES | SNIFFED_TYPES:
        blocked = _matching("blocked_empty", Case(headers, NOTHING))
        return (Outcome.BLOCKED, blocked) if blocked else (Outcome.EMPTY, "no content")
    if media_type in HTML_TYPES or (media_type in SNIFFED_TYPES and looks_like_html(body)):
        return Outcome.OK, ""
    return Outcome.NOT_HTML, f"media type {media_type or 'not given'}"


def looks_like_html(body: bytes) -> bool:
    return (
        re.search(rb"<(?:!doctype html|html|head|body|title|h1|div|p)\b", body[:2048], re.IGNORECASE)
        is not None
    )


def by_content(
    url: str, final_url: str, headers: Mapping[str, str], page: PageSummary, html: str
) -> tuple[Outcome, str]:
    """The outcome that a successful HTML answer's content decides; the detail names what decided."""
    case = Case(headers, page, html)
    if blocked := _matching("blocked", case):
        return Outcome.BLOCKED, blocked
    if parked := _matching("parked", case):
        return Outcome.GONE, f"parked: {parked}"
    if broken := _matching("broken", case):
        return Outcome.SERVER_ERROR, broken
    if missing := _matching("soft_404", case) or _sent_home(url, final_url):
        return Outcome.GONE, f"soft 404: {missing}"
    if page.refresh and len(page.text) < SHELL_TEXT:
        moved = registrable(page.refresh) != registrable(final_url)
        return (
            (Outcome.MOVED, f"page sends on to {page.refresh}")
            if moved
            else (Outcome.EMPTY, "page only sends on")
        )
    if shell := _matching("javascript", case):
        return Outcome.BLOCKED, f"needs JavaScript: {shell}"
    if len(page.text) < MIN_TEXT:
        return (
            (Outcome.BLOCKED, "needs JavaScript: no text, only scripts")
            if page.scripts
            else (Outcome.EMPTY, "no text")
        )
    return Outcome.OK, ""


def _sent_home(url: str, final_url: str) -> str | None:
    """An inner page with a name of its own that redirects to its site's home page is not there any more."""
    (asked_host, asked), (host, got) = _place(url), _place(final_url)
    home = signatures()["home"][0].patterns[0]
    if host == asked_host and home.search(got) and not home.search(asked):
        return "sent to the home page"
    return None


def _place(url: str) -> tuple[str, str]:
    """Host, and path with query, as `url_key` has them: without www, campaign parameters and last slash."""
    key = url_key(canonical_url(url) or url)
    host = urlsplit(url).netloc.removeprefix("www.")
    return host, key.removeprefix(host)


def layout_changed(
    before: Mapping[str, int], now: Mapping[str, int], *, least: int = 3, share: float = 0.5
) -> str | None:
    """Why facts that a source gave before are gone though its pages came: its layout changed. None if not.

    `before` and `now` count facts by field. A field that had at least `least` facts and now has fewer than
    `share` of them is lost; a source has changed when its facts as a whole fell so, or a field fell to none.
    """
    total, left = sum(before.values()), sum(now.get(name, 0) for name in before)
    if total >= least and left < share * total:
        return f"{left} facts where there were {total}"
    lost = sorted(name for name, count in before.items() if count >= least and not now.get(name, 0))
    return f"no {', '.join(lost)} any more" if lost else None
