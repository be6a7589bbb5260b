"""One attempt, one document: content into the archive first, then the row of the log."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.archive.archive import Archive
from pipeline.archive.visits import GOOD, VisitRow
from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.messages import Failure, Reply
from pipeline.records import Document, Outcome


@dataclass(slots=True)
class Recorder:
    """Writes one source's attempts. `known` is what the archive held of it, by URL, when the run began."""

    source_id: str
    archive: Archive
    settings: FetchSettings
    known: dict[str, Document] = field(default_factory=dict)
    now: datetime | None = None
    began: datetime = field(init=False)
    _outcomes: Counter[str] = field(default_factory=Counter)
    _size: int = 0

    def __post_init__(self) -> None:
        self.began = self.moment()

    def finish(self) -> None:
        """The source was read to the end: log its visit."""
        visit = VisitRow(self.source_id, self.began, self.moment(), dict(self._outcomes), self._size)
        self.archive.record_visit(visit)

    def validators(self, url: str) -> Document | None:
        """The last attempt with content, if its content is still kept: only then may a server answer 304."""
        last = self.known.get(url)
        return last if last is not None and last.sha256 in self.archive else None

    def failed(self, url: str, failure: Failure) -> Document:
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

    def same_content(self, last: Document, reply: Reply) -> bool:
        """Whether an answer brings what is kept already."""
        return reply.status == 200 and hashlib.sha256(reply.body).hexdigest() == last.sha256

    def vouch(self, last: Document) -> None:
        """Count a page as good that had not to be asked for."""
        self._outcomes[Outcome.UNCHANGED.value] += 1
        self._size += last.size or 0

    def unchanged(self, last: Document, reply: Reply, detail: str = "") -> Document:
        """What is known of the content stays as it was."""
        document = Document(
            self.source_id,
            last.url,
            self.moment(),
            Outcome.UNCHANGED,
            final_url=reply.final_url,
            status=reply.status,
            sha256=last.sha256,
            size=last.size,
            media_type=last.media_type,
            charset=last.charset,
            etag=reply.headers.get("etag", last.etag),
            last_modified=reply.headers.get("last-modified", last.last_modified),
            detail=detail,
            elapsed_ms=reply.elapsed_ms,
            redirects=reply.redirects,
        )
        return self._log(document)

    async def answered(
        self, reply: Reply, outcome: Outcome, detail: str, *, charset: str | None = None, keep: bool = True
    ) -> Document:
        """An answer with a body. Its content is kept where it is content; the same content again is UNCHANGED."""
        sha256 = await self.archive.put_beside(reply.body) if keep else None
        last = self.known.get(reply.url)
        if outcome is Outcome.OK and last is not None and last.sha256 == sha256:
            outcome, detail = Outcome.UNCHANGED, "same content"
        document = Document(
            self.source_id,
            reply.url,
            self.moment(),
            outcome,
            final_url=reply.final_url,
            status=reply.status or None,
            sha256=sha256,
            size=len(reply.body) if keep else None,
            media_type=reply.headers.get("content-type", "").partition(";")[0].strip().lower() or None,
            charset=charset,
            etag=reply.headers.get("etag"),
            last_modified=reply.headers.get("last-modified"),
            detail=detail[:500],
            elapsed_ms=reply.elapsed_ms,
            redirects=reply.redirects,
        )
        return self._log(document)

    def _log(self, document: Document) -> Document:
        self.archive.record(document)
        self._outcomes[document.outcome.value] += 1
        self._size += (document.size or 0) if document.outcome in GOOD else 0
        return document

    def moment(self) -> datetime:
        """The time that an attempt of now is logged with."""
        return self.now or self.settings.now()
