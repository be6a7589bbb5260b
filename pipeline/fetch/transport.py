"""A host's connection: httpcore over our network backend, and the TLS context that all hosts share.

httpx stands on httpcore; its client would do again what is done here (redirects, decoding), at a third of the time
of a request. Its URLs and cookies are used.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping

import httpcore
import httpx

from pipeline.fetch.address import CheckedBackend
from pipeline.fetch.settings import FetchSettings


def tls_context() -> ssl.SSLContext:
    """Certificates are verified; making a context takes some 20 ms, so a run makes one."""
    return httpx.create_ssl_context(trust_env=False)


class Connection:
    """HTTP/1.1 or HTTP/2 with one host, kept open between requests, to checked addresses only. Keeps cookies."""

    def __init__(self, settings: FetchSettings, tls: ssl.SSLContext, allow_private: frozenset[str]) -> None:
        self._tls = tls
        self._backend = CheckedBackend(settings, allow_private)
        self._open: httpcore.AsyncHTTPConnection | None = None
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

    async def get(self, url: httpx.URL, headers: Mapping[str, str]) -> httpcore.Response:
        """The response to a GET, its body not read yet. The caller closes it. Raises httpcore's errors."""
        sent = [(b"host", url.netloc), *self._headers]
        sent += [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
        if self._cookies:
            asked = httpx.Request("GET", url)
            self._cookies.set_cookie_header(asked)
            sent += [(name, value) for name, value in asked.headers.raw if name.lower() == b"cookie"]
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        request = httpcore.Request(b"GET", target, headers=sent, extensions=self._extensions)
        response = await (await self._usable(request.url.origin)).handle_async_request(request)
        if any(name.lower() == b"set-cookie" for name, _ in response.headers):
            self._cookies.extract_cookies(
                httpx.Response(response.status, headers=response.headers, request=httpx.Request("GET", url))
            )
        return response

    async def _usable(self, origin: httpcore.Origin) -> httpcore.AsyncHTTPConnection:
        """The connection, or a new one if it was closed. A pool is not needed: a host gets one request at a time."""
        last = self._open
        if last is None or last.is_closed() or last.has_expired() or not last.is_available():
            await self.aclose()
            self._open = httpcore.AsyncHTTPConnection(
                origin, self._tls, keepalive_expiry=60.0, http2=True, network_backend=self._backend
            )
        assert self._open is not None
        return self._open

    async def aclose(self) -> None:
        if self._open is not None:
            await self._open.aclose()
