"""A host's connection, over HTTP/1.1 or HTTP/2, as an httpx transport; and the TLS context that all hosts share.

The transport is used without httpx's client, which would do again what is done here (redirects, decoding), at a
third of the time of a request.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable

import httpcore
import httpx

from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.address import Connector
from pipeline.fetch.wire.http1 import Http1
from pipeline.fetch.wire.stream import Stream


def tls_context(settings: FetchSettings) -> ssl.SSLContext:
    """Certificates are verified; making a context takes some 20 ms, so a run makes one, when it needs it."""
    context = settings.ssl_context or httpx.create_ssl_context(trust_env=False)
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


class Http2(httpx.AsyncHTTPTransport):
    """HTTP/2 over one connection: httpx's transport, with the connection where its pool would be."""

    def __init__(self, stream: Stream, url: httpx.URL, tls: ssl.SSLContext) -> None:
        super().__init__(verify=tls, trust_env=False)
        self._stream = stream
        origin = httpcore.Origin(url.raw_scheme, url.raw_host, url.port or 443)
        self._two = self._pool = httpcore.AsyncHTTP2Connection(origin, stream)  # type: ignore[assignment]

    def is_available(self) -> bool:
        return self._two.is_available() and not self._stream.closing

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except httpcore.ConnectionNotAvailable as error:  # the server said goodbye meanwhile
            raise httpx.RemoteProtocolError("the server closed the connection") from error
        except ValueError as error:  # a status that is no number
            raise httpx.RemoteProtocolError(f"an answer that is not HTTP/2: {error}") from error


class Connection(httpx.AsyncBaseTransport):
    """One host, to checked addresses only, one request at a time. Its connection is kept open between requests and
    made anew when it has ended. Keeps cookies."""

    def __init__(
        self, settings: FetchSettings, tls: Callable[[], ssl.SSLContext], allow_private: frozenset[str]
    ) -> None:
        self._tls = tls
        self._connector = Connector(settings, allow_private)
        self._speaker: Http1 | Http2 | None = None
        self._cookies = httpx.Cookies()
        self._connect_s = settings.connect_s
        self._extensions = {"timeout": dict.fromkeys(("read", "write"), settings.read_s)}
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
            try:
                self._cookies.set_cookie_header(request)
            except UnicodeError:  # a cookie that cannot be sent back
                self._cookies.clear()
        response = await self.handle_async_request(request)
        response.request = request
        if "set-cookie" in response.headers:
            self._cookies.extract_cookies(response)
        return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        speaker = self._speaker
        if speaker is None or not speaker.is_available():
            await self.aclose()
            speaker = self._speaker = await self._connect(request.url)
        return await speaker.handle_async_request(request)

    async def _connect(self, url: httpx.URL) -> Http1 | Http2:
        """A connection that speaks what the server chooses (ALPN, RFC 7301); in the clear that is HTTP/1.1."""
        secure, host = url.scheme == "https", url.raw_host.decode("ascii")
        stream = await self._connector.connect(host, url.port or (443 if secure else 80), self._connect_s)
        if secure:
            await stream.start_tls(self._tls(), host, self._connect_s)
        return Http2(stream, url, self._tls()) if stream.protocol == "h2" else Http1(stream)

    async def aclose(self) -> None:
        if self._speaker is not None:
            await self._speaker.aclose()
            self._speaker = None
