"""One request and its answer: what is wanted, what came, and what the headers between mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import httpx

from pipeline.fetch.body import TooLarge, decoder
from pipeline.fetch.failure import Failure
from pipeline.fetch.settings import FetchSettings
from pipeline.records import Document, Outcome
from sources.urls import canonical_url

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERHAPS_HTML = frozenset(
    {"", "text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml"}
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered in the end. `body` is decoded, `elapsed_ms` the whole time, waits apart."""

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    redirects: tuple[str, ...] = ()
    elapsed_ms: int = 0
    permanent: bool = False  # every redirect on the way was a permanent one


@dataclass(frozen=True, slots=True)
class Want:
    """One thing to fetch. `known` is what is kept of it: its validators are sent to the address that gave them."""

    url: str
    max_bytes: int
    known: Document | None = None
    follow_moves: bool = False  # go along with a permanent redirect to another site
    html_only: bool = False  # leave other media types unread
    robots: bool = True


def retry_after(value: str | None, settings: FetchSettings) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or a date); None if unreadable."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - settings.now()).total_seconds())


def redirect_target(reply: Reply) -> str | None:
    location = reply.headers.get("location")
    if reply.status not in REDIRECTS or not location:
        return None
    target = urljoin(reply.url, location.strip())
    if urlsplit(target).scheme not in ("http", "https"):
        raise Failure(Outcome.REFUSED_ADDRESS, f"redirect to {target[:200]}", reply.status)
    return canonical_url(target, keep_query=True) or target


def conditions(want: Want) -> dict[str, str]:
    if want.known is None or want.known.final_url != want.url:
        return {}
    conditions = {"if-none-match": want.known.etag, "if-modified-since": want.known.last_modified}
    return {name: value for name, value in conditions.items() if value}


def challenged(reply: Reply) -> bool:
    return reply.headers.get("cf-mitigated", "").lower() == "challenge"


def unwanted(want: Want, status: int, headers: Mapping[str, str]) -> bool:
    """Whether the body is of a kind that was not asked for, and need not be read."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    return want.html_only and status == 200 and media_type not in PERHAPS_HTML


def header_map(response: httpx.Response) -> dict[str, str]:
    """Headers by lower-case name; the last one counts where a name comes twice. NUL, which no log takes, is left out."""
    return {
        name.decode("latin-1").lower(): value.decode("latin-1").replace("\0", "")
        for name, value in response.headers.raw
    }


async def read_body(response: httpx.Response, headers: Mapping[str, str], limit: int) -> bytes:
    """The decoded body. Raises TooLarge, UnknownEncoding, Damaged or httpx.TransportError."""
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise TooLarge
    decode = decoder(headers.get("content-encoding", ""), limit)
    assert isinstance(response.stream, httpx.AsyncByteStream)
    return b"".join([decode.feed(chunk) async for chunk in response.stream])
