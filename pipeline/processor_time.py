"""A limit of processor time on work that what somebody else wrote may make long. Other work of the machine does not count."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN_S = 0.5  # where an exception is lost, as in a callback of a library, it comes again


class OverTimeError(Exception):
    """Work took more than its limit of processor time."""


@contextmanager
def processor_time(seconds: float) -> Iterator[Callable[[], None]]:
    """Raises OverTimeError within the block once it has taken so much processor time.

    By the signal of the virtual timer (POSIX), which regular expressions look at, too. Signals reach the main thread
    alone: in another one the error comes where the block calls what it is given. Blocks do not nest.
    """
    until = time.thread_time() + seconds

    def check() -> None:
        if time.thread_time() > until:
            raise OverTimeError(f"takes more than {seconds:g} s of processor time")

    def over(_signal: int, _frame: FrameType | None) -> None:
        check()

    if threading.current_thread() is not threading.main_thread():
        yield check
        return
    before = signal.signal(signal.SIGVTALRM, over)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN_S)
        yield check
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
