"""One host's pace: one request at a time, a delay after each, and the pauses that the host asks for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.messages import FetchError
from pipeline.records import Outcome


class Gate:
    """Times are those of `settings.clock`, in seconds."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._lock = asyncio.Lock()
        self._delay = settings.per_host_delay_s
        self._next = float("-inf")
        self.rules = asyncio.Lock()  # held while robots.txt is asked for

    def turn(self, until: float) -> Turn:
        """One request's turn: to be waited for (`async with`), not beyond the moment `until`."""
        return Turn(self, until)

    async def enter(self, until: float) -> None:
        """Wait for one's turn, and keep the host from then on. Raises FetchError where it would come too late."""
        await self._lock.acquire()
        try:
            while (wait := self._next - self._settings.clock()) > 0:
                if self._next > until:
                    pause = f"the host asks for a pause of {wait:.0f} s, longer than this visit lasts"
                    raise FetchError(Outcome.RATE_LIMITED, pause, stop_site=True)
                await self._settings.sleep(wait)
            if self._settings.clock() > until:
                raise FetchError(Outcome.TIMEOUT, "the time for this visit is over", stop_site=True)
        except BaseException:
            self._lock.release()
            raise

    def leave(self) -> None:
        """The delay begins at a request's end, so that the host, too, never sees two requests within it."""
        self.hold(self._delay)
        self._lock.release()

    def hold(self, seconds: float) -> None:
        """The host asks for a pause (Retry-After)."""
        self._next = max(self._next, self._settings.clock() + seconds)

    def slow_down(self, seconds: float) -> None:
        """The host asks for a longer delay (crawl-delay); a shorter one changes nothing."""
        if seconds > self._delay:
            self._next += seconds - self._delay
            self._delay = seconds


@dataclass(frozen=True, slots=True)
class Turn:
    gate: Gate
    until: float

    async def __aenter__(self) -> None:
        await self.gate.enter(self.until)

    async def __aexit__(self, *_: object) -> None:
        self.gate.leave()
