"""Sitemaps (sitemaps.org): the pages that a site says it has, and where it says so."""

from __future__ import annotations

import itertools
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from urllib.parse import urljoin, urlsplit

from lxml import etree

from pipeline.fetch.crawl.links import rows
from sources.urls import canonical_url

_ENTRIES = ("{*}url", "{*}sitemap", "{*}item", "{*}entry")  # of sitemaps.org, RSS, Atom
# What no markup begins with; character data is left as it is. Its pattern tries no repetition twice.
_BARE_AMPERSAND = re.compile(
    rb"(<!\[CDATA\[(?:[^\]]++|\](?!\]>))*+)|&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)"
)
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
    """A sitemap or sitemap index, an RSS or Atom feed, or a plain list of URLs, as sitemaps.org allows; a byte order mark
    and blanks ahead of it do no harm, nor does a bare `&`. What cannot be read is left out.

    Entities are not expanded and nothing is loaded from elsewhere, so that no file can grow while it is read.
    """
    is_wide = data.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    data = data.decode("utf-16", "replace").encode() if is_wide else data.removeprefix(BOM_UTF8)
    data = data.lstrip()
    if b"<" not in data[:200]:
        lines = data[: MAX_SITEMAP_URLS * 200].decode("utf-8", "replace").split()
        return Sitemap(tuple((line, None) for line in lines if line.startswith("http"))[:MAX_SITEMAP_URLS])
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        recover=True,
        huge_tree=False,
        load_dtd=False,
        encoding="utf-8" if is_wide else None,
    )
    try:
        root = etree.fromstring(_BARE_AMPERSAND.sub(lambda m: m[1] or b"&amp;", data), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        return Sitemap()
    pages: list[tuple[str, str | None]] = []
    children: list[str] = []
    for entry in itertools.islice(root.iter(*_ENTRIES), MAX_SITEMAP_URLS):
        loc, modified = _told(entry)
        if loc and etree.QName(entry).localname == "sitemap":
            children.append(loc)
        elif loc:
            pages.append((loc, modified))
    return Sitemap(tuple(pages), tuple(children))


def _told(entry: etree._Element) -> tuple[str, str | None]:
    """The address of an entry, "" for none, and when it was modified, as printed."""
    loc = _text(entry, "loc") or _text(entry, "link")
    linked = (
        link.get("href", "").strip()
        for link in entry.iterchildren("{*}link")
        if link.get("rel", "alternate") == "alternate"
    )
    return loc or next(filter(None, linked), ""), _text(entry, "lastmod") or _text(entry, "updated") or None


def _text(entry: etree._Element, name: str) -> str:
    return (entry.findtext(f"{{*}}{name}") or "").strip()


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
