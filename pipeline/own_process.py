"""Work in processes of its own: the memory that it took goes with it, and a crash in a library ends it alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import current_process, get_context
from typing import ParamSpec, TypeVar

from pipeline.garbage import look_rarely

P = ParamSpec("P")
T = TypeVar("T")


class DiedError(RuntimeError):
    """A process ended before its work did: for want of memory, or by a fault in a library."""


def pool(workers: int) -> ProcessPoolExecutor:
    """Processes for work on many rows. They begin anew, since a fork would take over the threads of libraries half done."""
    return ProcessPoolExecutor(workers, get_context("spawn"), initializer=look_rarely)


def may_start() -> bool:
    """Whether this process may start others: a daemon, as Dask's workers are, may not."""
    return not current_process().daemon


def alone(work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """What the work returns or raises, done by a process that ends with it. DiedError where it does not come to its end."""
    with pool(1) as one:
        try:
            return one.submit(work, *args, **options).result()
        except BrokenProcessPool as error:
            raise DiedError(
                f"the process of {work.__name__} died, for want of memory or by a fault in a library"
            ) from error
