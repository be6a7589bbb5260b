"""One request and its response: what the headers between them mean, and what can go wrong."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

import httpx

from pipeline.fetch.body import DamagedError, TooLargeError, UnknownEncodingError, decoder
from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.address import RefusedAddressError, UnknownHostError
from pipeline.records import Document, Outcome
from sources.urls import canonical_url

FAR_YEAR = re.compile(r"\b[0-9]{5,}\b")
LONG_S = 1e9  # thirty years: what asks for more asks for ever
SURE = (
    3  # pieces in a row that came too late: a moment of our own without processor time makes no more than two
)
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERHAPS_HTML = frozenset(
    {"", "text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml"}
)


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered in the end. `body` is decoded, `elapsed_ms` the whole time, waits apart."""

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    redirects: tuple[str, ...] = ()
    elapsed_ms: int = 0
    permanent: bool = False  # every redirect on the way was a permanent one
    conditional: bool = False  # validators were sent: only then does 304 say something

    @property
    def media_type(self) -> str:
        return media_type(self.headers)


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to fetch. `known` is what is kept of it: its validators are sent to the address that gave them."""

    url: str
    max_bytes: int
    known: Document | None = None
    follow_moves: bool = False  # go along with a permanent redirect to another site
    html_only: bool = False  # leave other media types unread
    prefix: bool = False  # the first `max_bytes` are enough
    robots: bool = True


def retry_after(value: str | None, settings: FetchSettings) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or a date); None if unreadable."""
    if not value:
        return None
    if value.isascii() and value.strip().isdigit():
        return min(float(value), LONG_S)
    try:
        moment = parsedate_to_datetime(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return min(max(0.0, (moment - settings.now()).total_seconds()), LONG_S)
    except OverflowError:  # a date that no calendar of ours has: for ever
        return LONG_S
    except ValueError:  # of a year beyond 9999 it says the same
        return LONG_S if FAR_YEAR.search(value) else None


def redirect_target(response: Response) -> str | None:
    location = response.headers.get("location")
    if response.status not in REDIRECTS or not location:
        return None
    with suppress(UnicodeError):  # header bytes that are UTF-8 mean what they say
        location = location.encode("latin-1").decode("utf-8")
    try:
        target = canonical_url(urljoin(response.url, location.strip()), keep_query=True)
    except ValueError:
        target = None
    if target is None:
        raise FetchError(Outcome.REFUSED_ADDRESS, f"redirect to {location[:200]}", response.status)
    return target


def conditions(request: Request) -> list[tuple[bytes, bytes]]:
    """The headers of a conditional request, byte by byte as the server gave them."""
    if request.known is None or request.known.final_url != request.url:
        return []
    kept = {b"if-none-match": request.known.etag, b"if-modified-since": request.known.last_modified}
    return [(name, value.encode("latin-1", "replace")) for name, value in kept.items() if value]


def challenged(response: Response) -> bool:
    return response.headers.get("cf-mitigated", "").lower() == "challenge"


def unwanted(request: Request, status: int, headers: Mapping[str, str]) -> bool:
    """Whether the body is of a kind that was not asked for, and need not be read."""
    return request.html_only and status == 200 and media_type(headers) not in PERHAPS_HTML


def media_type(headers: Mapping[str, str]) -> str:
    """The media type without its parameters; empty where none is stated."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def header_map(received: httpx.Response) -> dict[str, str]:
    """Headers by lower-case name; the last one counts where a name comes twice. NUL, which no log takes, is left out."""
    return {
        name.decode("latin-1").lower(): value.decode("latin-1").replace("\0", "")
        for name, value in received.headers.raw
    }


class TooSlowError(TimeoutError):
    """A body that comes so slowly that it would only hold a place of others."""


async def read_body(
    received: httpx.Response, headers: Mapping[str, str], request: Request, settings: FetchSettings
) -> tuple[bytes, bool]:
    """The decoded body, and whether the answer was read to its end. Raises some of the `WIRE_ERRORS`."""
    declared = headers.get("content-length", "")
    if not request.prefix and declared.isdigit() and int(declared) > request.max_bytes:
        raise TooLargeError
    decode = decoder(headers.get("content-encoding", ""), request.max_bytes)
    parts: list[bytes] = []
    began, size, slow = settings.clock(), 0, 0
    try:
        async for chunk in received.aiter_raw():
            parts.append(decode.feed(chunk))
            size, took = size + len(chunk), settings.clock() - began
            slow = slow + 1 if took > settings.grace_s and size < settings.min_rate * took else 0
            if slow == SURE:
                raise TooSlowError(f"{size} bytes in {took:.0f} s")
    except TooLargeError as error:
        if not request.prefix:
            raise
        return b"".join([*parts, error.data]), False
    decode.finish()
    return b"".join(parts), True


# What servers, networks and their data can cause; anything else is a fault of ours.
WIRE_ERRORS = (
    httpx.HTTPError,
    httpx.StreamError,
    OSError,
    DamagedError,
    RefusedAddressError,
    UnknownHostError,
    TooLargeError,
    UnknownEncodingError,
)


class FetchError(Exception):
    """A request that gave no page. `stop_site` says that its host should be left alone for this run."""

    def __init__(
        self,
        outcome: Outcome,
        detail: str,
        status: int | None = None,
        *,
        final_url: str | None = None,
        retry: bool = False,
        stop_site: bool = False,
        response: Response | None = None,
    ) -> None:
        super().__init__(detail)
        self.outcome, self.detail, self.status = outcome, detail, status
        self.final_url, self.retry, self.stop_site, self.response = final_url, retry, stop_site, response
        self.redirects: tuple[str, ...] = ()
        self.elapsed_ms = 0


def as_fetch_error(error: Exception) -> FetchError:
    """The failure that an exception means: of the network, TLS or decoding, else a fault of ours."""
    said = f"{type(error).__name__}: {error}".rstrip(": ")
    causes = list(_causes(error))
    if isinstance(error, FetchError):
        return error
    if isinstance(error, RefusedAddressError):
        return FetchError(Outcome.REFUSED_ADDRESS, str(error), stop_site=True)
    if isinstance(error, UnknownHostError):
        return FetchError(Outcome.DNS, str(error), stop_site=True)
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return FetchError(Outcome.TLS, said, stop_site=True)
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        connecting = isinstance(error, httpx.ConnectTimeout)
        return FetchError(
            Outcome.TIMEOUT, "no connection in time" if connecting else f"no answer in time ({said})"
        )
    if isinstance(error, TooLargeError):
        return FetchError(Outcome.TOO_LARGE, str(error))
    if isinstance(error, UnknownEncodingError):
        return FetchError(Outcome.NOT_HTML, str(error))
    if isinstance(error, DamagedError):
        return FetchError(Outcome.CONNECTION, f"damaged compression: {error}", retry=True)
    if isinstance(error, httpx.HTTPError | OSError):
        return FetchError(Outcome.CONNECTION, said, retry=True)
    return FetchError(Outcome.ERROR, f"a fault of ours: {said}")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
