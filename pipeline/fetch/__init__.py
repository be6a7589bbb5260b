"""Fetch: sources → documents in the archive, politely, and never losing a page (docs/fetching.md)."""

from pipeline.fetch.archive import Archive, ArchiveError
from pipeline.fetch.body import decode
from pipeline.fetch.health import Health, State, health
from pipeline.fetch.look import Look, look_at
from pipeline.fetch.outcome import layout_changed
from pipeline.fetch.propose import Proposal, propose_source
from pipeline.fetch.replay import current_documents, replay_documents, standing_attempts
from pipeline.fetch.run import fetch_all, fetch_sources
from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.upkeep import Pruned, Stats, compact, prune, stats
from pipeline.fetch.visit_log import VisitRow, Visits, by_source, due, next_due
from pipeline.fetch.warc import Imported, export_warc, import_warc

__all__ = [
    "Archive",
    "ArchiveError",
    "FetchSettings",
    "Health",
    "Imported",
    "Look",
    "Proposal",
    "Pruned",
    "State",
    "Stats",
    "VisitRow",
    "Visits",
    "by_source",
    "compact",
    "current_documents",
    "decode",
    "due",
    "export_warc",
    "fetch_all",
    "fetch_sources",
    "health",
    "import_warc",
    "layout_changed",
    "look_at",
    "next_due",
    "propose_source",
    "prune",
    "replay_documents",
    "standing_attempts",
    "stats",
]
