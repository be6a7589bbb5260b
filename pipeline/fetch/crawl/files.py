"""Sources that are files: one download, the pages of an API, or what lies in a local folder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path

from pipeline.fetch.outcome.judge import Verdict, judge_file
from pipeline.fetch.recorder import Recorder
from pipeline.fetch.wire.client import Visit
from pipeline.fetch.wire.messages import FetchError, Request, Response
from pipeline.records import Document, Outcome
from sources.local_files import files_of

Pager = Callable[[str, bytes], Sequence[str]]  # (URL, first answer) → the pages after it
MEDIA_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".json": "application/json",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
}


async def download(
    url: str, visit: Visit, recorder: Recorder, pages: Pager | None = None
) -> AsyncGenerator[Document]:
    """Fetch one file, whatever its media type, and the pages that `pages` finds in the first answer."""
    waiting = [url]
    first = True
    while waiting and not visit.is_over:
        document = await _file(waiting.pop(0), visit, recorder)
        if first and pages is not None and document.sha256 is not None:
            try:
                waiting = list(pages(url, recorder.archive.get(document.sha256)))
            except Exception as error:  # whatever an answer says of its pages
                yield document
                yield recorder.failed(url, FetchError(Outcome.EMPTY, f"no pages to follow: {error}"))
                return
        first = False
        yield document
        if document.outcome not in (Outcome.OK, Outcome.UNCHANGED):
            return  # a set of pages with one missing is incomplete: the rest can wait for the next run


async def _file(url: str, visit: Visit, recorder: Recorder) -> Document:
    last = recorder.validators(url)
    request = Request(url, recorder.settings.max_file_bytes, known=last, follow_moves=True)
    try:
        response = await visit.get(request)
    except FetchError as failure:
        return recorder.failed(url, failure)
    if response.status == 304 and last is not None and response.conditional:
        return recorder.unchanged(last, response)
    return await recorder.answered(response, judge_file(response))


async def read_local(path: Path, recorder: Recorder, suffixes: tuple[str, ...]) -> AsyncGenerator[Document]:
    """Archive a local file, or those of a folder. URLs are `file:` and the name below the folder."""
    files = files_of(path, suffixes)
    if not files:
        nothing = f"the folder holds no {' or '.join(suffixes)} file"
        yield recorder.failed(f"file:{path.name}", FetchError(Outcome.EMPTY, nothing))
    for file in files:
        url = f"file:{path.name}" + (f"/{file.relative_to(path).as_posix()}" if path.is_dir() else "")
        yield await _local(file, url, recorder)


async def _local(file: Path, url: str, recorder: Recorder) -> Document:
    try:
        body = await asyncio.to_thread(file.read_bytes)
    except FileNotFoundError:
        return recorder.failed(url, FetchError(Outcome.GONE, f"no file {file.name}"))
    except OSError as error:
        return recorder.failed(url, FetchError(Outcome.BLOCKED, f"cannot be read: {error.strerror}"))
    if not body:
        return recorder.failed(url, FetchError(Outcome.EMPTY, "no content"))
    headers = {"content-type": MEDIA_TYPES.get(file.suffix.lower(), "application/octet-stream")}
    return await recorder.answered(Response(url, url, 0, headers, body), Verdict(Outcome.OK, keep=True))
