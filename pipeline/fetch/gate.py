"""One host's pace: one request at a time, a delay after each, and the pauses that the host asks for."""

from __future__ import annotations

import asyncio

from pipeline.fetch.settings import FetchSettings


class Gate:
    """Times are those of `settings.clock`, in seconds."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._lock = asyncio.Lock()
        self._delay = settings.per_host_delay_s
        self._next = float("-inf")
        self.rules = asyncio.Lock()  # held while robots.txt is asked for

    async def __aenter__(self) -> None:
        """Wait for one's turn, and keep the host for as long as the request lasts. The delay begins at its end, so
        that the host, too, never sees two requests within it."""
        await self._lock.acquire()
        try:
            while (wait := self._next - self._settings.clock()) > 0:
                await self._settings.sleep(wait)
        except BaseException:
            self._lock.release()
            raise

    async def __aexit__(self, *_: object) -> None:
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
