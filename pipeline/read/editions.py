"""Editions: the date that a document's statements are of, and which edition of a source is the one that counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from pipeline.archive.archive import Archive
from pipeline.archive.replay import current_documents
from pipeline.records import Document
from sources.registry import Source
from warehouse.types import utc


def edition_of(source: Source, document: Document) -> date | None:
    """The edition that the registry named when a document was fetched.

    Where the log does not say (another tool's record, an archive of the version before), it is the registry's of
    today, unless that came out only after the document was fetched.
    """
    if document.published or not source.published:
        return document.published
    return source.published if source.published <= document.fetched_at.date() else None


def known_at(source: Source, document: Document) -> datetime:
    """When what a document says was known (UTC): the date of its edition, whenever we fetch it, or else of fetching."""
    edition = edition_of(source, document)
    return datetime.combine(edition, time()) if edition else utc(document.fetched_at)


def edition_read(source: Source, documents: Iterable[Document]) -> date | None:
    """The edition that the documents of a directory are; of a site, whose pages are of no edition, the registry's."""
    found = [edition_of(source, d) for d in documents]
    if not source.kind.lasts or not found:
        return source.published
    return max(filter(None, found), default=None)


def documents_of(source: Source, archive: Archive, as_of: datetime | None = None) -> list[Document]:
    """The documents of one source that count at a date."""
    lasting = [source.id] if source.kind.lasts else []
    return documents_that_count(
        source, list(current_documents(archive, as_of, source.id, lasting=lasting)), archive
    )


def documents_by_source(
    sources: Iterable[Source], archive: Archive, as_of: datetime | None = None
) -> dict[str, list[Document]]:
    """The documents of many sources that count at a date, of each source."""
    wanted = list(sources)
    current: dict[str, list[Document]] = {}
    for document in current_documents(archive, as_of, lasting=[s.id for s in wanted if s.kind.lasts]):
        current.setdefault(document.source_id, []).append(document)
    return {s.id: documents_that_count(s, current.get(s.id, ()), archive) for s in wanted}


def documents_that_count(source: Source, current: Sequence[Document], archive: Archive) -> list[Document]:
    """Of the newest good contents of a source, those that its newest answer still counts.

    An API whose first page speaks of fewer pages than last month has dropped the rest; a site's pages are told
    gone one by one (`pipeline.archive.replay.current_documents`).
    """
    first = next((d for d in current if d.url == source.url), None)
    if source.kind.pager is None or first is None:
        return list(current)
    try:
        wanted = {first.url, *source.kind.pager(first.url, archive.get(first.sha256 or ""))}
    except Exception:
        return list(current)  # reading it will say what is wrong with it
    return [d for d in current if d.url in wanted]
