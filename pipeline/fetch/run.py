"""A fetch run: all the sources given, side by side, each at its host's pace. One bad source never stops the others."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from datetime import datetime
from urllib.parse import urlsplit

from anyio.from_thread import start_blocking_portal

from pipeline.archive.archive import Archive, ArchiveError, Latest
from pipeline.archive.visits import by_source, due
from pipeline.fetch.crawl.files import download, read_local
from pipeline.fetch.crawl.site import SiteRun
from pipeline.fetch.outcome.reach import Reach
from pipeline.fetch.recorder import Recorder
from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.client import Fetcher
from pipeline.fetch.wire.messages import FetchError, as_fetch_error
from pipeline.records import Document
from sources.registry import Source

log = logging.getLogger(__name__)
BATCH = 200  # sources looked up in the archive together
WAITING = 1000  # documents that a slow reader of the results may be behind


async def fetch_sources(
    sources: Iterable[Source],
    archive: Archive,
    settings: FetchSettings,
    *,
    progress: Callable[[Document], None] | None = None,
    now: datetime | None = None,
    due_only: bool = False,
) -> AsyncGenerator[Document]:
    """Fetch the sources; one document for every attempt, archived and logged before it is yielded. (Until some host
    has answered, logging waits: where none does, nothing is logged. See `pipeline.fetch.outcome.reach`.)

    `now`, if given, is written as the time of every attempt (replays of a day, tests). Leaving the iteration
    early cancels what is under way; nothing that was logged is lost. `due_only` leaves out the sources whose
    cadence says that they need not be read yet.
    """
    began = now or settings.now()
    todo = list(sources)
    if due_only:
        visits = by_source(archive.visits())
        todo = [source for source in todo if due(source, visits, began)]
    results: asyncio.Queue[Document | None] = asyncio.Queue(WAITING)  # None: all is read
    waiting = _with_known(todo, archive.latest())
    fetcher, reach = Fetcher(settings), Reach()

    async def work() -> None:
        for source, known in waiting:
            through = None if source.path else reach
            recorder = Recorder(source.id, archive, settings, known, now, source.published, through)
            outcomes: Counter[str] = Counter()
            async with aclosing(_documents(source, fetcher, recorder)) as documents:
                async for document in documents:
                    outcomes[document.outcome] += 1
                    await results.put(document)
            recorder.finish()
            _log_end(source, outcomes)

    async def all_work() -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(settings.sites_at_once, len(todo))):
                    group.create_task(work())
        except ExceptionGroup as group:
            await results.put(None)
            raise group.exceptions[0] from None  # which is told in a line; the others have the same reason
        await results.put(None)

    running, watching = asyncio.create_task(all_work()), asyncio.create_task(fetcher.stalls.watch())
    try:
        while (document := await results.get()) is not None:
            if progress is not None:
                progress(document)
            yield document
        await running
    finally:
        running.cancel()
        watching.cancel()
        await asyncio.gather(running, watching, return_exceptions=True)
        reach.finish()
        archive.flush()


def _log_end(source: Source, outcomes: Counter[str]) -> None:
    told = ", ".join(f"{n} {outcome}" for outcome, n in outcomes.most_common()) or "nothing"
    fields = {"source_id": source.id, "attempts": outcomes.total(), "outcomes": {**outcomes}}
    log.info("%s: fetched %s", source.id, told, extra=fields)


def _with_known(todo: Sequence[Source], latest: Latest) -> Iterator[tuple[Source, dict[str, Document]]]:
    """Each source with what the archive holds of it, looked up a batch at a time."""
    for start in range(0, len(todo), BATCH):
        batch = todo[start : start + BATCH]
        known = latest.of(source.id for source in batch)
        for source in batch:
            yield source, known.pop(source.id, {})


async def _documents(source: Source, fetcher: Fetcher, recorder: Recorder) -> AsyncGenerator[Document]:
    """One source's attempts. A fault of ours becomes the outcome of its source, and its traceback a log line."""
    try:
        if source.path is not None:
            async for document in read_local(source.path, recorder, source.kind.suffixes):
                yield document
            return
        url = source.url or ""
        allowed = frozenset({urlsplit(url).hostname or ""}) if source.allow_loopback else frozenset()
        # A part of a site's pages is of use, one of a list's is not.
        async with fetcher.visiting(allowed, ours=True, patient=not source.kind.is_site) as visit:
            if source.kind.is_site:
                reading = SiteRun(source, visit, recorder).documents()
            else:
                reading = download(url, visit, recorder, source.kind.pager)
            async with aclosing(reading):
                async for document in reading:
                    yield document
    except Exception as error:
        if isinstance(error, ArchiveError):  # a full disk, a store that refuses: said in a line
            log.error("%s: %s", source.id, error)
        elif not isinstance(error, FetchError):
            log.exception("%s: fetching failed", source.id)
        yield recorder.failed(source.location, as_fetch_error(error))


def fetch_all(
    sources: Sequence[Source],
    archive: Archive,
    settings: FetchSettings,
    *,
    progress: Callable[[Document], None] | None = None,
    now: datetime | None = None,
    due_only: bool = False,
) -> list[Document]:
    """`fetch_sources` for callers that are not asynchronous: all documents, at the end.

    The event loop runs in a thread of its own. So a signal whose handler raises (Ctrl-C, Dagster's) interrupts the
    wait for it, not some line within it; what is under way is then cancelled in order, and the exception goes on.
    """

    async def gather() -> list[Document]:
        found = fetch_sources(sources, archive, settings, progress=progress, now=now, due_only=due_only)
        async with aclosing(found):
            return [document async for document in found]

    with start_blocking_portal() as portal:
        return portal.start_task_soon(gather).result()
