"""A lease on an archive in an object store, which machines share: an object that says whose it is, and until when.

It is taken, renewed and given back by conditional writes (`warehouse.targets.store`), so that of two who ask at once one gets
it. Whoever dies with it keeps others out until it runs out. Clocks of the machines must agree within a fraction of `TERM`.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from warehouse.targets.store import ChangedError, Objects, Seen
from warehouse.targets.target import TargetError

NAME = "lease.json"
TERM = timedelta(minutes=10)
RENEWALS = 3  # in a term
log = logging.getLogger(__name__)


class LeaseError(RuntimeError):
    """Somebody else works with the archive, or it cannot be asked; the message says who, or why."""


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def leased(url: str, holder: str = "", clock: Callable[[], datetime] = now) -> Iterator[None]:
    """Hold the lease on an archive; `holder` (this process) may enter again. Raises LeaseError at once where another
    holds it, or the store cannot be asked."""
    holder = holder or f"{socket.gethostname()}, process {os.getpid()}"
    try:
        objects = Objects(url)
        seen = objects.see(NAME)
        by, until = _read(seen)
        if until > clock():
            if by == holder:
                yield
                return
            raise LeaseError(
                f"Another run works with {objects.name} ({by}, until {until:%H:%M} UTC unless it goes on). Wait for it"
            )
        seen = _write(objects, holder, clock() + TERM, seen)
    except ChangedError:
        raise LeaseError(f"Another run has just begun to work with {url}. Wait for it") from None
    except TargetError as error:
        raise LeaseError(str(error)) from error
    done = threading.Event()
    renewing = threading.Thread(target=_renew, args=(objects, holder, seen, clock, done), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        done.set()
        renewing.join()


def _renew(
    objects: Objects, holder: str, seen: Seen, clock: Callable[[], datetime], done: threading.Event
) -> None:
    """Put the end off until the run is done, then give the lease back. A store that fails is asked again in time; a lease
    that somebody took all the same is theirs, and told: what both write has names of its own."""
    finished = False
    while not finished:
        finished = done.wait(TERM.total_seconds() / RENEWALS)
        try:
            seen = _write(objects, holder, clock() + (timedelta() if finished else TERM), seen)
        except ChangedError:
            log.error("the lease on %s was lost to another run", objects.name)
            return
        except TargetError as error:
            log.warning("the lease is not renewed: %s", error)


def _write(objects: Objects, holder: str, until: datetime, seen: Seen) -> Seen:
    """The lease as it is then. Raises ChangedError where it is not what was seen."""
    data = json.dumps({"holder": holder, "until": until.isoformat()}).encode()
    objects.replace(NAME, data, seen)
    written = objects.see(NAME)
    if written.data != data:
        raise ChangedError(f"the lease on {objects.name} is another's")
    return written


def _read(seen: Seen) -> tuple[str, datetime]:
    """Whose it is, and until when; long ago where there is none, or none that can be read."""
    try:
        found = json.loads(seen.data or b"{}")
        return str(found["holder"]), datetime.fromisoformat(found["until"])
    except (ValueError, KeyError, TypeError):
        return "", datetime.min.replace(tzinfo=UTC)
