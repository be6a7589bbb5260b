"""What an answer means: the page itself, nothing new, or one of the many things that look like a page and are none.

Blocked is not gone: a challenge, a refusal or a shell that needs JavaScript says nothing about the service.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.records import Outcome
from sources.provider_site import SitePage
from sources.urls import registrable

SIGNATURES = Path(__file__).with_name("signatures.toml")
REFUSALS = frozenset({401, 403, 405, 406, 407, 418, 444, 451, 456, 999})  # 405 and up: as firewalls answer
MIN_TEXT = 25  # visible characters below which a page says nothing
SHELL_TEXT = 200  # an application shell has scripts and at most so much text
HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
SNIFFED_TYPES = frozenset({"", "text/plain", "application/xml", "text/xml"})


@dataclass(frozen=True, slots=True)
class Signature:
    """One way such pages look."""

    name: str
    where: str  # header, html, or what of a SitePage: title, headline, text
    pattern: re.Pattern[str]
    max_text: int | None


@cache
def signatures() -> Mapping[str, tuple[Signature, ...]]:
    """The signatures by what they show: blocked, parked, soft_404."""
    tables = tomllib.loads(SIGNATURES.read_text(encoding="utf-8"))
    return {
        what: tuple(
            Signature(
                row["name"], row["where"], re.compile(row["pattern"], re.IGNORECASE), row.get("max_text")
            )
            for row in rows
        )
        for what, rows in tables.items()
    }


def by_status(
    status: int, headers: Mapping[str, str], page: SitePage | None = None, html: str = ""
) -> tuple[Outcome, str]:
    """The outcome that a status alone decides; OK where it decides nothing."""
    if status == 304:
        return Outcome.SERVER_ERROR, "not modified, though nothing was said of what we have"
    if 200 <= status < 300:
        return Outcome.OK, ""
    name = _matching("blocked", headers, page, html)
    if status in REFUSALS or (status >= 400 and name):
        return Outcome.BLOCKED, f"status {status}" + (f": {name}" if name else "")
    if status in (404, 410):
        return Outcome.GONE, f"status {status}"
    if status == 429:
        return Outcome.RATE_LIMITED, "status 429"
    return Outcome.SERVER_ERROR, f"status {status}"


def by_media_type(headers: Mapping[str, str], body: bytes) -> tuple[Outcome, str]:
    """Whether a successful answer is HTML, by its type, and by its first bytes where the type does not say."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type in HTML_TYPES or (media_type in SNIFFED_TYPES and looks_like_html(body)):
        return (Outcome.OK, "") if body.strip() else (Outcome.EMPTY, "no content")
    if not body.strip() and media_type in SNIFFED_TYPES:
        return Outcome.EMPTY, "no content"
    return Outcome.NOT_HTML, f"media type {media_type or 'not given'}"


def looks_like_html(body: bytes) -> bool:
    return (
        re.search(rb"<(?:!doctype html|html|head|body|title|h1|div|p)\b", body[:2048], re.IGNORECASE)
        is not None
    )


def by_content(
    url: str, final_url: str, headers: Mapping[str, str], page: SitePage, html: str
) -> tuple[Outcome, str]:
    """The outcome that a successful HTML answer's content decides."""
    blocked = _matching("blocked", headers, page, html)
    if blocked:
        return Outcome.BLOCKED, blocked
    parked = _matching("parked", headers, page, html)
    if parked:
        return Outcome.GONE, f"parked: {parked}"
    missing = _matching("soft_404", headers, page, html) or _sent_home(url, final_url)
    if missing:
        return Outcome.GONE, f"soft 404: {missing}"
    if page.refresh and len(page.text) < SHELL_TEXT:
        moved = registrable(page.refresh) != registrable(final_url)
        return (
            (Outcome.MOVED, f"page sends on to {page.refresh}")
            if moved
            else (Outcome.EMPTY, "page only sends on")
        )
    if (
        len(page.text) < SHELL_TEXT
        and page.scripts
        and re.search(r"java ?script", page.noscript, re.IGNORECASE)
    ):
        return Outcome.BLOCKED, "needs JavaScript"
    if len(page.text) < MIN_TEXT:
        return (
            (Outcome.BLOCKED, "needs JavaScript: no text, only scripts")
            if page.scripts
            else (Outcome.EMPTY, "no text")
        )
    return Outcome.OK, ""


def _matching(what: str, headers: Mapping[str, str], page: SitePage | None, html: str) -> str | None:
    for signature in signatures()[what]:
        if signature.where == "header":
            if any(signature.pattern.search(f"{name}: {value}") for name, value in headers.items()):
                return signature.name
        elif page is not None and (signature.max_text is None or len(page.text) <= signature.max_text):
            place = html[:60_000] if signature.where == "html" else getattr(page, signature.where)
            if signature.pattern.search(place):
                return signature.name
    return None


def _sent_home(url: str, final_url: str) -> str | None:
    """An inner page that redirects to the home page is not there any more."""
    asked, got = urlsplit(url).path.rstrip("/"), urlsplit(final_url).path.rstrip("/")
    if asked and not got and not re.fullmatch(r"/(index|home|default)(\.\w+)?", asked, re.IGNORECASE):
        return "sent to the home page"
    return None


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
