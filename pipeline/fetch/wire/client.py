"""The polite client: one request per host at a time, robots first, redirects checked, retries bounded.

What is known of a host over all visits is in `hosts`; a visit has a connection with each of its hosts.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from itertools import chain, repeat
from urllib.parse import urljoin, urlsplit

import httpx
import stamina

from pipeline.fetch.beside import beside
from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.connections import Connections
from pipeline.fetch.wire.hosts import Host, Hosts
from pipeline.fetch.wire.messages import (
    WIRE_ERRORS,
    FetchError,
    Request,
    Response,
    as_fetch_error,
    challenged,
    conditions,
    header_map,
    read_body,
    redirect_target,
    retry_after,
    unwanted,
)
from pipeline.fetch.wire.robots import MAX_BYTES as ROBOTS_BYTES
from pipeline.fetch.wire.robots import Robots, robots_from
from pipeline.fetch.wire.stalls import Stalls
from pipeline.records import Outcome
from sources.urls import canonical_url, registrable

PERMANENT = frozenset({301, 308})
RETRY_STATUS = frozenset({408, 500, 502, 503, 504})
# Failures to read robots.txt that say more of a host than that nothing may be read there.
UNREACHABLE = frozenset(
    {
        Outcome.DNS,
        Outcome.TLS,
        Outcome.TIMEOUT,
        Outcome.CONNECTION,
        Outcome.REFUSED_ADDRESS,
        Outcome.RATE_LIMITED,
    }
)
# Retries are told in the document's detail, not on the console.
stamina.instrumentation.set_on_retry_hooks([])


class Fetcher:
    """Fetches for one run: what all hosts share, and what is known of each."""

    def __init__(self, settings: FetchSettings) -> None:
        self.settings = settings
        self.hosts = Hosts(settings)
        self.stalls = Stalls()
        self.slots = asyncio.Semaphore(settings.concurrency)
        self.tls = settings.ssl_context or httpx.create_ssl_context(trust_env=False)
        self.retrying = stamina.AsyncRetryingCaller(
            attempts=settings.attempts,
            timeout=None,
            wait_initial=settings.retry_wait_s,
            wait_max=settings.retry_wait_s * 30,
            wait_jitter=settings.retry_wait_s,
        ).on(lambda error: isinstance(error, FetchError) and error.retry)

    @asynccontextmanager
    async def visiting(
        self, allow_private: frozenset[str] = frozenset(), *, ours: bool = False, patient: bool = False
    ) -> AsyncIterator[Visit]:
        """A visit to a site: connections are closed at its end, the pace of the hosts stays known. `ours`: the hosts
        that may be private are a test's; `patient`: however slow their answers, all are waited for."""
        if ours:
            self.hosts.are_ours(allow_private)
        visit = Visit(self, allow_private, patient)
        try:
            yield visit
        finally:
            await visit.close()


class Visit:
    """What one source's reading shares: connections, cookies, the allowance for private addresses, and the time that
    it may take (`until`, by the settings' clock)."""

    def __init__(self, fetcher: Fetcher, allow_private: frozenset[str], is_patient: bool = False) -> None:
        self._fetcher = fetcher
        self._settings = fetcher.settings
        self._connections = Connections(self._settings, fetcher.tls, allow_private)
        self._hosts: set[Host] = set()
        self._is_patient = is_patient
        self._answers = 0
        self._waited = 0.0  # for them, seconds: pauses apart
        self.until = fetcher.settings.clock() + fetcher.settings.site_s

    async def close(self) -> None:
        await self._connections.aclose()
        for host in self._hosts:
            host.leave()
        self._hosts.clear()

    @property
    def is_over(self) -> bool:
        return self._settings.clock() > self.until

    async def get(self, request: Request) -> Response:
        """The answer to a request, whatever its status. Raises FetchError where there is none to speak of."""
        url, permanent = canonical_url(request.url, keep_query=True), True
        if url is None:
            raise FetchError(Outcome.REFUSED_ADDRESS, f"{request.url[:200]!r} is no http(s) address")
        passed: list[str] = []
        try:
            while True:
                if request.robots:
                    await self._ask_robots(url)
                response = await self._retrying(replace(request, url=url))
                target = redirect_target(response)
                if target is None:
                    permanent = permanent and bool(passed)
                    return replace(response, url=request.url, redirects=tuple(passed), permanent=permanent)
                passed.append(target)
                permanent = permanent and response.status in PERMANENT
                self._check_redirect(request, target, passed, permanent, response)
                url = target
        except FetchError as failure:
            failure.redirects = tuple(passed)
            failure.final_url = failure.final_url or url
            raise

    def _check_redirect(
        self, request: Request, target: str, passed: list[str], permanent: bool, response: Response
    ) -> None:
        if len(passed) > self._settings.max_redirects:
            raise FetchError(
                Outcome.REDIRECT_LOOP, f"more than {self._settings.max_redirects} redirects", response.status
            )
        if target in (request.url, *passed[:-1]) and "set-cookie" not in response.headers:
            raise FetchError(Outcome.REDIRECT_LOOP, f"{target} leads back to itself", response.status)
        if permanent and not request.follow_moves and registrable(target) != registrable(request.url):
            raise FetchError(Outcome.MOVED, f"moved for good to {target}", response.status, final_url=target)

    async def robots(self, url: str) -> Robots:
        """The rules of the host of `url`, asked for at most once in their life time. Raises FetchError.

        Rules that could not be had are those of a host where nothing may be read (RFC 9309, 2.3.1.4): the first page
        tells the failure, later ones that they are denied.
        """
        url = canonical_url(url, keep_query=True) or url
        host = self._host(url)
        clock = self._settings.clock
        async with host.gate.rules:
            if host.robots is None or clock() >= host.robots_until:
                host.robots_until = clock() + min(self._settings.robots_ttl_s, 86_400.0)
                try:
                    host.robots = await self._read_robots(urljoin(url, "/robots.txt"))
                except FetchError as failure:
                    host.robots = Robots(denied=f"robots.txt could not be read: {failure.detail}")
                    failure.final_url = url  # it is about this host, wherever its robots.txt led
                    failure.detail = f"robots.txt: {failure.detail}"
                    failure.stop_site = True
                    if failure.outcome not in UNREACHABLE:
                        failure.outcome = Outcome.ROBOTS_DENIED
                    raise
                host.gate.slow_down(host.robots.delay_s)
        return host.robots

    def denies(self, url: str) -> bool:
        """Whether the rules that are known already close a page."""
        robots = self._host(url).robots
        return robots is not None and not robots.allows(url)

    def _host(self, url: str) -> Host:
        host = self._fetcher.hosts.of(url)
        if host not in self._hosts:
            self._hosts.add(host)
            host.visits += 1
        return host

    async def _read_robots(self, url: str) -> Robots:
        request = Request(url, ROBOTS_BYTES, prefix=True, follow_moves=True, robots=False)
        try:
            response = await self.get(request)
        except FetchError as failure:
            if failure.outcome in (Outcome.SERVER_ERROR, Outcome.RATE_LIMITED) and failure.status:
                return robots_from(failure.status, b"", self._settings.robots_token)
            if failure.outcome is Outcome.REDIRECT_LOOP:
                return Robots()  # RFC 9309, 2.3.1.2: beyond five redirects, as if there were none
            raise
        rules = partial(robots_from, response.status, response.body, self._settings.robots_token)
        return await beside(len(response.body), rules)

    async def _ask_robots(self, url: str) -> None:
        robots = await self.robots(url)
        if not robots.allows(url):
            raise FetchError(
                Outcome.ROBOTS_DENIED, robots.denied or f"robots.txt disallows {urlsplit(url).path}"
            )

    async def _retrying(self, request: Request) -> Response:
        """One request, and again a bounded number of times where that may help."""
        try:
            return await self._once(request)
        except FetchError as first:
            # What retries is made where something failed: for each request it would cost a twentieth of it.
            tries = chain([first], repeat(None))

            async def again() -> Response:
                if failed := next(tries):
                    raise failed
                return await self._once(request)

        try:
            return await self._fetcher.retrying(again)
        except FetchError as failure:
            if failure.retry and self._settings.attempts > 1:
                failure.detail += f" (tried {self._settings.attempts} times)"
            if failure.response is not None and failure.response.status != 429 and not failure.stop_site:
                return failure.response  # a server error that lasts may still be a page to look at
            raise

    async def _once(self, request: Request) -> Response:
        host = self._host(request.url)
        async with host.gate.turn(self.until), self._fetcher.slots:
            self._check_patience()
            began, stalled = self._settings.clock(), self._fetcher.stalls.seconds
            try:
                async with asyncio.timeout(self._settings.total_s):
                    response = await self._send(request, began)
            except WIRE_ERRORS as error:
                failure = as_fetch_error(error)
                failure.elapsed_ms = self._ms_since(began)
                raise failure from error
            finally:
                self._answers += 1
                ours = self._fetcher.stalls.seconds - stalled
                self._waited += max(0.0, self._settings.clock() - began - ours)
        if response.status == 429 or (response.status in RETRY_STATUS and not challenged(response)):
            raise self._busy(host, response)
        return response

    def _check_patience(self) -> None:
        """Raises FetchError where hosts took so long for their answers that the other sources of the run would wait."""
        patience = self._settings.slow_s + self._settings.slow_answer_s * self._answers
        if self._waited > patience and not self._is_patient:
            slow = (
                f"{self._answers} answers took {self._waited:.0f} s: the others are left for the next visit"
            )
            raise FetchError(Outcome.TIMEOUT, slow, stop_site=True)

    def _busy(self, host: Host, response: Response) -> FetchError:
        wait = retry_after(response.headers.get("retry-after"), self._settings)
        outcome = Outcome.RATE_LIMITED if response.status == 429 else Outcome.SERVER_ERROR
        detail = f"status {response.status}" + (f", retry after {wait:.0f} s" if wait else "")
        patient = wait is None or wait <= self._settings.max_retry_after_s
        if wait:
            host.gate.hold(wait)
        return FetchError(
            outcome, detail, response.status, retry=patient, stop_site=not patient, response=response
        )

    async def _send(self, request: Request, began: float) -> Response:
        try:
            url = httpx.URL(request.url)
            url.host  # noqa: B018 - where names in Punycode are checked
        except (httpx.InvalidURL, UnicodeError) as error:
            raise FetchError(Outcome.REFUSED_ADDRESS, f"no address: {error}") from error
        validators = conditions(request)
        async with asyncio.timeout(self._settings.connect_s + self._settings.read_s):  # for the whole head
            received = await self._connections.get(url, validators)
        headers = header_map(received)
        body, whole = b"", False
        try:
            if not unwanted(request, received.status_code, headers):
                body, whole = await read_body(received, headers, request, self._settings)
        finally:
            await received.aclose()
            if not whole:  # over HTTP/2, what is left of the answer would be in the way of the next one
                await self._connections.aclose()
        return Response(
            request.url,
            request.url,
            received.status_code,
            headers,
            body,
            elapsed_ms=self._ms_since(began),
            conditional=bool(validators),
        )

    def _ms_since(self, began: float) -> int:
        return int((self._settings.clock() - began) * 1000)
