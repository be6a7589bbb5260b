"""HTML → Page: one walk over the tree of a C parser (lxml), which gives blocks of text with what governs them.

Limits keep every page under a bounded time; what was cut is said in `page.meta["limits"]`.
"""

from __future__ import annotations

import re
from itertools import islice

from lxml import etree

from pipeline.extract.parsing.builder import Builder
from pipeline.extract.parsing.json_ld import parse_json_ld
from pipeline.extract.parsing.microdata import read_microdata
from pipeline.extract.parsing.page import BAD_JSON_LD, Page
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.parsing.structured import append_contacts
from pipeline.html import MAX_CHARS, MAX_TAG, decode, seen, without_long_tags
from pipeline.records import Refused

MAX_DEPTH = 1_500
BODY_CLASS = "body:class"  # in `Page.meta`: the template that a site's software names on its body
MAX_LINKS = 3_000
MAX_REFUSED = 2_000  # characters kept of a block that does not parse

_SILENT = re.compile(r"<(script|style|svg|template)\b", re.IGNORECASE)
_JUNK = [chr(code) for code in (0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF)]
_JUNK_ENTITY = re.compile(  # the same as character references: soft hyphens and zero-width spaces split words
    "&(?:shy|ZeroWidthSpace|zwj|zwnj|#0*(?:173|820[3-7]|8288)|#[xX]0*(?:[aA][dD]|200[b-fB-F]|2060));"
)
_LD = "ld+json"


def read_page(content: bytes | str, url: str | None = None, charset: str | None = None) -> Page:
    """The page model of an HTML document. Never raises on bad markup: an unreadable page has no blocks."""
    markup = decode(content, charset=charset)[0] if isinstance(content, bytes) else content
    limits = []
    if len(markup) > MAX_CHARS:
        markup, limits = markup[:MAX_CHARS], [f"read the first {MAX_CHARS} of {len(markup)} characters"]
    markup = _JUNK_ENTITY.sub("", _without_junk(seen(markup)))
    markup, long = without_long_tags(markup)
    if long:
        limits.append(f"dropped the attributes of {long} tags longer than {MAX_TAG} characters")
    root = _tree(markup)
    if root is None:
        return Page(text="", blocks=[], url=url, meta={"limits": "; ".join([*limits, "no markup"])})
    builder = Builder()
    too_deep = _depth_exceeded(markup, root)
    if not too_deep:
        limits += builder.read(root)
    if too_deep or not builder.blocks:
        page = read_text(_bare_text(markup), url)
        if page.blocks:
            limits.append("nested too deep, or no tree: read as plain text")
        page.meta["limits"] = "; ".join(limits)
        return page
    page = Page(text=builder.text(), blocks=builder.blocks, url=url)
    _read_head(page, root)
    if "itemprop" in markup:
        page.microdata = read_microdata(root)
    append_contacts(page)
    if limits:
        page.meta["limits"] = "; ".join(limits)
    return page


def _without_junk(markup: str) -> str:
    """Markup without characters that part or join words unseen. Most has none, and looking for one is quick."""
    for character in _JUNK:
        if character in markup:
            markup = markup.replace(character, "")
    return markup


def _tree(markup: str) -> etree._Element | None:
    parser = etree.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    data = markup.encode("utf-8", "replace")
    if not data.strip():
        return None
    try:
        return etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError):
        return None


def _depth_exceeded(markup: str, root: etree._Element) -> bool:
    """Whether libxml2 gave up on nesting. Only pages with many tags are looked at."""
    if markup.count("<") < MAX_DEPTH:
        return False
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
        elif (depth := depth + 1) > MAX_DEPTH:
            return True
    return False


def _bare_text(markup: str) -> str:
    """Text of a page too deep for a tree: tags become line ends."""
    lines = re.sub(r"<[^<>]*>", "\n", _spoken(markup)).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())[: Builder.MAX_TEXT]


def _spoken(markup: str) -> str:
    """Markup without its scripts and the like, in one pass: of an element that never ends only the tag goes."""
    parts: list[str] = []
    endless: set[str] = set()
    position = 0
    for tag in _SILENT.finditer(markup):
        name = tag[1].lower()
        if tag.start() < position or name in endless:
            continue
        end = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(markup, tag.end())
        if end is None:
            endless.add(name)
            continue
        parts.append(markup[position : tag.start()])
        position = end.end()
    return " ".join([*parts, markup[position:]])


def _read_head(page: Page, root: etree._Element) -> None:
    page.language = root.get("lang") or None
    title = next(root.iterdescendants("title"), None)
    page.title = " ".join((title.text or "").split()) if title is not None else ""
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        if name and meta.get("content"):
            page.meta.setdefault(name, " ".join(meta.get("content", "").split())[:1000])
    page.description = page.meta.get("description", "")
    body = root.find("body")
    if body is not None and body.get("class"):
        page.meta.setdefault(BODY_CLASS, body.get("class", "").lower()[:1000])
    for link in root.iter("link"):
        if (link.get("rel") or "").lower() == "canonical":
            page.canonical = link.get("href")
    for anchor in islice(root.iter("a"), MAX_LINKS):
        if anchor.get("href", "").startswith("tel:"):
            page.calls.setdefault(anchor.get("href", ""), " ".join("".join(anchor.itertext()).split())[:200])
    for script in root.iter("script"):
        if _LD in (script.get("type") or "").lower():
            nodes = parse_json_ld(script.text or "")
            if nodes is None:
                page.refused.append(Refused("json_ld", BAD_JSON_LD, (script.text or "")[:MAX_REFUSED]))
            else:
                page.json_ld.extend(nodes)
