"""Fetch: sources → documents in the archive, politely, and never losing a page (docs/fetching.md)."""

from pipeline.fetch.archive import Archive, ArchiveError
from pipeline.fetch.body import decode
from pipeline.fetch.outcome import layout_changed
from pipeline.fetch.run import fetch_all, fetch_sources
from pipeline.fetch.settings import FetchSettings

__all__ = [
    "Archive",
    "ArchiveError",
    "FetchSettings",
    "decode",
    "fetch_all",
    "fetch_sources",
    "layout_changed",
]
