"""What a run knows of the hosts that it meets: the pace of each, and the rules of its robots.txt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.gate import Gate
from pipeline.fetch.wire.robots import Robots


@dataclass(slots=True, eq=False)
class Host:
    """One origin (scheme, name and port). `robots_until` is when its rules are to be asked for again."""

    gate: Gate
    robots: Robots | None = None
    robots_until: float = 0.0
    visits: int = 0  # under way

    def leave(self) -> None:
        """A visit ended; after the last one the rules are forgotten: thousands of sites' would add up."""
        self.visits -= 1
        if not self.visits:
            self.robots = None


class Hosts:
    """Rules belong to an origin (RFC 9309, 2.3), the pace to a name: whatever its ports, it is one machine."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._ours = set(settings.ours)
        self._origins: dict[str, Host] = {}
        self._gates: dict[str, Gate] = {}

    def are_ours(self, names: Iterable[str]) -> None:
        """These hosts are on this machine, the demo's or a test's: they need no pauses but those they ask for."""
        self._ours.update(names)

    def of(self, url: str) -> Host:
        """The host of a canonical URL."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        host = self._origins.get(origin)
        if host is None:
            host = self._origins[origin] = Host(self._gate(parts.hostname or ""))
        return host

    def _gate(self, name: str) -> Gate:
        if name not in self._gates:
            ours = any(fnmatchcase(name, pattern) for pattern in self._ours)
            settings = replace(self._settings, per_host_delay_s=0.0) if ours else self._settings
            self._gates[name] = Gate(settings)
        return self._gates[name]
