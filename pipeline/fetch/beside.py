"""Work of the processor beside the event loop: what one host sends must not keep the others waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
MUCH = 64_000  # bytes: below, handing the work to a thread costs more than the work


async def beside(size: int, work: Callable[[], T]) -> T:
    """What `work` gives, on so many bytes: in a thread where they are many."""
    return work() if size < MUCH else await asyncio.to_thread(work)
