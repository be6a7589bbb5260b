"""One page for a person who asked for it by name: as a run would fetch it, and not archived."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.fetch.outcome.judge import judge_page
from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.client import Fetcher
from pipeline.fetch.wire.messages import FetchError, Request
from pipeline.records import Outcome


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """What came. `html` is None where there is nothing to read, and `outcome` and `detail` say why."""

    outcome: Outcome
    detail: str = ""
    html: str | None = None
    final_url: str = ""


async def look_at(url: str, settings: FetchSettings) -> FetchedPage:
    """Fetch one page under robots.txt and all limits. Its own host may be this machine; where it redirects to not."""
    own = frozenset({urlsplit(url).hostname or ""})
    async with Fetcher(settings).visiting(own) as visit:
        try:
            response = await visit.get(Request(url, settings.max_bytes, follow_moves=True, html_only=True))
        except FetchError as failure:
            return FetchedPage(failure.outcome, failure.detail)
    found = judge_page(response)
    html = found.html if found.outcome is Outcome.OK else None
    return FetchedPage(found.outcome, found.detail, html, response.final_url)
