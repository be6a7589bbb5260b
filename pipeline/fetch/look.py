"""One page for a person who asked for it by name: as a run would fetch it, and not archived."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.fetch.body import decode
from pipeline.fetch.client import Fetcher
from pipeline.fetch.exchange import Reply, Want
from pipeline.fetch.failure import Failure
from pipeline.fetch.outcome import by_content, by_media_type, by_status
from pipeline.fetch.settings import FetchSettings
from pipeline.records import Outcome
from sources.provider_site import SitePage, read_page

HTML = (b"<!doctype html", b"<html")


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


def judged(reply: Reply) -> tuple[str, SitePage, Outcome, str]:
    """An answer's text, its page, and what came of it: by status, then media type, then content."""
    html, _ = decode(reply.body, reply.headers.get("content-type"))
    page = read_page(html, reply.final_url)
    outcome, detail = by_status(reply.status, reply.headers, page, html)
    if outcome is Outcome.OK:
        outcome, detail = by_media_type(reply.headers, reply.body)
    if outcome is Outcome.OK:
        outcome, detail = by_content(reply.url, reply.final_url, reply.headers, page, html)
    return html, page, outcome, detail


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of an answer; `page` is None where there is no markup, which need not be kept."""

    outcome: Outcome
    detail: str
    charset: str | None = None
    page: SitePage | None = None


def judge_page(reply: Reply, offered: dict[str, int] | None = None) -> Judged:
    """What an answer for a page of a site means. `offered` as for `read_page`."""
    outcome, detail = by_status(reply.status, reply.headers)
    if outcome is Outcome.OK:
        outcome, detail = by_media_type(reply.headers, reply.body)
    if outcome is Outcome.NOT_HTML or not reply.body:
        return Judged(outcome, detail)
    html, charset = decode(reply.body, reply.headers.get("content-type"))
    page = read_page(html, reply.final_url, offered)
    if reply.status >= 300:
        outcome, detail = by_status(reply.status, reply.headers, page, html)
    elif outcome is Outcome.OK:
        outcome, detail = by_content(reply.url, reply.final_url, reply.headers, page, html)
    return Judged(outcome, detail, charset, page)


def judge_file(reply: Reply) -> tuple[Outcome, str]:
    """What an answer for a list, a workbook or a page of an API means: a web page in its place is none."""
    outcome, detail = by_status(reply.status, reply.headers)
    if outcome is Outcome.OK and not reply.body:
        return Outcome.EMPTY, "no content"
    if outcome is Outcome.OK and reply.body[:200].lstrip().lower().startswith(HTML):
        *_, outcome, detail = judged(reply)
        if outcome is Outcome.OK:
            return Outcome.LAYOUT_CHANGED, "a web page came in place of the file"
    return outcome, detail
