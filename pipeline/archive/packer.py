"""Keeping content beside an event loop: what waits is handed to a thread together.

To hand over each page by itself takes as long as packing it: threads share one lock, and give it to and fro.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

Waiting = tuple[bytes, "asyncio.Future[str]"]


class Packer:
    """Calls `put` for content that an event loop hands over, in `workers` threads."""

    def __init__(self, put: Callable[[bytes], str], workers: int) -> None:
        self._put, self._workers = put, workers
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="pack")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: list[Waiting] = []
        self._busy = 0

    async def put(self, data: bytes) -> str:
        """What `put` returns or raises, when it is done."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # what an earlier loop left undone is never told
            self._loop, self._waiting, self._busy = loop, [], 0
        kept: asyncio.Future[str] = loop.create_future()
        self._waiting.append((data, kept))
        self._start()
        return await kept

    def close(self) -> None:
        """Wait for what is under way."""
        self._threads.shutdown()

    def _start(self) -> None:
        """Give a free thread its share of what waits."""
        if self._busy == self._workers or not self._waiting:
            return
        share = -(-len(self._waiting) // (self._workers - self._busy))
        batch, self._waiting = self._waiting[:share], self._waiting[share:]
        self._busy += 1
        work = asyncio.get_running_loop().run_in_executor(self._threads, self._put_all, batch)
        work.add_done_callback(lambda done: self._finish(batch, done.result()))

    def _put_all(self, batch: Sequence[Waiting]) -> list[str | Exception]:
        return [self._put_one(data) for data, _ in batch]

    def _put_one(self, data: bytes) -> str | Exception:
        try:
            return self._put(data)
        except Exception as error:  # a full disk, say: it is the page's, not the batch's
            return error

    def _finish(self, batch: Sequence[Waiting], results: Sequence[str | Exception]) -> None:
        self._busy -= 1
        try:
            self._start()
        finally:  # also where the threads were closed meanwhile
            self._tell(batch, results)

    @staticmethod
    def _tell(batch: Sequence[Waiting], results: Sequence[str | Exception]) -> None:
        for (_, kept), result in zip(batch, results, strict=True):
            if kept.done():  # who waited is gone
                continue
            if isinstance(result, Exception):
                kept.set_exception(result)
            else:
                kept.set_result(result)
