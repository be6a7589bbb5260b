"""Authoring: look at a site and propose its table in the registry. Nothing is archived."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from pipeline.fetch.crawl.frontier import POST_COST, Frontier
from pipeline.fetch.crawl.links import rate
from pipeline.fetch.crawl.site import read_sitemaps
from pipeline.fetch.outcome.judge import judge_page
from pipeline.fetch.outcome.outcome import NOTHING
from pipeline.fetch.page import PageSummary
from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.wire.client import Fetcher, Visit
from pipeline.fetch.wire.messages import FetchError, Request, Response
from pipeline.records import Outcome
from sources.kinds import SITE
from sources.urls import canonical_url, registrable
from sources.well_formed import read_json

ENTRIES = 5
ENTRY_SCORE = 5.0  # pages at least as likely to tell something as a contact page
HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+|localhost|\[?[0-9a-f:.]+\]?")
NO_SITE = frozenset({Outcome.DNS, Outcome.REFUSED_ADDRESS})
NO_TLS = frozenset({Outcome.TLS, Outcome.CONNECTION, Outcome.TIMEOUT})  # https failed: perhaps there is http
LOOPBACK = "allow_loopback = true"
LIVELY = timedelta(days=60)
LIVELY_SHARE = 0.3
ORGANIZATION = re.compile(r"organization|business|clinic|hospital|medical", re.IGNORECASE)
JSON_LD = re.compile(r"<script[^>]+application/ld\+json[^>]*>(.*?)</script>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A registry table as TOML ("" where there is no such site), the pages that would be read with their scores, and
    how the look at it went."""

    toml: str
    pages: tuple[tuple[str, float], ...]
    outcome: Outcome
    detail: str = ""


async def propose_source(
    url: str, settings: FetchSettings, max_pages: int = 25, *, allow_loopback: bool = False
) -> Proposal:
    """Look at a site's home page and sitemaps. A site that cannot be read gives a proposal that says why.

    Without a scheme `url` is looked for at https, then at http. `allow_loopback`: its host may be this machine or one of the
    house's network, and the proposed table says so. Raises ValueError where it is no http(s) address.
    """
    sites = [url] if "://" in url else [f"https://{url}", f"http://{url}"]
    site = canonical_url(sites[0])
    if site is None or not HOST.fullmatch(urlsplit(site).hostname or ""):
        raise ValueError(f"{url!r} is no http(s) address")
    host = frozenset({urlsplit(site).hostname or ""}) if allow_loopback else frozenset()
    more = (LOOPBACK,) if allow_loopback else ()
    async with Fetcher(settings).visiting(host, ours=allow_loopback) as visit:
        for last, place in enumerate(sites, 1 - len(sites)):
            try:
                request = Request(
                    canonical_url(place) or place, settings.max_bytes, follow_moves=True, html_only=True
                )
                return await _propose(await visit.get(request), visit, settings, max_pages, more)
            except FetchError as failure:
                if last == 0 or failure.outcome not in NO_TLS:
                    toml = "" if failure.outcome in NO_SITE else _toml(site, _name_of(site), [], 30, more)
                    return Proposal(toml, (), failure.outcome, failure.detail)
    raise AssertionError("no address was tried")


async def _propose(
    response: Response, visit: Visit, settings: FetchSettings, max_pages: int, more: tuple[str, ...]
) -> Proposal:
    found = judge_page(response)
    page = found.page or NOTHING
    frontier = Frontier(response.final_url)
    for link, anchor in page.links:
        frontier.add(link, anchor, menu=True)
    changes: list[str] = []
    async for item in read_sitemaps(visit, response.final_url, settings):
        if not isinstance(item, tuple):
            for place, changed in item.pages:
                frontier.add(place, bonus=-POST_COST if item.posts else 0.0)
                changes += [changed] if changed else []
    pages: list[tuple[str, float]] = []
    anchors = {canonical_url(link): anchor for link, anchor in page.links}
    while len(pages) < max_pages and (best := frontier.pop()):
        pages.append((best, round(rate(best, anchors.get(best, "")).score, 1)))
    home = urljoin(response.final_url, "/").rstrip("/")
    entry = [
        place.removeprefix(home) if frontier.at_home(place) else place
        for place, score in pages[1:]
        if score >= ENTRY_SCORE
    ]
    toml = _toml(
        response.final_url,
        _title(page, found.html, response.final_url),
        entry[:ENTRIES],
        _cadence(changes, settings.now()),
        more,
    )
    return Proposal(toml, tuple(pages), found.outcome, found.detail)


def _toml(site: str, title: str, entry: list[str], cadence: int, more: tuple[str, ...]) -> str:
    """A source's table; `more` are lines that stand at its end."""
    source_id = re.sub(r"[^a-z0-9]+", "_", registrable(site).rpartition(".")[0].lower()).strip("_")
    source_id = source_id if re.match(r"[a-z]", source_id) else f"site_{source_id}"
    lines = [
        f"[{source_id[:62]}]",
        f'kind = "{SITE.name}"',
        f"title = {_quoted(title)}",
        f"url = {_quoted(site)}",
    ]
    lines += [f"entry = [{', '.join(_quoted(e) for e in entry)}]"] if entry else []
    lines += [f'cadence = "{cadence}d"', 'terms = "public web pages, read under robots.txt"', *more]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string, which JSON's strings are but for two escapes that they do not have in common."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _name_of(site: str) -> str:
    return registrable(site).partition(".")[0].replace("-", " ").title()


def _title(page: PageSummary, html: str, site: str) -> str:
    """The organization's name: JSON-LD, og:site_name, the part of the title that looks like the host, the host."""
    for node in _nodes(html):
        kinds = node.get("@type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if any(isinstance(k, str) and ORGANIZATION.search(k) for k in kinds) and isinstance(
            node.get("name"), str
        ):
            return unescape(str(node["name"])).strip()
    if page.site_name:
        return page.site_name.strip()
    host = re.sub(r"[^a-z0-9]", "", registrable(site).rpartition(".")[0])
    parts = [part.strip() for part in re.split(r"\s+[|–—·:-]\s+", page.title) if part.strip()]
    for part in parts:
        squeezed = re.sub(r"[^a-z0-9]", "", part.lower())
        initials = "".join(word[0] for word in part.lower().split())
        if squeezed and (squeezed in host or host in squeezed or initials == host):
            return part
    return _name_of(site)


def _nodes(html: str) -> Iterator[dict[str, Any]]:
    for block in JSON_LD.findall(html):
        try:
            waiting: list[Any] = [read_json(block)]
        except (ValueError, RecursionError):
            continue
        while waiting:
            node = waiting.pop(0)
            if isinstance(node, list):
                waiting.extend(node)
            elif isinstance(node, dict):
                yield node
                waiting.extend(node.get("@graph") or [])


def _cadence(changes: list[str], now: datetime) -> int:
    """Days between visits: a week for a site whose sitemap says that much of it changed lately, else a month."""
    recent = 0
    for changed in changes:
        try:
            moment = datetime.fromisoformat(changed)
        except ValueError:
            continue
        recent += (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) > now - LIVELY
    return 7 if changes and recent >= LIVELY_SHARE * len(changes) else 30
