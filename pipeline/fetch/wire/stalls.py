"""Time in which our own processor was busy with other things: no host is to blame for it."""

from __future__ import annotations

import asyncio

TICK_S = 0.25


class Stalls:
    """`seconds` in which the event loop came too late, so far; counted while `watch` runs."""

    def __init__(self) -> None:
        self.seconds = 0.0

    async def watch(self) -> None:
        """Count, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            until = loop.time() + TICK_S
            await asyncio.sleep(TICK_S)
            self.seconds += max(0.0, loop.time() - until)
