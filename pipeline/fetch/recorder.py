"""One attempt, one document: content into the archive first, then the row of the log."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from pipeline.archive.archive import Archive
from pipeline.archive.visits import GOOD, VisitRow
from pipeline.fetch.outcome.judge import Verdict
from pipeline.fetch.outcome.reach import Reach
from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.messages import FetchError, Response
from pipeline.records import Document, Outcome
from sources.well_formed import well_formed

_TEXTS = ("url", "final_url", "media_type", "charset", "etag", "last_modified", "detail")


@dataclass(slots=True)
class Recorder:
    """Writes one source's attempts. `known` is what the archive held of it, by URL, when the run began; `published`
    the edition that is asked for, `reach` what all sources of the run reach (None: its rows are logged at once)."""

    source_id: str
    archive: Archive
    settings: FetchSettings
    known: dict[str, Document] = field(default_factory=dict)
    now: datetime | None = None
    published: date | None = None
    reach: Reach | None = None
    began: datetime = field(init=False)
    _outcomes: Counter[str] = field(default_factory=Counter)
    _size: int = 0

    def __post_init__(self) -> None:
        self.began = self.moment()

    def finish(self) -> None:
        """The source was read to the end: log its visit."""
        visit = VisitRow(self.source_id, self.began, self.moment(), dict(self._outcomes), self._size)
        self._write(partial(self.archive.record_visit, visit))

    def validators(self, url: str) -> Document | None:
        """The last attempt with content, if its content is still kept: only then may a server answer 304."""
        last = self.known.get(url)
        return last if last is not None and last.sha256 in self.archive else None

    def failed(self, url: str, failure: FetchError) -> Document:
        document = Document(
            self.source_id,
            url,
            self.moment(),
            failure.outcome,
            final_url=failure.final_url,
            status=failure.status,
            detail=failure.detail[:500],
            elapsed_ms=failure.elapsed_ms,
            redirects=failure.redirects,
        )
        return self._log(document)

    def same_content(self, last: Document, response: Response) -> bool:
        """Whether an answer brings what is kept already."""
        return response.status == 200 and hashlib.sha256(response.body).hexdigest() == last.sha256

    def vouch(self, last: Document) -> None:
        """Count a page as good that had not to be asked for."""
        self._outcomes[Outcome.UNCHANGED.value] += 1
        self._size += last.size or 0

    def unchanged(self, last: Document, response: Response, detail: str = "") -> Document:
        """What is known of the content stays as it was."""
        document = Document(
            self.source_id,
            last.url,
            self.moment(),
            Outcome.UNCHANGED,
            final_url=response.final_url,
            status=response.status,
            sha256=last.sha256,
            size=last.size,
            media_type=last.media_type,
            charset=last.charset,
            etag=response.headers.get("etag", last.etag),
            last_modified=response.headers.get("last-modified", last.last_modified),
            detail=detail,
            elapsed_ms=response.elapsed_ms,
            redirects=response.redirects,
        )
        return self._log(document)

    async def answered(self, response: Response, verdict: Verdict) -> Document:
        """An answer with a body; the same content again is UNCHANGED."""
        sha256 = await self.archive.put_beside(response.body) if verdict.keep else None
        last = self.known.get(response.url)
        if verdict.outcome is Outcome.OK and last is not None and last.sha256 == sha256:
            verdict = replace(verdict, outcome=Outcome.UNCHANGED, detail="same content")
        return self._log(document_of(self.source_id, response, verdict, self.moment(), sha256))

    def _log(self, document: Document) -> Document:
        document = replace(_sound(document), published=self.published)
        if self.reach is not None:
            self.reach.saw(document)
        self._write(partial(self.archive.record, document))
        self._outcomes[document.outcome.value] += 1
        self._size += (document.size or 0) if document.outcome in GOOD else 0
        return document

    def _write(self, row: Callable[[], None]) -> None:
        if self.reach is None:
            row()
        else:
            self.reach.log(row)

    def moment(self) -> datetime:
        """The time that an attempt of now is logged with."""
        return self.now or self.settings.now()


def _sound(document: Document) -> Document:
    """The row with well-formed text: names of files and messages of libraries need not be."""
    texts = ((name, getattr(document, name)) for name in _TEXTS)
    found: dict[str, Any] = {
        name: well_formed(text) for name, text in texts if text and not text.isprintable()
    }
    return replace(document, **found) if found else document


def document_of(
    source_id: str, response: Response, verdict: Verdict, moment: datetime, sha256: str | None
) -> Document:
    """The row of an attempt that was answered; `sha256` where the content is kept."""
    return Document(
        source_id,
        response.url,
        moment,
        verdict.outcome,
        final_url=response.final_url,
        status=response.status or None,
        sha256=sha256,
        size=len(response.body) if sha256 else None,
        media_type=response.media_type or None,
        charset=verdict.charset,
        etag=response.headers.get("etag"),
        last_modified=response.headers.get("last-modified"),
        detail=verdict.detail[:500],
        elapsed_ms=response.elapsed_ms,
        redirects=response.redirects,
    )
