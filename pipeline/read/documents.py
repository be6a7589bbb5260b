"""What the documents of one source say: rows of a directory, or the pages of a site put together.

A page or a row that cannot be read is a `Rejected` among the others, and so is a value that cannot be used.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from pipeline.archive.archive import Archive, ArchiveError
from pipeline.extract.parsing.parse import read_page
from pipeline.extract.reading import OVER_TIME, Reading, extract, ready
from pipeline.extract.site.assemble import PageReading, assemble
from pipeline.html import decode
from pipeline.normalize.directory import DirectoryReader, Origin
from pipeline.processor_time import OverTimeError, processor_time
from pipeline.read.allowance import IN_ALL, Allowance
from pipeline.read.capped import capped
from pipeline.read.fingerprint import code_version, digest
from pipeline.read.kept_pages import KeptReadings
from pipeline.records import Document, Listing, Refused, Rejected, SecondOpinion
from pipeline.second_reader.agreement import with_second_opinion
from pipeline.second_reader.answers import AnswerError
from pipeline.second_reader.store import NO_ANSWERS, Answers
from pipeline.stage.rows import RAW_LENGTH
from sources.records import broken
from sources.registry import Source
from sources.trim import TrimError, trimmed


class LostContentError(Exception):
    """Content that the log names is not in the archive any more, or is damaged there."""


@dataclass(slots=True)
class Counts:
    """What reading came to. `parsed` pages are new or changed ones, all where the code changed; the content of `lost`
    ones was not to be had, those `left` are for the next run. `took`: seconds of processor time."""

    allowance: Allowance = IN_ALL
    parsed: int = 0
    lost: int = 0
    left: int = 0
    took: float = 0.0
    page_kinds: dict[str, int] = field(default_factory=dict)
    second: dict[str, SecondOpinion] = field(default_factory=dict)  # by page, where there is one


def missing(counts: Counts, documents: int) -> str | None:
    """What a run says of pages that were not read."""
    if counts.lost:
        return f"{counts.lost} of {documents} pages are lost or damaged in the archive"
    if counts.left:
        return f"{counts.left} of {documents} pages are left for the next run: the others took too much processor time"
    return None


def read_directory(
    source: Source, documents: Sequence[Document], archive: Archive, reader: DirectoryReader
) -> Iterator[Listing | Rejected]:
    """The rows of a directory. Raises SourceFormatError or LostContentError."""
    own = {key: getattr(source, key) for key in source.kind.keys}
    for document in documents:
        origin = Origin(document.sha256, document.url, source.state)
        rows = reader.read(source.kind.read(_content(archive, document), **own), origin)
        yield from capped(rows, source.id, document.url)


def read_site(
    source: Source,
    documents: Sequence[Document],
    archive: Archive,
    kept: KeptReadings,
    counts: Counts,
    answers: Answers = NO_ANSWERS,
) -> Iterator[Listing | Rejected]:
    """What the pages of a site say together. Only those are parsed whose readings are not `kept`."""
    readings = []
    refused: dict[Refused, str] = {}  # what a template prints on every page is told once
    for document in documents:
        try:
            read = partial(_read_twice, source, document, archive, counts, answers)
            reading = kept.of(page_key(source, document, answers), read)
        except LostContentError as error:
            counts.lost += 1
            yield Rejected(source.id, document.url, "unreadable_document", str(error), "")
            continue
        except OverTimeError as error:
            yield Rejected(source.id, document.url, OVER_TIME, str(error), "")
            continue
        except TrimError as error:
            yield Rejected(source.id, document.url, "layout_changed", str(error), "")
            continue
        except Exception as error:  # a page that breaks the reader must not stop its site
            raw = _content(archive, document)[:RAW_LENGTH].decode("utf-8", "replace")
            yield Rejected(source.id, document.url, "unreadable_page", broken(error), raw)
            continue
        kind = str(reading.page_kind)
        counts.page_kinds[kind] = counts.page_kinds.get(kind, 0) + 1
        if reading.second is not None:
            counts.second[document.url] = reading.second
        refused.update({one: document.url for one in reading.page.refused if one not in refused})
        readings.append(PageReading(reading, document.url, document.sha256, document.fetched_at))
    yield from capped((one.of(source.id, url) for one, url in refused.items()), source.id, source.location)
    with processor_time(IN_ALL.of(len(readings))):
        listings = list(assemble(readings, source.id, source.operator, source.state))
    yield from listings


def _read_twice(
    source: Source, document: Document, archive: Archive, counts: Counts, answers: Answers
) -> Reading:
    """A page as we read it, and as a second reader does where the archive has its answer."""
    if counts.took > counts.allowance.of(counts.parsed):
        counts.left += 1
        raise OverTimeError(
            "left for the next run: the pages before it took all of the site's processor time"
        )
    counts.parsed += 1
    ready()
    began = time.thread_time()
    try:
        reading = read_document(source, document, archive)
    finally:
        counts.took += time.thread_time() - began
    try:
        answer = answers.of(document.sha256, archive.store)
    except AnswerError:  # a refusal costs nothing but the second opinion
        return replace(reading, second=SecondOpinion((("no answer", 1),)))
    return with_second_opinion(reading, answer) if answer else reading


def read_document(source: Source, document: Document, archive: Archive) -> Reading:
    """A page of a site as we read it. Raises LostContentError or TrimError."""
    text, charset = decode(_content(archive, document), charset=document.charset)
    text = trimmed(text, source.keep, source.drop)
    return extract(read_page(text, document.final_url or document.url, charset))


def _content(archive: Archive, document: Document) -> bytes:
    try:
        return archive.get(document.sha256 or "")
    except KeyError:
        raise LostContentError(f"{document.url}: its content is not in the archive") from None
    except ArchiveError as error:
        raise LostContentError(f"{document.url}: its content is damaged in the archive: {error}") from error


def page_key(source: Source, document: Document, answers: Answers = NO_ANSWERS) -> str:
    """Of everything that the reading of one page follows from."""
    second = answers.name(document.sha256)
    page = (document.sha256, document.final_url or document.url, document.charset, second)
    return digest(code_version(source.kind), page, source.keep, source.drop)
