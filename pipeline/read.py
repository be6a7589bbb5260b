"""Documents of one source → its listings on the stage. What has not changed is not read again.

A source that cannot be read keeps the listings that it gave last; what went wrong is in its quarantine.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from functools import cache, partial
from hashlib import blake2b
from pathlib import Path

from pipeline.extract import PageReading, Reading, assemble, extract, read_page
from pipeline.fetch import Archive, ArchiveError, decode, layout_changed
from pipeline.normalize.directory import DirectoryReader, Origin
from pipeline.readings import KeptReadings
from pipeline.records import Document, Listing, Rejected
from pipeline.sources_health import FactCount, FactLog, facts_by_field
from pipeline.stage import Seen, Stage, naive_utc
from sources.findtreatment import page_urls, read_answer
from sources.license_list import read_list
from sources.records import BadRecord, SourceFormatError, SourceRecord
from sources.registry import Kind, Source
from sources.samhsa_directory import read_workbook
from sources.trim import TrimError, trimmed

CODE = (
    "pipeline/normalize",
    "pipeline/vocabulary",
    "pipeline/records.py",
    "pipeline/read.py",
    "pipeline/stage.py",
)
CODE_OF_SITES = ("pipeline/extract", "pipeline/fetch/body.py", "sources/trim.py")
CODE_OF_DIRECTORIES = ("sources/samhsa_directory.py", "sources/findtreatment.py", "sources/license_list.py")
RAW_LENGTH = 2000


@dataclass(slots=True)
class ReadReport:
    """What came of reading one source. `rows`: on the stage now, per table; None where it gave nothing yet."""

    source_id: str
    documents: int = 0
    parsed: int = 0  # pages that were parsed: new ones, changed ones, all where the code changed
    rows: dict[str, int] | None = None
    changed: bool = False
    out_of_scope: int = 0  # rows of other states than the profile asks for
    page_kinds: dict[str, int] = field(default_factory=dict)
    problem: str | None = None  # why the source as a whole could not be read


def read_source(
    source: Source,
    documents: Sequence[Document],
    archive: Archive,
    stage: Stage,
    states: frozenset[str],
    now: datetime,
    *,
    accept: bool = False,
) -> ReadReport:
    """Read the newest good documents of one source, and put its listings on the stage.

    A site whose pages came but whose facts are gone has changed its layout: it keeps the listings of last time,
    until a person looks and says `accept`.
    """
    report = ReadReport(source.id, len(documents))
    seen = _seen(source, documents, now)
    fingerprint = _fingerprint(source, documents, states)
    if stage.marked(source.id) == fingerprint:
        stage.verify_again(source.id, seen)
        report.rows = stage.counts(source.id)
        return report
    if not documents:
        return report
    reader = DirectoryReader(source.id)
    try:
        if source.kind == Kind.PROVIDER_SITE:
            kept = KeptReadings(stage.folder, source.id)
            found = list(_read_site(source, documents, archive, kept, report))
            kept.save()
            _guard_layout(source, found, stage, accept)
            read: Iterable[Listing | Rejected] = found
        else:
            read = _read_directory(source, documents, archive, reader)
        rows = stage.write_listings(
            source.id, _in_scope(read, states, report), reader.unmapped, seen, fingerprint
        )
    except (SourceFormatError, LayoutChangedError, KeyError, ArchiveError) as error:
        report.problem = str(error)
        reason = "layout_changed" if isinstance(error, LayoutChangedError) else "unreadable_document"
        rejected = Rejected(source.id, source.location, reason, str(error), "")
        stage.write_rejected(source.id, [rejected], seen)
        return report
    report.rows, report.changed = rows, True
    return report


class LayoutChangedError(Exception):
    """The pages of a site came, but the facts that they gave before did not."""


def _guard_layout(source: Source, read: Iterable[Listing | Rejected], stage: Stage, accept: bool) -> None:
    log = FactLog(stage.folder)
    now = FactCount(code_version(source.kind), facts_by_field(x for x in read if isinstance(x, Listing)))
    before = log.accepted(source.id)[-1:]
    if before and before[0].code == now.code and not accept:
        changed = layout_changed(before[0].facts, now.facts)
        if changed:
            log.add(source.id, replace(now, refused=changed))
            raise LayoutChangedError(f"{changed}; look at it, then: iop run --source {source.id} --force")
    log.add(source.id, now)


def _in_scope(
    read: Iterable[Listing | Rejected], states: frozenset[str], report: ReadReport
) -> Iterator[Listing | Rejected]:
    for item in read:
        if states and isinstance(item, Listing) and item.state and item.state not in states:
            report.out_of_scope += 1
        else:
            yield item


def _read_directory(
    source: Source, documents: Sequence[Document], archive: Archive, reader: DirectoryReader
) -> Iterator[Listing | Rejected]:
    for document in documents:
        origin = Origin(document.sha256, document.url, source.state)
        yield from reader.read(_rows(source, archive.get(document.sha256 or "")), origin)


def _rows(source: Source, content: bytes) -> Iterator[SourceRecord | BadRecord]:
    if source.kind == Kind.SAMHSA_DIRECTORY:
        return read_workbook(content)
    if source.kind == Kind.FINDTREATMENT:
        return read_answer(content)
    return read_list(content, source.columns)


def _read_site(
    source: Source, documents: Sequence[Document], archive: Archive, kept: KeptReadings, report: ReadReport
) -> Iterator[Listing | Rejected]:
    readings = []
    for document in documents:
        try:
            read = partial(_read_page, source, document, archive, report)
            reading = kept.of(_page_key(source, document), read)
        except (KeyError, ArchiveError) as error:
            yield Rejected(source.id, document.url, "unreadable_document", f"not in the archive: {error}", "")
            continue
        except TrimError as error:
            yield Rejected(source.id, document.url, "layout_changed", str(error), "")
            continue
        except Exception as error:  # a page that breaks the reader must not stop its site
            raw = archive.get(document.sha256 or "")[:RAW_LENGTH].decode("utf-8", "replace")
            last = traceback.extract_tb(error.__traceback__)[-1]
            detail = f"{type(error).__name__}: {error} ({Path(last.filename).name}:{last.lineno})"
            yield Rejected(source.id, document.url, "unreadable_page", detail, raw)
            continue
        kind = str(reading.page_kind)
        report.page_kinds[kind] = report.page_kinds.get(kind, 0) + 1
        readings.append(PageReading(reading, document.url, document.sha256, document.fetched_at))
    yield from assemble(readings, source.id, source.title, source.state)


def _read_page(source: Source, document: Document, archive: Archive, report: ReadReport) -> Reading:
    text, charset = decode(archive.get(document.sha256 or ""), document.charset)
    report.parsed += 1
    text = trimmed(text, source.keep, source.drop)
    return extract(read_page(text, document.final_url or document.url, charset))


def _seen(source: Source, documents: Sequence[Document], now: datetime) -> Seen:
    """What an edition says was known when it was published, whenever we fetch it."""
    if source.published:
        return Seen(datetime.combine(source.published, time()))
    by_url = {d.url: naive_utc(d.fetched_at) for d in documents}
    return Seen(max(by_url.values(), default=naive_utc(now)), by_url)


def _fingerprint(source: Source, documents: Iterable[Document], states: Iterable[str]) -> str:
    """Of everything that the listings follow from: the content, the registry's table and our own code."""
    parts = (code_version(source.kind), source, sorted(states), sorted((d.url, d.sha256) for d in documents))
    return _digest(*parts)


def _page_key(source: Source, document: Document) -> str:
    """Of everything that the reading of one page follows from."""
    page = (document.sha256, document.final_url or document.url, document.charset)
    return _digest(code_version(source.kind), page, source.keep, source.drop)


def _digest(*parts: object) -> str:
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()


@cache
def code_version(kind: Kind) -> str:
    """Hash of the code and vocabularies that read a kind of source: when it changes, all is read again."""
    root = Path(__file__).resolve().parent.parent
    digest = blake2b(digest_size=8)
    for name in (*CODE, *(CODE_OF_SITES if kind == Kind.PROVIDER_SITE else CODE_OF_DIRECTORIES)):
        path = root / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix in (".py", ".csv", ".toml"):
                digest.update(file.relative_to(root).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()


def documents_that_count(source: Source, current: Sequence[Document], archive: Archive) -> list[Document]:
    """Of the newest good contents of a source, those that its newest answer still counts.

    An API whose first page speaks of fewer pages than last month has dropped the rest; a site's pages are told
    gone one by one (`pipeline.fetch.current_documents`).
    """
    first = next((d for d in current if d.url == source.url), None)
    if source.kind != Kind.FINDTREATMENT or first is None:
        return list(current)
    wanted = {first.url, *page_urls(first.url, archive.get(first.sha256 or ""))}
    return [d for d in current if d.url in wanted]
