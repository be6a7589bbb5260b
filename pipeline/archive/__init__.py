"""The archive: every byte received, by content hash, and the log of every attempt; what it held at any date.

What belongs here: keeping, reading by date, upkeep. What does not: fetching (`fetch/`), other formats (`warc/`).
"""

from pipeline.archive.archive import Archive, ArchiveError
from pipeline.archive.replay import current_documents, replay_documents, standing_attempts
from pipeline.archive.upkeep import Pruned, Stats, compact, prune, stats
from pipeline.archive.visits import VisitRow, Visits, by_source, due, next_due

__all__ = [
    "Archive",
    "ArchiveError",
    "Pruned",
    "Stats",
    "VisitRow",
    "Visits",
    "by_source",
    "compact",
    "current_documents",
    "due",
    "next_due",
    "prune",
    "replay_documents",
    "standing_attempts",
    "stats",
]
