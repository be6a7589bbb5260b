"""How we fetch: who we say we are, how slowly we go, where we may connect, when we give up."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

Resolver = Callable[[str, int], Awaitable[list[str]]]


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """Times are seconds, sizes are decoded bytes.

    `connect_to` sends a host ("clinic.example", "*.example", "clinic.example:443") to an address and port of
    our choice, like `curl --connect-to`, and is the allowance for the demo and the tests; `allow_private` names
    hosts that may resolve to private addresses. Everything else must resolve to public addresses only.
    """

    user_agent: str = "iop-directory/0.1 (+https://iop-directory.example/visits)"
    per_host_delay_s: float = 1.0
    concurrency: int = 64  # requests under way at once, over all hosts
    sites_at_once: int = 256  # sites being read at once; most of them wait for their host's delay
    connect_s: float = 10.0
    read_s: float = 20.0
    total_s: float = 60.0
    site_s: float = 3600.0  # one source; pages left over wait for the next run
    slow_s: float = 60.0  # waited for a site's answers in all, besides …
    slow_answer_s: float = 5.0  # … so much for each: a site that keeps us longer waits for the next run
    grace_s: float = 10.0  # from then on an answer's body has come, on the whole, at …
    min_rate: float = 1_000.0  # … so many bytes a second, as sent
    max_bytes: int = 15_000_000
    max_file_bytes: int = 200_000_000  # a workbook, a list or an API page, downloaded on purpose
    max_redirects: int = 5
    max_sitemaps: int = 5
    attempts: int = 3
    retry_wait_s: float = 1.0
    max_retry_after_s: float = 120.0  # a longer Retry-After ends the visit instead
    robots_ttl_s: float = 86_400.0
    trust_lastmod_s: float = 21 * 86_400.0  # how long a sitemap's word is taken that a page did not change
    ours: frozenset[str] = frozenset()  # hosts, such as "*.example": on this machine, they need no pauses
    connect_to: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    allow_private: frozenset[str] = frozenset()
    ssl_context: ssl.SSLContext | None = None
    resolve: Resolver | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __post_init__(self) -> None:
        if "(+http" not in self.user_agent:
            raise ValueError("user_agent must name itself and a contact, like 'name/1.0 (+https://…)'")
        if min(self.concurrency, self.sites_at_once, self.attempts) < 1:
            raise ValueError("concurrency, sites_at_once and attempts must be at least 1")

    @property
    def robots_token(self) -> str:
        """The product token that robots.txt groups are matched with (RFC 9309, 2.2.1)."""
        return self.user_agent.split("/", 1)[0]
