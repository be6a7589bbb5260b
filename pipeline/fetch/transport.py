"""httpx's transport with our network backend under it, and the TLS context that all hosts share."""

from __future__ import annotations

import ssl

import httpcore
import httpx

from pipeline.fetch.address import CheckedBackend
from pipeline.fetch.settings import FetchSettings


def tls_context() -> ssl.SSLContext:
    """Certificates are verified; making a context takes some 20 ms, so a run makes one."""
    return httpx.create_ssl_context(trust_env=False)


class CheckedTransport(httpx.AsyncHTTPTransport):
    """HTTP/1.1 and HTTP/2 over connections that only lead to checked addresses; one request at a time."""

    def __init__(self, settings: FetchSettings, tls: ssl.SSLContext, allow_private: frozenset[str]) -> None:
        super().__init__(verify=tls, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=2,
            max_keepalive_connections=1,
            keepalive_expiry=60.0,
            http1=True,
            http2=True,
            network_backend=CheckedBackend(settings, allow_private),
        )
