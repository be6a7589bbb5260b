"""WARC 1.1 out of the archive."""

from __future__ import annotations

import io
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.archive.archive import Archive, ArchiveError, utc
from pipeline.archive.visits import VisitRow, visit_line
from pipeline.records import Document, Outcome
from pipeline.warc.fields import SERVER_SAYS, VISIT, document_fields, target_uri, warc_date

REVISIT = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
VISITS = (
    "metadata://iop-directory/visits/"  # addresses of what is about a source and no page, as wget forms them
)
FIELDS = (
    "application/warc-fields"  # metadata of this type is no capture of a page to those that index captures
)
ABOUT = {
    "software": "iop-directory (warcio)",
    "format": "WARC File Format 1.1",
    "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    "description": "Attempts to fetch; bodies as decoded, HTTP headers those that were kept, IOP-* fields our own",
}
CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def export_warc(
    archive: Archive,
    path: str | Path,
    *,
    source_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    missing: Callable[[Document, str], None] | None = None,
) -> int:
    """Write every attempt, and the visits, of a source and a time (inclusive); returns how many attempts.

    Each record is a gzip member. Content is a `response` record (a `resource` for a local file), and a `revisit`
    of it when it comes again; an attempt without content is a `metadata` record. Content that was pruned or is
    damaged is told to `missing`, and its attempt is written without. The file appears when it is complete.
    """
    with _appearing(Path(path)) as file:
        export = _Export(archive, WARCWriter(file, gzip=True, warc_version="1.1"), missing)
        export.about(Path(path).name)
        attempts = 0
        for document in archive.documents(source_id, until, since):
            export.attempt(document)
            attempts += 1
        for visit in _visits(archive, source_id, utc(since), utc(until)):
            export.visit(visit)
    return attempts


@contextmanager
def _appearing(target: Path) -> Iterator[BinaryIO]:
    """A file that takes its name when it is complete, and leaves nothing behind when it is not."""
    if target.exists() and not target.is_file():
        raise OSError(f"{target} is there and is no file")
    target = target.resolve()
    temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _visits(
    archive: Archive, source_id: str | None, since: datetime | None, until: datetime | None
) -> Iterator[VisitRow]:
    for visit in archive.visits():
        ended = utc(visit.ended_at)
        assert ended is not None
        early, late = since is not None and ended < since, until is not None and ended > until
        if source_id in (None, visit.source_id) and not early and not late:
            yield visit


@dataclass(frozen=True, slots=True)
class _First:
    """Where a content stands in the file."""

    uri: str
    date: str
    record_id: str
    digest: str


@dataclass(slots=True)
class _Export:
    archive: Archive
    writer: Any
    missing: Callable[[Document, str], None] | None
    written: dict[str, _First] = field(default_factory=dict)

    def about(self, name: str) -> None:
        self.writer.write_record(self.writer.create_warcinfo_record(name, ABOUT))

    def attempt(self, document: Document) -> None:
        first = self.written.get(document.sha256 or "")
        if first is not None:
            self._revisit(document, first)
            return
        body = self._body(document)
        if body is None:
            said = f"outcome: {document.outcome.value}\r\n".encode()
            self._attempt(document, "metadata", said, content_type=FIELDS)
        else:
            self._content(document, body)

    def visit(self, visit: VisitRow) -> None:
        date, said = warc_date(visit.ended_at), b"visit: " + visit_line(visit)
        fields = [(VISIT, visit.source_id)]
        self._write(VISITS + visit.source_id, "metadata", date, fields, said, content_type=FIELDS)

    def _body(self, document: Document) -> bytes | None:
        if document.sha256 is None:
            return None
        try:
            return self.archive.get(document.sha256)
        except (KeyError, ArchiveError) as error:
            if self.missing is not None:
                self.missing(document, "pruned" if isinstance(error, KeyError) else str(error))
            return None

    def _content(self, document: Document, body: bytes) -> None:
        if answered(document):
            record = self._attempt(document, "response", body, http=_http_headers(document, len(body)))
        else:
            record = self._attempt(document, "resource", body, content_type=_content_type(document))
        said = record.rec_headers
        names = ("WARC-Target-URI", "WARC-Date", "WARC-Record-ID", "WARC-Payload-Digest")
        self.written[document.sha256 or ""] = _First(*(said[name] for name in names))

    def _revisit(self, document: Document, first: _First) -> None:
        refers = [
            ("WARC-Profile", REVISIT),
            ("WARC-Payload-Digest", first.digest),
            ("WARC-Refers-To", first.record_id),
            ("WARC-Refers-To-Target-URI", first.uri),
            ("WARC-Refers-To-Date", first.date),
        ]
        if answered(document):
            http = _http_headers(document, document.size or 0)
            self._attempt(document, "revisit", b"", refers, http=http)
        else:
            self._attempt(document, "revisit", b"", refers, content_type=_content_type(document))

    def _attempt(
        self,
        document: Document,
        kind: str,
        block: bytes,
        more: Sequence[tuple[str, str]] = (),
        **content: Any,
    ) -> Any:
        fields = [*more, *document_fields(document)]
        return self._write(
            target_uri(document.url), kind, warc_date(document.fetched_at), fields, block, **content
        )

    def _write(
        self,
        uri: str,
        kind: str,
        date: str,
        fields: Iterable[tuple[str, str]],
        block: bytes,
        *,
        content_type: str = "",
        http: StatusAndHeaders | None = None,
    ) -> Any:
        record = self.writer.create_warc_record(
            uri,
            kind,
            payload=io.BytesIO(block),
            length=len(block),  # without it warcio writes the content to a temporary file first
            warc_content_type=content_type,
            warc_headers_dict={"WARC-Date": date},
            http_headers=http,
        )
        for name, value in fields:  # not in the dictionary: names come more than once
            record.rec_headers.add_header(name, value)
        self.writer.write_record(record)
        return record


def answered(document: Document) -> bool:
    """Whether a Document is of an HTTP answer. What is not has no HTTP headers (a local file)."""
    return SERVER_SAYS.match(document.url) is not None


def _http_headers(document: Document, length: int) -> StatusAndHeaders:
    """The answer that brought the content: an answer of 304 vouches for one of 200."""
    good = document.outcome in (Outcome.OK, Outcome.UNCHANGED) and document.status == 304
    status = 200 if good else document.status or 200
    headers = [("Content-Type", _content_type(document)), ("Content-Length", str(length))]
    elsewhere = document.final_url if document.final_url != document.url else None
    kept = {"ETag": document.etag, "Last-Modified": document.last_modified, "Content-Location": elsewhere}
    headers += [(name, CONTROL.sub(" ", value)) for name, value in kept.items() if value]
    return StatusAndHeaders(f"{status} {_phrase(status)}", headers, protocol="HTTP/1.1")


def _content_type(document: Document) -> str:
    media = document.media_type or "application/octet-stream"
    return CONTROL.sub(" ", f"{media}; charset={document.charset}" if document.charset else media)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
