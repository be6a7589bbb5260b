"""A provider's site → the pages worth fetching, within a budget. Pure functions: nothing here fetches.

Pages are ranked by how likely they tell of IOPs, places, insurance and contact (`provider_site_links.csv`); a
site that has thousands of alike pages does not spend its budget on one kind of them.
"""

from __future__ import annotations

import csv
import heapq
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from sources.urls import canonical_url, same_site, trap, url_key

LINKS = Path(__file__).with_name("provider_site_links.csv")
MAX_LINKS = 3000  # of one page
MAX_SITEMAP_URLS = 50_000  # of one file (sitemaps.org)
ENTRY_SCORE = 1000.0  # the registry's own choice comes first
HOME_SCORE = 8.0
UNNAMED_SCORE = 0.6  # a page whose name says nothing is read when the budget allows
KNOWN_BONUS = 1.5  # pages that held something before are preferred, so that a site's pages stay the same ones
OTHER_HOST_COST = 2.0  # of a page on a subdomain
ALIKE_COST = 0.7  # a page's score falls by this at each doubling of its siblings already taken
# Other languages' copies of a site; not those whose code is a state's too (/de/, /ar/, /vi/).
LANGUAGE = re.compile(r"^/(?:es|fr|pt|zh|ru|ht|ko|pl|it|ja|km|tl)(?:[-_][a-z]{2,4})?(?:/|$)", re.IGNORECASE)
EXTENSION = re.compile(r"\.(?:html?|php|aspx?|jsp|cfm)$", re.IGNORECASE)
PARENT_SHARE = 0.7  # of what the folders' names say, as against the page's own
NEVER = -5.0  # blogs, jobs, people, legal pages: whatever else their names say
MAX_TEXT = 3200  # characters of a page's visible text that are looked at: no signature wants more than 3000
TEXTLESS = ["script", "style", "template", "svg", "iframe"]


@dataclass(frozen=True, slots=True)
class SitePage:
    """What discovery and the outcome need to know of a page."""

    title: str
    headline: str
    text: str  # the first visible words, white space folded
    links: tuple[tuple[str, str], ...] = ()  # (absolute URL, anchor text)
    refresh: str | None = None  # target of a <meta http-equiv="refresh">
    noscript: str = ""
    scripts: int = 0
    site_name: str = ""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap's pages and the sitemaps that it points to."""

    pages: tuple[tuple[str, str | None], ...] = ()  # (URL, lastmod as printed)
    children: tuple[str, ...] = ()


@cache
def _patterns() -> tuple[tuple[float, re.Pattern[str]], ...]:
    """Scores by words: whole ones, so that "depression" is no "press"."""
    with LINKS.open(encoding="utf-8", newline="") as file:
        return tuple(
            (float(row["score"]), re.compile(rf"\b(?:{row['pattern']})\b")) for row in csv.DictReader(file)
        )


@lru_cache(maxsize=20_000)
def _word_scores(words: str) -> tuple[float, float]:
    """What speaks for and what against a page whose path or link has these words."""
    found = [score for score, pattern in _patterns() if pattern.search(words)]
    good = sorted((s for s in found if s > 0), reverse=True)
    return (good[0] + 0.2 * sum(good[1:3]) if good else 0.0), min((s for s in found if s < 0), default=0.0)


def score_link(url: str, anchor: str = "") -> float:
    """How likely a page tells of IOPs, places, insurance or contact. Above 0 is worth a request."""
    path = unquote(urlsplit(url).path)
    if path in ("", "/"):
        return HOME_SCORE
    segments = [re.sub(r"[-_+.\s]+", " ", EXTENSION.sub("", s)).lower() for s in path.split("/") if s]
    *parents, last = [_word_scores(segment) for segment in segments]
    said = _word_scores(" ".join(anchor.lower().split())[:80])
    good = max(last[0], said[0], *(PARENT_SHARE * parent[0] for parent in parents))
    # A folder such as "day-programs-employment-services" has words for both: its pages are doubtful, not bad.
    bad = min(last[1], said[1], *(parent[1] / 2 if parent[0] else parent[1] for parent in parents))
    if bad <= NEVER or LANGUAGE.match(path):
        return min(bad, NEVER)
    return UNNAMED_SCORE + good + bad - 0.4 * max(0, len(segments) - 2)


def read_page(html: str, url: str, offered: set[str] | None = None) -> SitePage:
    """The links and the visible text of a page. Never raises on bad HTML.

    Links whose href is in `offered` (those of the pages before: mostly the same menu) are left out, and the
    new ones that mean the same on every page of the site are added to it.
    """
    tree = LexborHTMLParser(html)
    base = _attribute(tree, "base[href]", "href")
    links = tuple(_links(tree, urljoin(url, base) if base else url, set() if offered is None else offered))
    noscript = " ".join(node.text(separator=" ") for node in tree.css("noscript")[:5])
    scripts = len(tree.css("script"))
    title = _text(tree, "title")
    tree.strip_tags([*TEXTLESS, "noscript"])
    return SitePage(
        title=title,
        headline=_text(tree, "h1"),
        text=_folded(body.text(separator=" ")) if (body := tree.body) else "",
        links=links,
        refresh=_refresh(_attribute(tree, "meta[http-equiv=refresh i][content]", "content"), url),
        noscript=_folded(noscript),
        scripts=scripts,
        site_name=_attribute(tree, "meta[property='og:site_name'][content]", "content") or "",
    )


def _folded(text: str) -> str:
    """The first MAX_TEXT characters with white space folded. Mostly the head says all, and splitting is dear."""
    head = text[: MAX_TEXT + MAX_TEXT // 4]
    folded = " ".join(head.split())
    if len(folded) < MAX_TEXT and len(head) < len(text):
        folded = " ".join(text.split())
    return folded[:MAX_TEXT]


def _links(tree: LexborHTMLParser, base: str, offered: set[str]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    origin = "/".join(base.split("/", 3)[:3])
    for node in itertools.islice(tree.css("a[href]"), MAX_LINKS * 4):
        attributes = node.attributes
        href = (attributes["href"] or "").strip()
        if (
            href in seen
            or href in offered
            or href[:1] in ("", "#")
            or "nofollow" in (attributes.get("rel") or "")
        ):
            continue
        seen.add(href)
        if len(seen) > MAX_LINKS:
            return
        rooted = href[0] == "/" and href[:2] != "//"
        if rooted or href.startswith("http"):
            offered.add(href)
        try:
            absolute = origin + href if rooted else urljoin(base, href)
        except ValueError:
            continue
        if absolute.startswith(("http://", "https://")):
            anchor = node.text(separator=" ") or attributes.get("title") or attributes.get("aria-label") or ""
            yield absolute, " ".join(anchor.split())[:200]


def _attribute(tree: LexborHTMLParser, selector: str, name: str) -> str | None:
    node = tree.css_first(selector)
    return node.attributes.get(name) if node else None


def _text(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return " ".join(node.text(separator=" ").split())[:500] if node else ""


def _refresh(content: str | None, url: str) -> str | None:
    found = re.search(r"^\s*([\d.]+)\s*[;,]\s*(?:url\s*=)?\s*['\"]?([^'\"]+)", content or "", re.IGNORECASE)
    return canonical_url(found[2], url, keep_query=True) if found and float(found[1]) <= 10 else None


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
    try:
        moment = datetime.fromisoformat((printed or "").strip())
    except ValueError:
        return None
    if len((printed or "").strip()) <= len("2026-01-31"):
        moment += timedelta(days=1)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC) + timedelta(hours=14)


def entry_urls(url: str, entry: Iterable[str] = ()) -> list[str]:
    """The pages that a source begins with: its own, then the entries, which may be relative."""
    found = (canonical_url(place, url) for place in (url, *entry))
    return list(dict.fromkeys(place for place in found if place))


def sitemap_urls(site: str, declared: Iterable[str] = ()) -> list[str]:
    """Where a site's sitemaps are: as robots.txt says (any host may be named there), else the usual place."""
    found = [place for place in (canonical_url(d, site) for d in declared) if place]
    return list(dict.fromkeys(found)) or [urljoin(site, "/sitemap.xml")]


@dataclass(slots=True)
class Frontier:
    """Pages not yet read, best first. `site` decides what is inside; `hosts` that turned out to be it are added."""

    site: str
    entry: tuple[str, ...] = ()
    offered: set[str] = field(default_factory=set)  # hrefs that need no second look
    _folders: dict[str, list[tuple[float, int, str]]] = field(
        default_factory=dict
    )  # heaps of (-score, number, URL)
    _seen: set[str] = field(default_factory=set)
    _taken: Counter[str] = field(default_factory=Counter)
    _number: Iterator[int] = field(default_factory=itertools.count)
    _host: str = ""

    def __post_init__(self) -> None:
        self._host = urlsplit(self.site).netloc.removeprefix("www.")
        for place in entry_urls(self.site, self.entry):
            self._push(place, ENTRY_SCORE)

    def add(self, url: str, anchor: str = "", bonus: float = 0.0) -> bool:
        """Take a link in, if it is in the site, new, no trap, and worth reading."""
        place = canonical_url(url)
        if place is None or url_key(place) in self._seen or not self.inside(place) or trap(place):
            return False
        score = score_link(place, anchor) + bonus
        if not self.at_home(place):
            score -= OTHER_HOST_COST
        if score <= 0:
            return False
        self._push(place, score)
        return True

    def pop(self) -> str | None:
        """The best page left, or None; a folder's pages are worth less the more of them were taken."""
        if not self._folders:
            return None
        costs = (
            (heap[0][0] + self._cost(folder), heap[0][1], folder) for folder, heap in self._folders.items()
        )
        folder = min(costs)[2]
        url = heapq.heappop(self._folders[folder])[2]
        if not self._folders[folder]:
            del self._folders[folder]
        self._taken[folder] += 1
        return url

    def _cost(self, folder: str) -> float:
        return ALIKE_COST * math.log2(1 + self._taken[folder])

    def seen(self, url: str) -> bool:
        """Mark a page as read under another address (a redirect's target); whether it was known."""
        key = url_key(url)
        known = key in self._seen
        self._seen.add(key)
        return known

    def inside(self, url: str) -> bool:
        return self.at_home(url) or same_site(url, self.site)

    def at_home(self, url: str) -> bool:
        """Whether a URL is on the very host of the site, with or without www."""
        return urlsplit(url).netloc.removeprefix("www.") == self._host

    def _push(self, url: str, score: float) -> None:
        if not self.seen(url):
            folder = urlsplit(url).path.rstrip("/").rpartition("/")[0]
            heapq.heappush(self._folders.setdefault(folder, []), (-score, next(self._number), url))
