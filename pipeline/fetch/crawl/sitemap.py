"""Sitemaps (sitemaps.org): the pages that a site says it has, and where it says so."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from urllib.parse import urljoin, urlsplit

from lxml import etree

from pipeline.fetch.crawl.links import rows
from sources.urls import canonical_url

MAX_SITEMAP_URLS = 50_000  # of one file (sitemaps.org)
TAXONOMY = -2.0


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap's pages and the sitemaps that it points to. `posts`: its own name says that they are blog posts,
    news and the like."""

    pages: tuple[tuple[str, str | None], ...] = ()  # (URL, lastmod as printed)
    children: tuple[str, ...] = ()
    posts: bool = False


def parse_sitemap(data: bytes) -> Sitemap:
    """A sitemap or sitemap index (sitemaps.org), or a plain list of URLs. What cannot be read is left out.

    Entities are not expanded and nothing is loaded from elsewhere, so that no file can grow while it is read.
    """
    if b"<" not in data[:200]:
        lines = data[: MAX_SITEMAP_URLS * 200].decode("utf-8", "replace").split()
        return Sitemap(tuple((line, None) for line in lines if line.startswith("http"))[:MAX_SITEMAP_URLS])
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, recover=True, huge_tree=False, load_dtd=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        return Sitemap()
    pages: list[tuple[str, str | None]] = []
    children: list[str] = []
    for entry in itertools.islice(root.iterchildren("{*}url", "{*}sitemap"), MAX_SITEMAP_URLS):
        loc = (entry.findtext("{*}loc") or "").strip()
        if loc and etree.QName(entry).localname == "sitemap":
            children.append(loc)
        elif loc:
            pages.append((loc, (entry.findtext("{*}lastmod") or "").strip() or None))
    return Sitemap(tuple(pages), tuple(children))


def lastmod(printed: str | None) -> datetime | None:
    """A sitemap's lastmod (W3C date and time) as the latest moment that it can mean; None if unreadable."""
    text = (printed or "").strip()
    try:
        moment = datetime.fromisoformat(text)
        if len(text) <= len("2026-01-31"):
            moment += timedelta(days=1)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC) + timedelta(hours=14)
    except (ValueError, OverflowError):
        return None


def sitemap_urls(site: str, declared: Iterable[str] = ()) -> list[str]:
    """Where a site's sitemaps are: as robots.txt says (any host may be named there), else the usual place."""
    found = [place for place in (canonical_url(d, site) for d in declared) if place]
    return list(dict.fromkeys(found)) or [urljoin(site, "/sitemap.xml")]


@cache
def _kinds() -> tuple[tuple[float, re.Pattern[str]], ...]:
    return tuple((score, re.compile(pattern)) for score, pattern in rows("sitemap"))


def sitemap_worth(url: str) -> float:
    """What a sitemap's name says of its pages: above 0 for pages, places and programs, below for posts and the like.

    WordPress has "page-sitemap.xml" and "post-sitemap2.xml", or "wp-sitemap-posts-page-1.xml".
    """
    words = re.findall(r"[a-z]+", urlsplit(url).path.rpartition("/")[2].lower())
    said = [score for score, pattern in _kinds() for word in words if pattern.fullmatch(word)]
    return TAXONOMY if TAXONOMY in said else max(said, default=0.0)
