"""The polite client: one request per host at a time, robots first, redirects checked, retries bounded.

A host has one connection (with the shared TLS context), one gate for its pace, and its robots rules.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache, partial
from urllib.parse import urljoin, urlsplit

import httpx
import stamina

from pipeline.fetch.exchange import (
    Reply,
    Want,
    challenged,
    conditions,
    header_map,
    read_body,
    redirect_target,
    retry_after,
    unwanted,
)
from pipeline.fetch.failure import WIRE_ERRORS, Failure, as_failure
from pipeline.fetch.gate import Gate
from pipeline.fetch.robots import Robots, robots_from
from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.transport import Connection, tls_context
from pipeline.records import Outcome
from sources.urls import registrable

PERMANENT = frozenset({301, 308})
RETRY_STATUS = frozenset({500, 502, 503, 504})
# Retries are told in the document's detail, not on the console.
stamina.instrumentation.set_on_retry_hooks([])


@dataclass(slots=True)
class Host:
    """What a run knows of one host. `robots_until` is when its rules are to be asked for again."""

    gate: Gate
    robots: Robots | None = None
    robots_until: float = 0.0


class Fetcher:
    """Fetches for one run: what all hosts share, and what is known of each."""

    def __init__(self, settings: FetchSettings) -> None:
        self.settings = settings
        self._hosts: dict[str, Host] = {}
        self._ours = set(settings.ours)
        self.slots = asyncio.Semaphore(settings.concurrency)
        self.tls = cache(partial(tls_context, settings))

    @asynccontextmanager
    async def visiting(self, allow_private: frozenset[str] = frozenset()) -> AsyncIterator[Visit]:
        """A visit to a site: hosts met on the way are closed at its end, their pace and rules stay known."""
        self._ours |= allow_private
        visit = Visit(self, allow_private)
        try:
            yield visit
        finally:
            await visit.close()

    def host(self, url: str) -> Host:
        parts = urlsplit(url)
        key = f"{parts.scheme}://{parts.netloc}"
        if key not in self._hosts:
            # http and https of one name are one host to be polite to
            twin = self._hosts.get(f"{'http' if parts.scheme == 'https' else 'https'}://{parts.netloc}")
            # hosts on this machine are the demo's or a test's: they need no pauses but those they ask for
            ours = any(fnmatchcase(parts.hostname or "", pattern) for pattern in self._ours)
            settings = replace(self.settings, per_host_delay_s=0.0) if ours else self.settings
            self._hosts[key] = Host(twin.gate if twin else Gate(settings))
        return self._hosts[key]


class Visit:
    """What one source's reading shares: connections, cookies, the allowance for private addresses."""

    def __init__(self, fetcher: Fetcher, allow_private: frozenset[str]) -> None:
        self._fetcher = fetcher
        self._allow = allow_private
        self._settings = fetcher.settings
        self._connections: dict[str, Connection] = {}

    async def close(self) -> None:
        for origin, connection in self._connections.items():
            await connection.aclose()
            self._fetcher.host(origin).robots = None  # thousands of sites' rules would add up
        self._connections.clear()

    async def get(self, want: Want) -> Reply:
        """The answer to a request, whatever its status. Raises Failure where there is none to speak of."""
        url, permanent = want.url, True
        passed: list[str] = []
        try:
            while True:
                if want.robots:
                    await self._ask_robots(url)
                reply = await self._retrying(want if url == want.url else replace(want, url=url))
                target = redirect_target(reply)
                if target is None and not passed:
                    return reply
                if target is None:
                    return replace(
                        reply, url=want.url, redirects=tuple(passed), permanent=permanent and bool(passed)
                    )
                passed.append(target)
                permanent = permanent and reply.status in PERMANENT
                self._check_redirect(want, target, passed, permanent, reply)
                url = target
        except Failure as failure:
            failure.redirects = tuple(passed)
            failure.final_url = failure.final_url or url
            raise

    def _check_redirect(
        self, want: Want, target: str, passed: list[str], permanent: bool, reply: Reply
    ) -> None:
        if len(passed) > self._settings.max_redirects:
            raise Failure(
                Outcome.REDIRECT_LOOP, f"more than {self._settings.max_redirects} redirects", reply.status
            )
        if target in (want.url, *passed[:-1]) and "set-cookie" not in reply.headers:
            raise Failure(Outcome.REDIRECT_LOOP, f"{target} leads back to itself", reply.status)
        if permanent and not want.follow_moves and registrable(target) != registrable(want.url):
            raise Failure(Outcome.MOVED, f"moved for good to {target}", reply.status, final_url=target)

    async def robots(self, url: str) -> Robots:
        """The rules of the host of `url`, asked for at most once in their life time. Raises Failure."""
        host = self._fetcher.host(url)
        clock = self._settings.clock
        async with host.gate.rules:
            if host.robots is None or clock() >= host.robots_until:
                want = Want(urljoin(url, "/robots.txt"), 5_000_000, follow_moves=True, robots=False)
                host.robots = await self._read_robots(want)
                host.robots_until = clock() + min(self._settings.robots_ttl_s, 86_400.0)
                host.gate.slow_down(host.robots.delay_s)
        return host.robots

    def denies(self, url: str) -> bool:
        """Whether the rules that are known already close a page."""
        robots = self._fetcher.host(url).robots
        return robots is not None and not robots.allows(url)

    async def _read_robots(self, want: Want) -> Robots:
        try:
            reply = await self.get(want)
        except Failure as failure:
            if failure.outcome in (Outcome.SERVER_ERROR, Outcome.RATE_LIMITED) and failure.status:
                return robots_from(failure.status, b"", self._settings.robots_token)
            if failure.outcome in (Outcome.REDIRECT_LOOP, Outcome.TOO_LARGE):
                return Robots()  # RFC 9309, 2.3.1.2: beyond five redirects, as if there were none
            raise
        return robots_from(reply.status, reply.body, self._settings.robots_token)

    async def _ask_robots(self, url: str) -> None:
        robots = await self.robots(url)
        if not robots.allows(url):
            raise Failure(
                Outcome.ROBOTS_DENIED, robots.denied or f"robots.txt disallows {urlsplit(url).path}"
            )

    async def _retrying(self, want: Want) -> Reply:
        """One request, and again a bounded number of times where that may help."""
        settings = self._settings
        try:
            try:
                return await self._once(want)
            except Failure as failure:
                if not failure.retry or settings.attempts == 1:
                    raise
            async for attempt in stamina.retry_context(
                on=lambda error: isinstance(error, Failure) and error.retry,
                attempts=settings.attempts - 1,
                timeout=None,
                wait_initial=settings.retry_wait_s,
                wait_max=settings.retry_wait_s * 30,
                wait_jitter=settings.retry_wait_s,
            ):
                with attempt:
                    if attempt.num == 1:
                        await asyncio.sleep(settings.retry_wait_s * random.random())
                    return await self._once(want)
        except Failure as failure:
            if failure.retry and settings.attempts > 1:
                failure.detail += f" (tried {settings.attempts} times)"
            if failure.reply is not None and failure.reply.status != 429:
                return failure.reply  # a server error that lasts may still be a page to look at
            raise
        raise AssertionError("retry_context neither returned nor raised")

    async def _once(self, want: Want) -> Reply:
        url = httpx.URL(want.url)
        if url.scheme not in ("http", "https") or not url.host:
            raise Failure(Outcome.REFUSED_ADDRESS, f"{want.url!r} is no http(s) address")
        host = self._fetcher.host(want.url)
        async with host.gate, self._fetcher.slots:
            began = self._settings.clock()
            try:
                async with asyncio.timeout(self._settings.total_s):
                    reply = await self._send(want, url, began)
            except WIRE_ERRORS as error:
                raise as_failure(error) from error
        if reply.status == 429 or (reply.status in RETRY_STATUS and not challenged(reply)):
            raise self._busy(host, reply)
        return reply

    def _busy(self, host: Host, reply: Reply) -> Failure:
        wait = retry_after(reply.headers.get("retry-after"), self._settings)
        outcome = Outcome.RATE_LIMITED if reply.status == 429 else Outcome.SERVER_ERROR
        detail = f"status {reply.status}" + (f", retry after {wait:.0f} s" if wait else "")
        patient = wait is None or wait <= self._settings.max_retry_after_s
        if wait:
            host.gate.hold(wait)
        return Failure(outcome, detail, reply.status, retry=patient, stop_site=not patient, reply=reply)

    async def _send(self, want: Want, url: httpx.URL, began: float) -> Reply:
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        connection = self._connections.get(origin)
        if connection is None:
            connection = Connection(self._settings, self._fetcher.tls, self._allow)
            self._connections[origin] = connection
        response = await connection.get(url, conditions(want))
        headers = header_map(response)
        try:
            skip = unwanted(want, response.status_code, headers)
            body = b"" if skip else await read_body(response, headers, want.max_bytes)
        finally:
            await response.aclose()
        elapsed_ms = int((self._settings.clock() - began) * 1000)
        return Reply(want.url, want.url, response.status_code, headers, body, elapsed_ms=elapsed_ms)
