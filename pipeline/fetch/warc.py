"""WARC (ISO 28500) out of and into the archive, so that standard tools read what we keep, and we read theirs."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.fetch.archive import Archive, ArchiveError
from pipeline.fetch.body import decode
from pipeline.fetch.outcome import by_content, by_media_type, by_status
from pipeline.records import Document, Outcome
from sources.provider_site import read_page

SOURCE_HEADER = "IOP-Source-Id"  # extension fields, which readers that do not know them ignore (ISO 28500, 4)
OUTCOME_HEADER = "IOP-Outcome"
DETAIL_HEADER = "IOP-Detail"
REVISIT = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import took in, and what it left out, with the reason."""

    documents: int
    rejected: tuple[tuple[str, str], ...] = ()  # (URL, reason)


def export_warc(
    archive: Archive,
    path: str | Path,
    *,
    source_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Write the attempts with content as WARC 1.1, gzip by record; returns how many records.

    Content seen before in the file is a `revisit` record. HTTP headers are those that the archive keeps, and the
    body is as decoded. Written under a temporary name and renamed.
    """
    target = Path(path)
    temporary = target.with_name(f".{target.name}.tmp")
    records = 0
    written: dict[str, Document] = {}
    with temporary.open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        writer.write_record(
            writer.create_warcinfo_record(target.name, {"software": "iop-directory", "format": "WARC/1.1"})
        )
        for document in archive.documents(source_id, until, since):
            if document.sha256 is None:
                continue
            try:
                body = archive.get(document.sha256)
            except (KeyError, ArchiveError):
                continue  # pruned or damaged: `iop archive stats` counts what is there
            writer.write_record(_record(writer, document, body, written.get(document.sha256)))
            written.setdefault(document.sha256, document)
            records += 1
    temporary.replace(target)
    return records


def _record(writer: Any, document: Document, body: bytes, first: Document | None) -> Any:
    warc_headers = {
        "WARC-Date": _date(document.fetched_at),
        SOURCE_HEADER: document.source_id,
        OUTCOME_HEADER: document.outcome.value,
        "WARC-Payload-Digest": f"sha256:{document.sha256}",
    }
    if document.detail:
        warc_headers[DETAIL_HEADER] = document.detail.encode("ascii", "replace").decode()
    http = _http_headers(document, len(body))
    if first is None:
        return writer.create_warc_record(
            document.url, "response", io.BytesIO(body), http_headers=http, warc_headers_dict=warc_headers
        )
    warc_headers |= {
        "WARC-Profile": REVISIT,
        "WARC-Refers-To-Target-URI": first.url,
        "WARC-Refers-To-Date": _date(first.fetched_at),
    }
    return writer.create_warc_record(
        document.url, "revisit", http_headers=http, warc_headers_dict=warc_headers
    )


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _http_headers(document: Document, length: int) -> StatusAndHeaders:
    status = 200 if document.outcome in (Outcome.OK, Outcome.UNCHANGED) else document.status or 200
    media = document.media_type or "application/octet-stream"
    headers = [
        ("Content-Type", f"{media}; charset={document.charset}" if document.charset else media),
        ("Content-Length", str(length)),
    ]
    headers += [("ETag", document.etag)] if document.etag else []
    headers += [("Last-Modified", document.last_modified)] if document.last_modified else []
    headers += (
        [("Content-Location", document.final_url)] if document.final_url not in (None, document.url) else []
    )
    return StatusAndHeaders(f"{status} {_phrase(status)}", headers, protocol="HTTP/1.1")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def import_warc(
    archive: Archive, path: str | Path, source_of: Callable[[str], str | None] = lambda _url: None
) -> Imported:
    """Take the responses of a WARC file in, ours or another tool's, each at its own date.

    Our own records name their source; for others `source_of(URL)` does, and None leaves them out. A record that
    is cut short or whose digest is wrong is rejected, and the others are read.
    """
    documents = 0
    rejected: list[tuple[str, str]] = []
    with Path(path).open("rb") as file:
        records = ArchiveIterator(file, check_digests=True)
        while True:
            try:
                record = next(records)
            except StopIteration:
                break
            except (ArchiveLoadFailed, OSError, EOFError, ValueError) as error:
                rejected.append(("", f"the file cannot be read on: {error}"))
                break
            if record.rec_type not in ("response", "revisit"):
                continue
            url = record.rec_headers.get_header("WARC-Target-URI") or ""
            reason = _import(archive, record, url, source_of)
            if reason is None:
                documents += 1
            else:
                rejected.append((url, reason))
    archive.flush()
    return Imported(documents, tuple(rejected))


def _import(archive: Archive, record: Any, url: str, source_of: Callable[[str], str | None]) -> str | None:
    """Archive one record; the reason if it cannot be."""
    source_id = record.rec_headers.get_header(SOURCE_HEADER) or source_of(url)
    if source_id is None:
        return "no source of the registry has this address"
    if record.http_headers is None:
        return "no HTTP headers"
    try:
        body = record.content_stream().read()
        moment = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")).astimezone(UTC)
        status = int(record.http_headers.get_statuscode())
    except (OSError, EOFError, ValueError, TypeError) as error:
        return f"unreadable record: {error}"
    headers = {name.lower(): value for name, value in record.http_headers.headers}
    digest = (record.rec_headers.get_header("WARC-Payload-Digest") or "").removeprefix("sha256:")
    if record.rec_type == "revisit":
        if digest not in archive:
            return "a revisit of content that is not in the archive"
        body = archive.get(digest)
    elif _short(record, headers, body):
        return "cut short, or its digest is wrong"
    outcome, detail, charset = _judge(record, url, status, headers, body)
    sha256 = archive.put(body) if body else None
    archive.record(
        Document(
            source_id,
            url,
            moment,
            outcome,
            final_url=headers.get("content-location", url),
            status=status,
            sha256=sha256,
            size=len(body) if body else None,
            media_type=headers.get("content-type", "").partition(";")[0].strip().lower() or None,
            charset=charset,
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            detail=detail,
        )
    )
    return None


def _short(record: Any, headers: dict[str, str], body: bytes) -> bool:
    declared = headers.get("content-length", "")
    encoded = headers.get("content-encoding") or headers.get("transfer-encoding")
    return record.digest_checker.passed is False or (
        declared.isdigit() and not encoded and int(declared) != len(body)
    )


def _judge(
    record: Any, url: str, status: int, headers: dict[str, str], body: bytes
) -> tuple[Outcome, str, str | None]:
    """The outcome that our own record names, or that the answer means."""
    named = record.rec_headers.get_header(OUTCOME_HEADER)
    outcome, detail = by_media_type(headers, body)
    charset: str | None = None
    if outcome is not Outcome.NOT_HTML and body:
        html, charset = decode(body, headers.get("content-type"))
        page = read_page(html, url)
        outcome, detail = by_status(status, headers, page, html)
        if outcome is Outcome.OK:
            outcome, detail = by_content(url, url, headers, page, html)
    elif status != 200:
        outcome, detail = by_status(status, headers)
    if named in list(Outcome):
        return Outcome(named), record.rec_headers.get_header(DETAIL_HEADER) or "", charset
    return outcome, detail, charset
