"""Reading one provider's site: entry pages, sitemaps, then the best links, until the budget is spent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Protocol

from pipeline.archive.archive import ArchiveError
from pipeline.archive.visits import GOOD
from pipeline.fetch.beside import beside
from pipeline.fetch.body import GZIP, DamagedError, TooLargeError, gunzip
from pipeline.fetch.crawl.frontier import POST_COST, Frontier
from pipeline.fetch.crawl.links import names_iop
from pipeline.fetch.crawl.sitemap import Sitemap, lastmod, parse_sitemap, sitemap_urls, sitemap_worth
from pipeline.fetch.outcome.judge import Verdict, judge_page
from pipeline.fetch.page import PageSummary, summarize
from pipeline.fetch.recorder import Recorder
from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.client import Visit
from pipeline.fetch.wire.messages import FetchError, Request, Response, as_fetch_error
from pipeline.html import decode
from pipeline.records import Document, Outcome
from sources.urls import canonical_url, same_site, url_key

log = logging.getLogger(__name__)
MAX_MAPPED = 50_000  # pages of a site's sitemaps that are looked at,
MAX_RATED = 5_000  # of them rated whatever they are called, and later ones where their address names an IOP,
MAX_NAMED = 1_000  # of which there are as many as this
TURN = 200  # pages of a sitemap taken in at a time
GIVE_UP_AFTER = 3  # failures of the host in a row
SHOWN_BONUS = 5.0  # of the page that a page sends on to, or shows in a frame
MAX_DENIED = 10  # rows for pages that robots.txt closes; the others are passed over without one
HOST_FAILURES = frozenset(
    {
        Outcome.TIMEOUT,
        Outcome.CONNECTION,
        Outcome.SERVER_ERROR,
        Outcome.RATE_LIMITED,
        Outcome.BLOCKED,
        Outcome.TLS,
        Outcome.REDIRECT_LOOP,
    }
)


class SiteSource(Protocol):
    """What is needed of `sources.registry.Source`."""

    @property
    def url(self) -> str | None: ...
    @property
    def entry(self) -> tuple[str, ...]: ...
    @property
    def max_pages(self) -> int: ...


@dataclass(slots=True)
class SiteRun:
    """One visit to one site."""

    source: SiteSource
    visit: Visit
    recorder: Recorder
    home: str = field(init=False)
    frontier: Frontier = field(init=False)
    unread: list[Document] = field(default_factory=list)  # unchanged pages whose links were not looked at
    failures: int = 0
    denied: int = 0
    lastmods: dict[str, datetime] = field(default_factory=dict)  # as the sitemaps say, by url_key
    changed: dict[str, datetime] = field(default_factory=dict)  # pages that changed since this moment
    believe: bool = True  # what the sitemaps say of changes
    mapped: bool = False  # sitemaps were read
    listed: int = 0  # pages of theirs that were looked at,
    named: int = 0  # and those beyond MAX_RATED whose address names an IOP
    menu: bool = False  # the links of a first page were taken in
    stop: bool = False

    def __post_init__(self) -> None:
        self.home = canonical_url(self.source.url or "") or ""
        self.frontier = Frontier(self.home, self.source.entry)
        # In one order whatever the log's, so that what a better page displaced stays away.
        for place in sorted({d.final_url or d.url for d in self.recorder.known.values()}):
            self.frontier.keep(place)

    async def documents(self) -> AsyncGenerator[Document]:
        """Every attempt, as it is made and logged. Never raises for what a site does."""
        attempts = 0
        while not self.stop and attempts < self.source.max_pages and not self.visit.is_over:
            url = await self._next()
            if url is None:
                return
            if self._leads_to_read(url):
                self.frontier.spare()
                continue
            if self._vouched(url):
                attempts += 1
                continue
            if self.denied >= MAX_DENIED and self.visit.denies(url):
                self.frontier.spare()
                continue
            document = await self.page(url)
            self._compare(document)
            denied = document.outcome is Outcome.ROBOTS_DENIED
            if denied:
                self.frontier.spare()
            self.denied += denied
            attempts += not denied
            yield document
            self._count(document)
            if document.outcome in GOOD and not self.mapped:
                self.mapped = True
                async for failed in self.sitemaps():
                    yield failed
                self._compare(document)

    async def page(self, url: str) -> Document:
        """Fetch and judge one page; its links go to the frontier. A fault of ours costs this page alone."""
        try:
            return await self._page(url)
        except FetchError as failure:
            # A link that leads to a host in trouble says nothing about the site's own.
            self.stop = self.stop or (failure.stop_site and self.frontier.at_home(failure.final_url or url))
            return self.recorder.failed(url, failure)
        except Exception as error:
            log.exception("%s: reading %s failed", self.recorder.source_id, url)
            return self.recorder.failed(url, as_fetch_error(error))

    async def _page(self, url: str) -> Document:
        last = self.recorder.validators(url)
        request = Request(url, self.recorder.settings.max_bytes, known=last, html_only=True)
        response = await self.visit.get(request)
        if response.final_url != url:
            self.frontier.seen(response.final_url)
            if self.frontier.is_home(url) and self.frontier.inside(response.final_url):
                self.frontier.adopt(response.final_url)
        if response.status == 304 and last is not None and response.conditional:
            self.unread.append(last)
            return self.recorder.unchanged(last, response)
        if last is not None and self.recorder.same_content(last, response):
            self.unread.append(last)
            return self.recorder.unchanged(last, response, "same content")
        return await self._judge(response)

    def _compare(self, document: Document) -> None:
        """A page that changed while its sitemap says that it did not: this site's sitemaps are not believed."""
        last = self.recorder.known.get(document.url)
        if document.outcome is Outcome.OK and last is not None:
            self.changed[url_key(document.url)] = last.fetched_at
        if any(key in self.lastmods and self.lastmods[key] < since for key, since in self.changed.items()):
            self.believe = False

    def _leads_to_read(self, url: str) -> bool:
        """Whether an address led, when it was last asked for, to a page that this visit has read already."""
        last = self.recorder.known.get(url)
        target = last.final_url if last is not None else None
        return target is not None and url_key(target) != url_key(url) and self.frontier.is_done(target)

    def _vouched(self, url: str) -> bool:
        """Whether the site's own sitemap says that a page did not change since it was last asked for.

        Believed for `trust_lastmod_s` at most. Such a page is not asked for and has no row; it keeps its place
        in the budget and in the visit's count of good pages.
        """
        changed = self.lastmods.get(url_key(url))
        last = self.recorder.validators(url) if changed is not None else None
        if not self.believe or changed is None or last is None or changed >= last.fetched_at:
            return False
        age = self.recorder.moment() - last.fetched_at
        if age.total_seconds() > self.recorder.settings.trust_lastmod_s:
            return False
        self.unread.append(last)
        self.recorder.vouch(last)
        return True

    async def _judge(self, response: Response) -> Document:
        if not same_site(response.final_url, response.url):
            elsewhere = Verdict(Outcome.MOVED, f"sent on, for now, to {response.final_url}")
            return await self.recorder.answered(response, elsewhere)
        judged = partial(judge_page, response, self.frontier.offered)
        verdict = await beside(len(response.body), judged)
        page = verdict.page
        if page is not None and (verdict.outcome is Outcome.OK or page.refresh or page.frames):
            self._add_links(page)
        return await self.recorder.answered(response, verdict)

    async def sitemaps(self) -> AsyncGenerator[Document]:
        """Take in the site's sitemaps; the attempts that failed, other than by there being none."""
        async with aclosing(read_sitemaps(self.visit, self.home, self.recorder.settings)) as found:
            async for sitemap in found:
                if isinstance(sitemap, Sitemap):
                    await self._map(sitemap)
                else:
                    yield self.recorder.failed(*sitemap)

    async def _map(self, sitemap: Sitemap) -> None:
        """Take in a sitemap's pages; a long one lets other sites have their turn meanwhile."""
        for place, printed in sitemap.pages[: MAX_MAPPED - self.listed]:
            self.listed += 1
            if self.listed % TURN == 0:
                await asyncio.sleep(0)
            if self.listed > MAX_RATED and place not in self.recorder.known:
                if self.named >= MAX_NAMED or not names_iop(place):
                    continue
                self.named += 1
            url = canonical_url(place)
            if url is None:
                continue
            self.frontier.add(url, bonus=-POST_COST if sitemap.posts else 0.0)
            moment = lastmod(printed)
            if moment is not None:
                self.lastmods[url_key(url)] = moment

    async def _next(self) -> str | None:
        url = self.frontier.pop()
        while url is None and self.unread:
            await self._add_archived_links(self.unread.pop(0))
            url = self.frontier.pop()
        return url

    def _add_links(self, page: PageSummary) -> None:
        """What a page leads to. The first page read is the home page, or has the same menu."""
        first, self.menu = not self.menu, self.menu or bool(page.links)
        for shown in (page.refresh, *page.frames):
            if shown:
                self.frontier.add(shown, bonus=SHOWN_BONUS)
        if page.canonical:
            self.frontier.claim(page.canonical, page.text)
        for place in page.translations:
            self.frontier.translated(place)
        for link, anchor in page.links:
            self.frontier.add(link, anchor, menu=first)
        for link in page.repeated:
            self.frontier.repeated(link)

    async def _add_archived_links(self, last: Document) -> None:
        try:
            content = self.recorder.archive.get(last.sha256 or "")
        except (KeyError, ArchiveError):
            return  # lost meanwhile: the page is fetched as a new one next time
        self._add_links(await beside(len(content), partial(self._summary, content, last)))

    def _summary(self, content: bytes, last: Document) -> PageSummary:
        html, _ = decode(content, charset=last.charset)
        return summarize(html, last.final_url or last.url, self.frontier.offered)

    def _count(self, document: Document) -> None:
        """Give up on a site whose own host fails. A dead subdomain is no reason to."""
        if not self.frontier.at_home(document.final_url or document.url):
            return
        self.failures = self.failures + 1 if document.outcome in HOST_FAILURES else 0
        if self.failures >= GIVE_UP_AFTER:
            self.stop = True


async def read_sitemaps(
    visit: Visit, site: str, settings: FetchSettings
) -> AsyncGenerator[Sitemap | tuple[str, FetchError]]:
    """The sitemaps of a site, as robots.txt names them or at the usual place, those of pages before those of posts;
    of a sitemap that cannot be read, its URL and why."""
    try:
        waiting = sitemap_urls(site, (await visit.robots(site)).sitemaps)
    except FetchError as failure:
        yield site, failure
        return
    seen: set[str] = set()
    while waiting and len(seen) < settings.max_sitemaps:
        waiting.sort(key=sitemap_worth, reverse=True)
        url = waiting.pop(0)
        if url in seen or not same_site(url, site):
            continue
        seen.add(url)
        try:
            response = await visit.get(Request(url, settings.max_bytes))
            body = response.body
            if body[:2] == GZIP:
                body = await asyncio.to_thread(gunzip, body, settings.max_bytes)
        except (FetchError, TooLargeError, DamagedError) as error:
            yield url, as_fetch_error(error)
            continue
        if response.status == 200:
            mapped = await beside(len(body), partial(parse_sitemap, body))
            sitemap = replace(mapped, posts=sitemap_worth(url) < 0)
            waiting.extend(place for child in sitemap.children if (place := canonical_url(child)))
            yield sitemap
