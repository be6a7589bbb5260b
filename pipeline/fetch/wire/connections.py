"""httpx's transport and cookies for one visit, connecting to checked addresses only.

httpx's client is left out: it has rules of its own for redirects, and fails where one leads nowhere.
"""

from __future__ import annotations

import ssl

import httpcore
import httpx

from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.address import CheckedBackend


class CheckedTransport(httpx.AsyncHTTPTransport):
    """httpx takes no network backend for its pool of connections, so the pool is made here."""

    def __init__(self, backend: CheckedBackend, tls: ssl.SSLContext) -> None:
        super().__init__(verify=tls, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(ssl_context=tls, http2=True, network_backend=backend)


class Connections:
    """What one visit has with its hosts. One pool for all visits would be searched at each request."""

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
