"""A host's connection: httpx's transport over our network backend, and the TLS context that all hosts share.

The transport is used without httpx's client, which would do again what is done here (redirects, decoding), at a
third of the time of a request.
"""

from __future__ import annotations

import ssl

import httpcore
import httpx

from pipeline.fetch.address import CheckedBackend
from pipeline.fetch.settings import FetchSettings


def tls_context() -> ssl.SSLContext:
    """Certificates are verified; making a context takes some 20 ms, so a run makes one."""
    return httpx.create_ssl_context(trust_env=False)


class OneConnection:
    """What httpx's transport asks of a pool, for an origin that is sent one request at a time: one connection, made
    anew when it has ended. (A pool's bookkeeping takes a tenth of the time of a request.)"""

    def __init__(self, tls: ssl.SSLContext, backend: httpcore.AsyncNetworkBackend) -> None:
        self._tls, self._backend = tls, backend
        self._connection: httpcore.AsyncHTTPConnection | None = None

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        connection = self._connection
        if connection is None or not connection.is_available() or connection.has_expired():
            await self.aclose()
            connection = self._connection = httpcore.AsyncHTTPConnection(
                request.url.origin,
                ssl_context=self._tls,
                keepalive_expiry=60.0,
                http1=True,
                http2=True,
                network_backend=self._backend,
            )
        return await connection.handle_async_request(request)

    async def aclose(self) -> None:
        if self._connection is not None:
            await self._connection.aclose()
            self._connection = None


class Connection(httpx.AsyncHTTPTransport):
    """HTTP/1.1 or HTTP/2 with one host, kept open between requests, to checked addresses only. Keeps cookies."""

    def __init__(self, settings: FetchSettings, tls: ssl.SSLContext, allow_private: frozenset[str]) -> None:
        super().__init__(verify=tls, trust_env=False)
        self._pool = OneConnection(tls, CheckedBackend(settings, allow_private))  # type: ignore[assignment]
        self._cookies = httpx.Cookies()
        self._extensions = {
            "timeout": {
                "connect": settings.connect_s,
                "read": settings.read_s,
                "write": settings.read_s,
                "pool": None,
            }
        }
        self._headers = [
            (b"user-agent", settings.user_agent.encode()),
            (b"accept", b"text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"),
            (b"accept-language", b"en-US,en;q=0.8"),
            (b"accept-encoding", b"gzip, deflate"),
        ]

    async def get(self, url: httpx.URL, headers: dict[str, str]) -> httpx.Response:
        """The response to a GET, its body not read yet. The caller closes it. Raises httpx.TransportError."""
        conditions = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
        request = httpx.Request("GET", url, headers=self._headers + conditions, extensions=self._extensions)
        if self._cookies:
            self._cookies.set_cookie_header(request)
        response = await self.handle_async_request(request)
        response.request = request
        if "set-cookie" in response.headers:
            self._cookies.extract_cookies(response)
        return response
