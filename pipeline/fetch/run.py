"""A fetch run: all the sources given, side by side, each at its host's pace. One bad source never stops the others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from datetime import datetime
from urllib.parse import urlsplit

import anyio

from pipeline.fetch.archive import Archive
from pipeline.fetch.client import Fetcher
from pipeline.fetch.failure import as_failure
from pipeline.fetch.files import PAGES, Pager, download, read_local
from pipeline.fetch.recorder import Recorder
from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.site import SiteRun
from pipeline.fetch.visit_log import by_source, due
from pipeline.records import Document
from sources.findtreatment import page_urls
from sources.registry import Kind, Source

PAGERS: dict[Kind, Pager] = {Kind.FINDTREATMENT: page_urls}
log = logging.getLogger(__name__)
SUFFIXES = {
    Kind.PROVIDER_SITE: PAGES,
    Kind.FINDTREATMENT: (".json",),
    Kind.SAMHSA_DIRECTORY: (".xlsx",),
    Kind.LICENSE_LIST: (".csv",),
}
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
    """Fetch the sources; one document for every attempt, archived and logged before it is yielded.

    `now`, if given, is written as the time of every attempt (replays of a day, tests). Leaving the iteration
    early cancels what is under way; nothing that was logged is lost. `due_only` leaves out the sources whose
    cadence says that they need not be read yet.
    """
    began = now or settings.now()
    todo = list(sources)
    if due_only:
        visits = by_source(archive.visits())
        todo = [source for source in todo if due(source, visits, began)]
    known = archive.latest([source.id for source in todo])
    found, results = anyio.create_memory_object_stream[Document](WAITING)
    waiting = iter(todo)
    fetcher = Fetcher(settings)

    async def work() -> None:
        for source in waiting:
            recorder = Recorder(source.id, archive, settings, known.pop(source.id, {}), now)
            async with aclosing(_documents(source, fetcher, recorder)) as documents:
                async for document in documents:
                    await found.send(document)
            recorder.finish()

    async def all_work() -> None:
        async with found, asyncio.TaskGroup() as group:
            for _ in range(min(settings.sites_at_once, len(todo))):
                group.create_task(work())

    running = asyncio.create_task(all_work())
    try:
        async for document in results:
            if progress is not None:
                progress(document)
            yield document
        await running
    finally:
        results.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        archive.flush()


async def _documents(source: Source, fetcher: Fetcher, recorder: Recorder) -> AsyncGenerator[Document]:
    """One source's attempts. A fault of ours becomes the outcome of its source, and its traceback a log line."""
    try:
        if source.path is not None:
            async for document in read_local(source.path, recorder, SUFFIXES[source.kind]):
                yield document
            return
        url = source.url or ""
        allowed = frozenset({urlsplit(url).hostname or ""}) if source.allow_loopback else frozenset()
        async with fetcher.visiting(allowed) as visit:
            if source.kind is Kind.PROVIDER_SITE:
                reading = SiteRun(source, visit, recorder).documents()
            else:
                reading = download(url, visit, recorder, PAGERS.get(source.kind))
            async with aclosing(reading):
                async for document in reading:
                    yield document
    except Exception as error:
        log.exception("%s: fetching failed", source.id)
        yield recorder.failed(source.location, as_failure(error))


def fetch_all(
    sources: Sequence[Source],
    archive: Archive,
    settings: FetchSettings,
    *,
    progress: Callable[[Document], None] | None = None,
    now: datetime | None = None,
    due_only: bool = False,
) -> list[Document]:
    """`fetch_sources` for callers that are not asynchronous: all documents, at the end."""

    async def gather() -> list[Document]:
        return [
            d
            async for d in fetch_sources(
                sources, archive, settings, progress=progress, now=now, due_only=due_only
            )
        ]

    return asyncio.run(gather())
