"""Fetch: sources → documents in the archive, politely, and never losing a page (docs/fetching.md).

`wire/` speaks HTTP, `outcome/` judges what came, `crawl/` chooses what to ask for next. Nothing here reads facts.
"""

from pipeline.fetch.crawl.look import FetchedPage, look_at
from pipeline.fetch.crawl.propose import Proposal, propose_source
from pipeline.fetch.outcome.health import Health, State, health
from pipeline.fetch.outcome.outcome import layout_changed
from pipeline.fetch.run import fetch_all, fetch_sources
from pipeline.fetch.settings import FetchSettings

__all__ = [
    "FetchSettings",
    "FetchedPage",
    "Health",
    "Proposal",
    "State",
    "fetch_all",
    "fetch_sources",
    "health",
    "layout_changed",
    "look_at",
    "propose_source",
]
