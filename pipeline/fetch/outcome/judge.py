"""What an answer as a whole means, by the rules of `outcome`: for a page of a site, and for a file."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.fetch.outcome.outcome import by_content, by_media_type, by_status
from pipeline.fetch.page import SitePage, read_page
from pipeline.fetch.wire.messages import Reply
from pipeline.html import decode
from pipeline.records import Outcome

HTML = (b"<!doctype html", b"<html")


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
