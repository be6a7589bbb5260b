"""httpx's transport and cookies for one visit, connecting to checked addresses only.

httpx's client is left out: it has rules of its own for redirects, and fails where one leads nowhere.
"""

from __future__ import annotations

import ssl

import httpcore
import httpx
from anyio import CancelScope

from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.address import CheckedBackend

MOST = 10  # connections of one visit: with the hosts that its links and redirects led to last


class OnePerOrigin(httpcore.AsyncConnectionPool):
    """Connections of which each origin has one: it is asked for one thing at a time. httpcore's own pool looks through
    what it has three times a request, a fifth of the request's cost."""

    def __init__(self, backend: CheckedBackend, tls: ssl.SSLContext) -> None:
        super().__init__(ssl_context=tls, http2=True, network_backend=backend)
        self._by_origin: dict[str, httpcore.AsyncConnectionInterface] = {}

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """The response, over the connection that there is if it is still good. Raises what httpcore does."""
        origin = str(request.url.origin)
        connection = self._by_origin.pop(origin, None)
        if connection is not None and (connection.has_expired() or not connection.is_available()):
            await connection.aclose()
            connection = None
        if connection is None and len(self._by_origin) >= MOST:
            await self._by_origin.pop(next(iter(self._by_origin))).aclose()
        connection = connection or self.create_connection(request.url.origin)
        self._by_origin[origin] = connection
        return await connection.handle_async_request(request)

    async def aclose(self) -> None:
        """End all connections."""
        with CancelScope(shield=True):
            while self._by_origin:
                await self._by_origin.popitem()[1].aclose()


class CheckedTransport(httpx.AsyncHTTPTransport):
    """httpx takes no network backend for its pool of connections, so the pool is made here."""

    def __init__(self, backend: CheckedBackend, tls: ssl.SSLContext) -> None:
        super().__init__(verify=tls, trust_env=False)
        self._pool = OnePerOrigin(backend, tls)


class Connections:
    """What one visit has with its hosts."""

    def __init__(self, settings: FetchSettings, tls: ssl.SSLContext, allow_private: frozenset[str]) -> None:
        self._transport = CheckedTransport(CheckedBackend(settings, allow_private), tls)
        self._cookies = httpx.Cookies()
        self._timeouts = httpx.Timeout(settings.read_s, connect=settings.connect_s).as_dict()
        self._headers = [
            (b"user-agent", settings.user_agent.encode()),
            (b"accept", b"text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"),
            (b"accept-language", b"en-US,en;q=0.8"),
            (b"accept-encoding", b"gzip, deflate"),
        ]

    async def get(self, url: httpx.URL, headers: list[tuple[bytes, bytes]]) -> httpx.Response:
        """The response to a GET, its body not read yet. The caller closes it. Raises httpx.TransportError."""
        request = httpx.Request(
            "GET", url, headers=self._headers + headers, extensions={"timeout": self._timeouts}
        )
        if self._cookies:
            try:
                self._cookies.set_cookie_header(request)
            except UnicodeError:  # a cookie that cannot be sent back
                self._cookies.clear()
        try:
            response = await self._transport.handle_async_request(request)
        except ValueError as error:  # over HTTP/2, a status that is no number
            raise httpx.RemoteProtocolError(str(error)) from error
        response.request = request
        if "set-cookie" in response.headers:
            self._cookies.extract_cookies(response)
        return response

    async def aclose(self) -> None:
        """End all connections; the next request makes new ones."""
        await self._transport.aclose()
