"""One page for a person who asked for it by name: as a run would fetch it, and not archived."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.fetch.outcome.judge import judged
from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.client import Fetcher
from pipeline.fetch.wire.messages import Failure, Want
from pipeline.records import Outcome


@dataclass(frozen=True, slots=True)
class Look:
    """What came. `html` is None where there is nothing to read, and `outcome` and `detail` say why."""

    outcome: Outcome
    detail: str = ""
    html: str | None = None
    final_url: str = ""


async def look_at(url: str, settings: FetchSettings) -> Look:
    """Fetch one page under robots.txt and all limits. Its own host may be this machine; where it redirects to not."""
    own = frozenset({urlsplit(url).hostname or ""})
    async with Fetcher(settings).visiting(own) as visit:
        try:
            reply = await visit.get(Want(url, settings.max_bytes, follow_moves=True, html_only=True))
        except Failure as failure:
            return Look(failure.outcome, failure.detail)
    html, _, outcome, detail = judged(reply)
    return Look(outcome, detail, html if outcome is Outcome.OK else None, reply.final_url)
