"""What a response as a whole means, by the rules of `outcome`: for a page of a site, and for a file."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.fetch.outcome.outcome import by_content, by_media_type, by_status
from pipeline.fetch.page import PageSummary, summarize
from pipeline.fetch.wire.messages import Response
from pipeline.html import decode
from pipeline.records import Outcome

HTML = (b"<!doctype html", b"<html")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a response, and whether its body is worth keeping; `page` is None where there is no markup."""

    outcome: Outcome
    detail: str = ""
    keep: bool = False
    page: PageSummary | None = None
    html: str = ""
    charset: str | None = None


def judge_page(response: Response, offered: dict[str, int] | None = None) -> Verdict:
    """What a response for a page of a site means: by status, then media type, then content. `offered` as for
    `summarize`."""
    outcome, detail = by_status(response.status, response.headers)
    if outcome is Outcome.OK:
        outcome, detail = by_media_type(response.headers, response.body)
    if outcome is Outcome.NOT_HTML or not response.body:
        return Verdict(outcome, detail)
    html, charset = decode(response.body, response.headers.get("content-type"))
    page = summarize(html, response.final_url, offered)
    if response.status >= 300:
        outcome, detail = by_status(response.status, response.headers, page, html)
    elif outcome is Outcome.OK:
        outcome, detail = by_content(response.url, response.final_url, response.headers, page, html)
    # What was answered instead of the page is kept too: it is the evidence for the outcome.
    return Verdict(outcome, detail, True, page, html, charset)


def judge_file(response: Response) -> Verdict:
    """What a response for a list, a workbook or a page of an API means: a web page in its place is none."""
    outcome, detail = by_status(response.status, response.headers)
    if outcome is Outcome.OK and not response.body:
        return Verdict(Outcome.EMPTY, "no content")
    if outcome is Outcome.OK and response.body[:200].lstrip().lower().startswith(HTML):
        found = judge_page(response)
        if found.outcome is Outcome.OK:
            return Verdict(Outcome.LAYOUT_CHANGED, "a web page came in place of the file")
        return Verdict(found.outcome, found.detail)
    return Verdict(outcome, detail, keep=outcome is Outcome.OK)
