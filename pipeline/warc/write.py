"""WARC 1.1 out of the archive."""

from __future__ import annotations

import io
import os
import re
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.client import responses
from pathlib import Path
from typing import Any, BinaryIO

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.archive.archive import Archive, ArchiveError
from pipeline.archive.visits import GOOD, VisitRow, visit_line
from pipeline.records import Document
from pipeline.warc.headers import SERVER_SAYS, VISIT, Field, as_utc, document_fields, target_uri, warc_date

REVISIT = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
VISITS = (
    "metadata://iop-directory/visits/"  # addresses of what is about a source and no page, as wget forms them
)
FIELDS = "application/warc-fields"  # metadata of this type is no page to those that index pages
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
    without: Collection[str] = (),
) -> int:
    """Write every attempt, and the visits, of a source and a time (inclusive); returns how many attempts.

    Each record is a gzip member. Content is a `response` record (a `resource` for a local file), and a `revisit`
    of it when it comes again; an attempt without content is a `metadata` record. Content that was pruned or is
    damaged is told to `missing`, and its attempt is written without. Nothing is of the sources `without`. The file appears when it is complete.
    """
    with _appearing(Path(path)) as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        writer.write_record(writer.create_warcinfo_record(Path(path).name, ABOUT))
        export = _Export(archive, writer, missing)
        attempts = 0
        for document in archive.documents(source_id, until, since):
            if document.source_id in without:
                continue
            export.attempt(document)
            attempts += 1
        for visit in archive.visits():
            of_time = (not since or visit.ended_at >= as_utc(since)) and (
                not until or visit.ended_at <= as_utc(until)
            )
            if of_time and visit.source_id not in without and source_id in (None, visit.source_id):
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


@dataclass(slots=True)
class _Export:
    archive: Archive
    writer: Any
    missing: Callable[[Document, str], None] | None
    written: dict[str, list[Field]] = field(default_factory=dict)  # by content, what its revisits refer to

    def attempt(self, document: Document) -> None:
        first = self.written.get(document.sha256 or "", [])
        body = b"" if first else self._body(document)
        content: dict[str, Any] = {"warc_content_type": _content_type(document)}
        if body is None:
            kind, body = "metadata", f"outcome: {document.outcome.value}\r\n".encode()
            content = {"warc_content_type": FIELDS}
        elif SERVER_SAYS.match(document.url):
            kind, content = "response", {"http_headers": _http_headers(document, len(body))}
        else:  # a local file
            kind = "resource"
        said = self._write(
            target_uri(document.url),
            "revisit" if first else kind,
            document.fetched_at,
            [*first, *document_fields(document)],
            body,
            **content,
        )
        if document.sha256 and not first and kind != "metadata":
            self.written[document.sha256] = [
                ("WARC-Profile", REVISIT),
                ("WARC-Payload-Digest", said["WARC-Payload-Digest"]),
                ("WARC-Refers-To", said["WARC-Record-ID"]),
                ("WARC-Refers-To-Target-URI", said["WARC-Target-URI"]),
                ("WARC-Refers-To-Date", said["WARC-Date"]),
            ]

    def visit(self, visit: VisitRow) -> None:
        block, fields = b"visit: " + visit_line(visit), [(VISIT, visit.source_id)]
        uri = VISITS + visit.source_id
        self._write(uri, "metadata", visit.ended_at, fields, block, warc_content_type=FIELDS)

    def _body(self, document: Document) -> bytes | None:
        if document.sha256 is None:
            return None
        try:
            return self.archive.get(document.sha256)
        except (KeyError, ArchiveError) as error:
            if self.missing is not None:
                self.missing(document, "pruned" if isinstance(error, KeyError) else str(error))
            return None

    def _write(
        self, uri: str, kind: str, moment: datetime, fields: Iterable[Field], block: bytes, **content: Any
    ) -> Any:
        """Write a record; its WARC headers."""
        record = self.writer.create_warc_record(
            uri,
            kind,
            payload=io.BytesIO(block),
            length=len(block),  # without it warcio writes the content to a temporary file first
            warc_headers_dict={"WARC-Date": warc_date(moment)},
            **content,
        )
        for name, value in fields:  # not in the dictionary: names come more than once
            record.rec_headers.add_header(name, value)
        self.writer.write_record(record)
        return record.rec_headers


def _http_headers(document: Document, length: int) -> StatusAndHeaders:
    """The answer that brought the content: an answer of 304 vouches for one of 200."""
    good = document.outcome in GOOD and document.status == 304
    status = 200 if good else document.status or 200
    elsewhere = document.final_url if document.final_url != document.url else None
    stated = {
        "Content-Type": _content_type(document),
        "Content-Length": str(length or document.size or 0),
        "ETag": document.etag,
        "Last-Modified": document.last_modified,
        "Content-Location": elsewhere,
    }
    headers = [(name, CONTROL.sub(" ", value)) for name, value in stated.items() if value]
    return StatusAndHeaders(f"{status} {responses.get(status, 'Unknown')}", headers, protocol="HTTP/1.1")


def _content_type(document: Document) -> str:
    media = document.media_type or "application/octet-stream"
    return CONTROL.sub(" ", f"{media}; charset={document.charset}" if document.charset else media)
