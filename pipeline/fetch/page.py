"""What discovery and the outcome need of a page: its links, its visible text, what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin

from lxml import etree

from pipeline.html import parse_html
from sources.urls import canonical_url

MAX_LINKS = 3000  # of one page
MAX_TEXT = 3200  # characters of a page's visible text that are looked at: no signature wants more than 3000
MAX_ALTERNATES = 50
SOON_S = 10  # a page that sends on later than that is one to be read
MAX_HEADINGS = 15  # of each level
TEXTLESS = (
    "script",
    "style",
    "template",
    "noscript",
    "title",
)  # not svg, iframe: left open, they would hide the rest
HEADINGS = ("h1", "h2", "h3")
READ = ("a", "area", "base", "frame", "link", "meta", "noscript", "script", "title", *HEADINGS)
TEXT = etree.XPath("//text()", smart_strings=False)  # libxml2 may take a page's beginning for its head
Nodes = Mapping[str, Sequence[etree._Element]]  # by tag


@dataclass(frozen=True, slots=True)
class PageSummary:
    """What discovery and the outcome need to know of a page."""

    title: str
    headline: str
    text: str  # the first visible words, white space folded
    links: tuple[tuple[str, str], ...] = ()  # (absolute URL, anchor text)
    refresh: str | None = None  # target of a <meta http-equiv="refresh">
    noscript: str = ""
    scripts: int = 0
    site_name: str = ""
    repeated: tuple[str, ...] = ()  # links that one page before this one had too: the site's menu
    frames: tuple[str, ...] = ()  # of a frameset: what a reader sees of the page
    canonical: str | None = None  # the address that the page says it has
    translations: tuple[str, ...] = ()  # its copies in other languages than English
    headings: tuple[
        str, ...
    ] = ()  # the first h1, and those of h1 to h3 that can be seen among the first words


@dataclass(slots=True)
class _Found:
    """Links of a page as they are found."""

    links: list[tuple[str, str]] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)


def summarize(html: str, url: str, offered: dict[str, int] | None = None) -> PageSummary:
    """The links and the visible text of a page. Never raises on bad HTML.

    `offered` counts the hrefs of the pages before, which mostly have the same menu: the second page that has one
    gives it as `repeated`, and later ones leave it out. Those that mean the same on every page are added to it.
    """
    root = parse_html(html)
    if root is None:
        return PageSummary("", "", "")
    nodes: dict[str, list[etree._Element]] = {tag: [] for tag in READ}
    for node in root.iter(*READ):
        nodes[node.tag].append(node)
    own = next((node.get("href") for node in nodes["base"] if node.get("href")), None)
    base = _joined(url, own) or url if own else url
    found = _links(nodes, base, {} if offered is None else offered)
    frames = [_joined(base, node.get("src")) for node in nodes["frame"][:20] if node.get("src")]
    canonical, translations = _addresses(nodes, base)
    said = [_words(node) for tag in HEADINGS for node in nodes[tag][:MAX_HEADINGS]]
    headline = said[0] if nodes["h1"] else ""
    title = _words(nodes["title"][0]) if nodes["title"] else ""
    noscript = " ".join(_words(node) for node in nodes["noscript"][:5])
    etree.strip_elements(root, *TEXTLESS, with_tail=False)
    text = _folded(" ".join(TEXT(root)))
    return PageSummary(
        title=title,
        headline=headline,
        text=text,
        links=tuple(found.links),
        refresh=_refresh(_meta(nodes, "http-equiv", "refresh"), url),
        noscript=noscript[:MAX_TEXT],
        scripts=len(nodes["script"]),
        site_name=_meta(nodes, "property", "og:site_name") or "",
        repeated=tuple(found.repeated),
        frames=tuple(place for place in frames if place),
        canonical=canonical,
        translations=translations,
        headings=(headline, *(heading for heading in said if heading and heading in text)),
    )


def _folded(text: str) -> str:
    """The first MAX_TEXT characters with white space folded. Mostly the head says all, and splitting is dear."""
    head = text[: MAX_TEXT + MAX_TEXT // 4]
    folded = " ".join(head.split())
    if len(folded) < MAX_TEXT and len(head) < len(text):
        folded = " ".join(text.split())
    return folded[:MAX_TEXT]


def _links(nodes: Nodes, base: str, offered: dict[str, int]) -> _Found:
    found = _Found()
    seen: set[str] = set()
    origin = "/".join(base.split("/", 3)[:3])
    for node in (*nodes["a"][: MAX_LINKS * 4], *nodes["area"][:MAX_LINKS]):
        href = (node.get("href") or "").strip()
        if href in seen or href[:1] in ("", "#"):
            continue
        times = offered.get(href, 0)
        if times > 1 or "nofollow" in node.get("rel", ""):
            continue
        seen.add(href)
        if len(seen) > MAX_LINKS:
            break
        rooted = href[0] == "/" and href[:2] != "//"
        if rooted or href.startswith("http"):
            offered[href] = times + 1
        absolute = origin + href if rooted else _joined(base, href)
        if absolute is None or not absolute.startswith(("http://", "https://")):
            continue
        if times:
            found.repeated.append(absolute)
        else:
            found.links.append((absolute, _anchor(node)))
    return found


def _anchor(node: etree._Element) -> str:
    """A link's words: its text, else what it is called, else what its picture shows."""
    said = _words(node) or node.get("title") or node.get("aria-label") or node.get("alt")
    if not said and (picture := node.find(".//img[@alt]")) is not None:
        said = picture.get("alt")
    return " ".join((said or "").split())[:200]


def _addresses(nodes: Nodes, base: str) -> tuple[str | None, tuple[str, ...]]:
    """The address that a page says it has, and those of its copies in other languages than English."""
    canonical, translations = None, []
    for node in nodes["link"]:
        language = node.get("hreflang", "").lower()
        href = _joined(base, node.get("href")) if node.get("href") else None
        if not href:
            continue
        if node.get("rel", "").lower() == "canonical":
            canonical = canonical or href
        elif language and not language.startswith(("en", "x-default")):
            translations.append(href)
    return canonical, tuple(translations[:MAX_ALTERNATES])


def _joined(base: str, href: str) -> str | None:
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return None


def _meta(nodes: Nodes, key: str, name: str) -> str | None:
    """The content of the first <meta> of a name, whatever its case."""
    return next((n.get("content") for n in nodes["meta"] if (n.get(key) or "").lower() == name), None)


def _words(node: etree._Element) -> str:
    return " ".join(" ".join(node.itertext()).split())[:500]


def _refresh(content: str | None, url: str) -> str | None:
    found = re.search(
        r"^\s*(\d{1,9})(?:\.\d*)?\s*[;,]\s*(?:url\s*=)?\s*['\"]?([^'\"]+)", content or "", re.IGNORECASE
    )
    return canonical_url(found[2], url, keep_query=True) if found and float(found[1]) <= SOON_S else None
