"""robots.txt (RFC 9309): what a host lets us read, and how fast. Never overridden."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import dataclass, field

from protego import Protego

MAX_BYTES = 500 * 1024  # RFC 9309, 2.5: at least this much is parsed; what follows is not asked for
MAX_SITEMAPS = 50
# A group may name a version after the token ("our-bot/2.0"), which is no part of it.
VERSION = re.compile(r"^([ \t]*+user-agent[ \t]*+:[ \t]*+[^\s/#]++)/\S*+", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one host, for our product token. `denied` explains why nothing may be read at all."""

    rules: Protego | None = None
    token: str = "*"
    denied: str = ""
    delay_s: float = 0.0
    sitemaps: tuple[str, ...] = field(default=())

    def allows(self, url: str) -> bool:
        if self.denied:
            return False
        return self.rules is None or bool(self.rules.can_fetch(url, self.token))


def robots_from(status: int, body: bytes, token: str) -> Robots:
    """The rules that an answer for /robots.txt means.

    2xx is parsed; 4xx, or a redirect to nowhere, means no rules (RFC 9309, 2.3.1.3), except 429, which like 5xx
    means that the rules are unknown, so that nothing may be read (2.3.1.4).
    """
    if 200 <= status < 300:
        return parse_robots(body, token)
    if status == 429 or status >= 500:
        return Robots(denied=f"robots.txt answered {status}")
    return Robots()


def parse_robots(body: bytes, token: str) -> Robots:
    """Rules, delay and sitemaps of a robots.txt. What is no rule (an HTML page, say) is ignored."""
    text = body[:MAX_BYTES].decode("utf-8-sig", "replace")
    rules = Protego.parse(VERSION.sub(r"\1", text))
    return Robots(rules, token, delay_s=_delay(rules, token), sitemaps=tuple(rules.sitemaps)[:MAX_SITEMAPS])


def _delay(rules: Protego, token: str) -> float:
    """Seconds between requests, by Crawl-delay and Request-rate; what is no number of seconds asks for nothing."""
    delays = [float(rules.crawl_delay(token) or 0.0)]
    rate = rules.request_rate(token)
    if rate is not None and rate.requests > 0:
        with suppress(OverflowError):
            delays.append(rate.seconds / rate.requests)
    return max((delay for delay in delays if math.isfinite(delay)), default=0.0)
