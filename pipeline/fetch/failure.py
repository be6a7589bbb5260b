"""What can go wrong on the wire, as an outcome with its explanation."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx

from pipeline.fetch.address import RefusedAddress, UnknownHost
from pipeline.fetch.body import Damaged, TooLarge, UnknownEncoding
from pipeline.records import Outcome

if TYPE_CHECKING:
    from pipeline.fetch.exchange import Reply


# What servers, networks and their data can cause; anything else is a fault of ours.
WIRE_ERRORS = (
    httpx.HTTPError,
    httpx.StreamError,
    OSError,
    Damaged,
    RefusedAddress,
    UnknownHost,
    TooLarge,
    UnknownEncoding,
)


class Failure(Exception):  # noqa: N818 - an outcome, raised to leave the request
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
        reply: Reply | None = None,
    ) -> None:
        super().__init__(detail)
        self.outcome, self.detail, self.status = outcome, detail, status
        self.final_url, self.retry, self.stop_site, self.reply = final_url, retry, stop_site, reply
        self.redirects: tuple[str, ...] = ()
        self.elapsed_ms = 0


def as_failure(error: Exception) -> Failure:
    """The failure that an exception means: of the network, TLS or decoding, else a fault of ours."""
    said = f"{type(error).__name__}: {error}".rstrip(": ")
    causes = list(_causes(error))
    if isinstance(error, Failure):
        return error
    if isinstance(error, RefusedAddress):
        return Failure(Outcome.REFUSED_ADDRESS, str(error), stop_site=True)
    if isinstance(error, UnknownHost):
        return Failure(Outcome.DNS, str(error), stop_site=True)
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return Failure(Outcome.TLS, said, stop_site=True)
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        connecting = isinstance(error, httpx.ConnectTimeout)
        return Failure(
            Outcome.TIMEOUT, "no connection in time" if connecting else f"no answer in time ({said})"
        )
    if isinstance(error, TooLarge):
        return Failure(Outcome.TOO_LARGE, str(error))
    if isinstance(error, UnknownEncoding):
        return Failure(Outcome.NOT_HTML, str(error))
    if isinstance(error, Damaged):
        return Failure(Outcome.CONNECTION, f"damaged compression: {error}", retry=True)
    if isinstance(error, httpx.HTTPError | OSError):
        return Failure(Outcome.CONNECTION, said, retry=True)
    return Failure(Outcome.ERROR, f"a fault of ours: {said}")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
