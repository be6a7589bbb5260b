"""WARC (ISO 28500) into the archive: our own records as they were, other tools' as their answers are judged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from warcio.archiveiterator import WARCIterator
from warcio.exceptions import ArchiveLoadFailed

from pipeline.archive.archive import Archive, ArchiveError
from pipeline.archive.visits import VisitRow, read_visits
from pipeline.fetch.recorder import document_of
from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.messages import Response
from pipeline.records import Document, Outcome
from pipeline.warc.block import LeftOutError, read_block, read_content, read_response
from pipeline.warc.foreign import Owners, judge
from pipeline.warc.headers import VISIT, moment_of, stated_document
from sources.registry import Source
from warehouse.types import utc

NAMED = 1000  # records left out that are named; of all of them, the reasons are counted
OWN_BYTES = 1_000_000  # of a block of ours that holds no content
NOT_HERE = "a revisit of content that is neither in this file before it nor in the archive"


class NoWarcError(Exception):
    """A file that holds no WARC record."""


@dataclass(slots=True)
class Imported:
    """What an import took in, what was there `already`, and what it left out, with the reason."""

    documents: int = 0
    already: int = 0
    visits: int = 0
    rejected: list[tuple[str, str]] = field(default_factory=list)  # (URL, reason), of the first thousand
    reasons: Counter[str] = field(default_factory=Counter)  # of all

    @property
    def left_out(self) -> int:
        return self.reasons.total()

    def leave_out(self, url: str, reason: str) -> None:
        self.reasons[reason] += 1
        if len(self.rejected) < NAMED:
            self.rejected.append((url, reason))


class Original(NamedTuple):
    """Another tool's response, that its revisits refer to."""

    sha256: str
    status: int
    content_type: str
    url: str


def import_warc(
    archive: Archive,
    path: str | Path,
    sources: Iterable[Source] = (),
    settings: FetchSettings | None = None,
) -> Imported:
    """Take a WARC file in, ours or another tool's, each record at its own date.

    Our own records say what they are. Another tool's responses belong to the one of `sources` that has their
    address, are judged as a visit would judge them, and are left out where a visit would not have kept them. An
    attempt that is logged already is not logged again. Raises NoWarcError where the file holds no WARC record.
    """
    taking = _Import(archive, Owners(sources), settings or FetchSettings())
    with Path(path).open("rb") as file:
        taking.read(file, path)
    archive.flush()
    return taking.imported


@dataclass(slots=True)
class _Import:
    archive: Archive
    owners: Owners
    settings: FetchSettings
    imported: Imported = field(default_factory=Imported)
    _logged: set[int] = field(default_factory=set)  # hashes of what names an attempt: 100 bytes each at most
    _visited: set[tuple[str, datetime, datetime]] = field(default_factory=set)
    _originals: dict[str, Original] = field(default_factory=dict)  # by the digest that they state

    def __post_init__(self) -> None:
        self._visited = {_visit_key(visit) for visit in self.archive.visits()}
        with self.archive.connection() as con:
            rows = con.execute("SELECT source_id, url, fetched_at FROM log")
            while some := rows.fetchmany(10_000):
                self._logged.update(map(hash, some))

    def read(self, file: BinaryIO, path: str | Path) -> None:
        count = 0
        try:
            # HTTP headers are parsed here: one record without them, or without an address, must not end the reading.
            for record in WARCIterator(file, no_record_parse=True):
                count += 1
                self.take(record)
        except (ArchiveLoadFailed, EOFError, ValueError) as error:
            if not count:
                raise NoWarcError(f"{path} is no WARC file: {_line(error)}") from error
            self.imported.leave_out("", f"the file cannot be read on: {_line(error)}")
        if not count:
            raise NoWarcError(f"{path} is no WARC file: it is empty")

    def take(self, record: Any) -> None:
        stated = record.rec_headers
        url = stated.get_header("WARC-Target-URI") or ""
        try:
            if stated.get_header(VISIT):
                self._visit(record)
                return
            own = stated_document(stated.headers, url, stated.get_header("WARC-Date"))
            if own is not None and (own.sha256 or record.rec_type == "metadata"):
                self._own(record, own)
            elif record.rec_type in ("response", "revisit"):
                self._foreign(record, url)
            elif record.rec_type == "resource":
                raise LeftOutError("a resource of another tool: nothing says how it was answered")
        except LeftOutError as reason:
            self.imported.leave_out(url, str(reason))
        except (
            ValueError,
            TypeError,
            EOFError,
            ArchiveError,
        ) as error:  # OSError: a full disk is no record's fault
            self.imported.leave_out(url, f"unreadable record: {_line(error)}")

    def _visit(self, record: Any) -> None:
        line = read_block(record, OWN_BYTES).removeprefix(b"visit: ")
        visit = next(iter(read_visits(line)), None)
        if visit is None:
            raise LeftOutError("no visit is in it")
        if _visit_key(visit) not in self._visited:
            self._visited.add(_visit_key(visit))
            self.archive.record_visit(visit)
            self.imported.visits += 1

    def _own(self, record: Any, own: Document) -> None:
        """A record of ours: what it says, once its content is seen to be what its hash says."""
        body = None
        if record.rec_type in ("response", "resource"):
            body = read_content(record, self.settings.max_file_bytes)
            if sha256(body).hexdigest() != own.sha256:
                raise LeftOutError("its content is not what its hash says")
        elif record.rec_type in ("metadata", "revisit"):
            read_block(record, OWN_BYTES)
            if record.rec_type == "revisit" and own.sha256 not in self.archive:
                raise LeftOutError(NOT_HERE)
        else:
            return
        self._log(own, body)

    def _foreign(self, record: Any, url: str) -> None:
        source, address = self.owners.of(url)
        moment = moment_of(record.rec_headers.get_header("WARC-Date"))
        if moment > self.settings.now():
            raise LeftOutError("its date is in the future")
        digest = _digest_key(record.rec_headers.get_header("WARC-Payload-Digest"))
        site = source.kind.is_site
        limit = self.settings.max_bytes if site else self.settings.max_file_bytes
        original = None
        if record.rec_type == "revisit":
            original = self._originals.get(digest)
            response = self._revisited(record, address, original, limit)
        else:
            response = read_response(record, address, limit)
        verdict = judge(source, response)
        if not verdict.keep:
            self._log(document_of(source.id, response, verdict, moment, None))
            return
        if original is not None and original.url == address and verdict.outcome is Outcome.OK:
            verdict = replace(verdict, outcome=Outcome.UNCHANGED, detail="same content")
        name = sha256(response.body).hexdigest()
        if digest:
            media = response.headers.get("content-type", "")
            self._originals[digest] = Original(name, response.status, media, address)
        self._log(document_of(source.id, response, verdict, moment, name), response.body)

    def _revisited(self, record: Any, address: str, original: Original | None, limit: int) -> Response:
        """A revisit's response, with the content that it refers to. Its headers may be left out, and a 304 says that
        those of the response stand."""
        if original is None or original.sha256 not in self.archive:
            raise LeftOutError(NOT_HERE)
        told = read_response(record, address, limit) if record.length else Response(address, address, 304, {})
        headers = {"content-type": original.content_type} | dict(told.headers)
        status = original.status if told.status == 304 else told.status
        return Response(address, address, status, headers, self.archive.get(original.sha256))

    def _log(self, attempt: Document, body: bytes | None = None) -> None:
        """Log an attempt that is not logged yet. Its content comes first, and back where it was pruned."""
        if body is not None:
            self.archive.put(body)
        key = hash((attempt.source_id, attempt.url, utc(attempt.fetched_at)))
        if key in self._logged:
            self.imported.already += 1
            return
        self.archive.record(attempt)
        self._logged.add(key)
        self.imported.documents += 1


def _visit_key(visit: VisitRow) -> tuple[str, datetime, datetime]:
    return visit.source_id, visit.began_at, visit.ended_at


def _digest_key(stated: str | None) -> str:
    """A digest as it is compared: base32 and hexadecimal are written in either case; "" where none is stated."""
    algorithm, colon, value = (stated or "").partition(":")
    return f"{algorithm.lower()}:{value.upper()}" if colon else ""


def _line(error: Exception) -> str:
    """An error's words on one short line; damaged data that it quotes is no text."""
    if "non-chunked gzip" in str(error):
        return "records are not gzip members of their own (`warcio recompress` mends that)"
    words = " ".join(re.sub(r"[^ -~]+", " ", str(error)).split())
    return words[:120] or type(error).__name__
