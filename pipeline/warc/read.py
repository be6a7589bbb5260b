"""WARC (ISO 28500) into the archive: our own records as they were, other tools' as their answers are judged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from warcio.archiveiterator import WARCIterator
from warcio.exceptions import ArchiveLoadFailed

from pipeline.archive.archive import Archive, ArchiveError, utc
from pipeline.archive.visits import VisitRow, read_visits
from pipeline.fetch.settings import FetchSettings
from pipeline.records import Document, Outcome
from pipeline.warc.block import Answer, LeftOutError, digest_key, read_answer, read_block, read_content
from pipeline.warc.fields import VISIT, moment_of, stated_document
from pipeline.warc.foreign import Owners, document, page_address
from sources.registry import Kind, Source

NAMED = 1000  # records left out that are named; of all of them, the reasons are counted
VISIT_BYTES = 1_000_000
NOT_HERE = "a revisit of content that is neither in this file before it nor in the archive"


class NoWarcError(Exception):
    """A file that holds no WARC record."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import took in, what was there `already`, and what it left out, with the reason."""

    documents: int = 0
    already: int = 0
    visits: int = 0
    rejected: tuple[tuple[str, str], ...] = ()  # (URL, reason), of the first thousand
    reasons: Mapping[str, int] = field(default_factory=dict)  # of all

    @property
    def left_out(self) -> int:
        return sum(self.reasons.values())


class Seen(NamedTuple):
    """Content of another tool's response, that its revisits refer to."""

    sha256: str
    size: int
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
    return Imported(
        taking.documents, taking.already, taking.visits, tuple(taking.rejected), dict(taking.reasons)
    )


@dataclass(slots=True)
class _Import:
    archive: Archive
    owners: Owners
    settings: FetchSettings
    documents: int = 0
    already: int = 0
    visits: int = 0
    rejected: list[tuple[str, str]] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    now: datetime = field(init=False)
    _logged: set[int] = field(default_factory=set)  # hashes of what names an attempt: 100 bytes each at most
    _visited: set[VisitKey] = field(default_factory=set)
    _seen: dict[str, Seen] = field(default_factory=dict)  # by the digest that a response states

    def __post_init__(self) -> None:
        self.now = self.settings.now()
        self._visited = {_visit_key(visit) for visit in self.archive.visits()}
        with self.archive.connection() as con:
            rows = con.execute("SELECT source_id, url, fetched_at FROM log")
            while some := rows.fetchmany(10_000):
                self._logged.update(map(hash, some))

    def read(self, file: BinaryIO, path: str | Path) -> None:
        # HTTP headers are parsed here: one record without them, or without an address, must not end the reading.
        records = WARCIterator(file, no_record_parse=True)
        count = 0
        while True:
            try:
                record = next(records)
            except StopIteration:
                break
            except (ArchiveLoadFailed, EOFError, ValueError) as error:
                if not count:
                    raise NoWarcError(f"{path} is no WARC file: {_line(error)}") from error
                self.leave_out("", f"the file cannot be read on: {_line(error)}")
                break
            count += 1
            self.take(record)
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
            self.leave_out(url, str(reason))
        except (
            ValueError,
            TypeError,
            EOFError,
            ArchiveError,
        ) as error:  # not OSError: a full disk is no fault of a record
            self.leave_out(url, f"unreadable record: {_line(error)}")

    def leave_out(self, url: str, reason: str) -> None:
        self.reasons[reason] += 1
        if len(self.rejected) < NAMED:
            self.rejected.append((url, reason))

    def _visit(self, record: Any) -> None:
        line = read_block(record, VISIT_BYTES).removeprefix(b"visit: ")
        visit = next(iter(read_visits(line)), None)
        if visit is None:
            raise LeftOutError("no visit is in it")
        if _visit_key(visit) not in self._visited:
            self._visited.add(_visit_key(visit))
            self.archive.record_visit(visit)
            self.visits += 1

    def _own(self, record: Any, own: Document) -> None:
        """A record of ours: what it says, once its content is seen to be what its hash says."""
        if record.rec_type == "metadata":
            read_block(record, VISIT_BYTES)
            self._log(own)
        elif record.rec_type == "revisit":
            read_block(record, VISIT_BYTES)
            if own.sha256 not in self.archive:
                raise LeftOutError(NOT_HERE)
            self._log(own)
        elif record.rec_type in ("response", "resource"):
            body = read_content(record, self.settings.max_file_bytes)
            if sha256(body).hexdigest() != own.sha256:
                raise LeftOutError("its content is not what its hash says")
            self._log(own, body)

    def _foreign(self, record: Any, url: str) -> None:
        source, address = page_address(self.owners, url)
        moment = _moment(record.rec_headers.get_header("WARC-Date"))
        if moment > self.now:
            raise LeftOutError("its date is in the future")
        digest = digest_key(record.rec_headers.get_header("WARC-Payload-Digest"))
        site = source.kind is Kind.PROVIDER_SITE
        limit = self.settings.max_bytes if site else self.settings.max_file_bytes
        if record.rec_type == "revisit":
            seen = self._seen.get(digest or "")
            answer = self._revisited(record, seen, limit)
        else:
            seen, answer = None, read_answer(record, limit)
        found = document(source, address, moment, answer)
        if found.size is None:
            self._log(found)
            return
        if seen is not None and seen.url == address and found.outcome is Outcome.OK:
            found = replace(found, outcome=Outcome.UNCHANGED, detail="same content")
        name = sha256(answer.body).hexdigest()
        if digest is not None:
            media = answer.headers.get("content-type", "")
            self._seen[digest] = Seen(name, len(answer.body), answer.status, media, address)
        self._log(replace(found, sha256=name), answer.body)

    def _revisited(self, record: Any, seen: Seen | None, limit: int) -> Answer:
        """A revisit's answer, with the content that it refers to. Its headers may be left out, and a 304 says that
        those of the response stand."""
        if seen is None:
            raise LeftOutError(NOT_HERE)
        told = read_answer(record, limit) if record.length else Answer(304, {})
        headers = {"content-type": seen.content_type} | told.headers
        status = seen.status if told.status == 304 else told.status
        try:
            return Answer(status, headers, self.archive.get(seen.sha256))
        except (KeyError, ArchiveError):
            raise LeftOutError(NOT_HERE) from None

    def _log(self, attempt: Document, body: bytes | None = None) -> None:
        """Log an attempt that is not logged yet. Its content comes first, and back where it was pruned."""
        if body is not None:
            self.archive.put(body)
        key = hash((attempt.source_id, attempt.url, utc(attempt.fetched_at)))
        if key in self._logged:
            self.already += 1
            return
        self.archive.record(attempt)
        self._logged.add(key)
        self.documents += 1


VisitKey = tuple[str, datetime, datetime]


def _visit_key(visit: VisitRow) -> VisitKey:
    return visit.source_id, visit.began_at, visit.ended_at


def _moment(date: str | None) -> datetime:
    try:
        return moment_of(date)
    except ValueError:
        raise LeftOutError("its date cannot be read") from None


def _line(error: Exception) -> str:
    """An error's words on one short line; damaged data that it quotes is no text."""
    if "non-chunked gzip" in str(error):
        return "records are not gzip members of their own (`warcio recompress` mends that)"
    words = " ".join(re.sub(r"[^ -~]+", " ", str(error)).split())
    return words[:120] or type(error).__name__
