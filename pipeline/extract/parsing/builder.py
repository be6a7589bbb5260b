"""Builds the blocks of a page while its tree is walked."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from lxml import etree

from pipeline.extract.parsing.page import Block, Kind
from pipeline.extract.parsing.regions import region_of
from pipeline.extract.parsing.tables import Grid
from pipeline.extract.parsing.text import LONGEST_BLOCK, cut
from pipeline.records import Region

_SKIP = frozenset(
    {
        "script",
        "style",
        "svg",
        "template",
        "head",
        "noscript",
        "iframe",
        "object",
        "canvas",
        "video",
        "audio",
        "map",
    }
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q s samp small span strike strong sub "
    "sup time tt u var wbr o:p g center-text st1:place st1:city st1:state".split()
)
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_KINDS = {
    "li": Kind.ITEM,
    "td": Kind.CELL,
    "th": Kind.CELL,
    "dt": Kind.TERM,
    "dd": Kind.DEFINITION,
    "option": Kind.OPTION,
}
_SCOPES = frozenset({"section", "article", "li", "td", "details", "dd"})
_GROUPED = frozenset({"ul", "ol", "dl", "table", "section", "article", "details", "select"})
_BOLD = frozenset({"b", "strong"})
_CARD = re.compile(
    r"(?:^|[\s_-])(?:cards?|item|col(?:umn)?(?:-\w+)*|box|tile|panel|accordion|tab-pane|elementor-column|feature|service)(?:$|[\s_-])"
)
_OPENS_HEADING = frozenset({"summary", "legend"})
_BOXES = frozenset({"div", "p", "html", "body", "main", "header", "footer", "nav"})  # none of all these
_TELLING = frozenset({"main", "nav", "footer", "aside", "header"})  # tags that are of a region by themselves
# Members of enumerations that are asked for at every element: their look-up by name takes longer than all else of it.
_CLOSED = frozenset({Region.NAV, Region.WIDGET, Region.FOOTER})  # regions within which no other begins
_LISTED = frozenset({Kind.ITEM, Kind.LINK, Kind.CELL})
_PARAGRAPH, _ITEM, _TERM, _IMAGE = Kind.PARAGRAPH, Kind.ITEM, Kind.TERM, Kind.IMAGE
_HEADING, _QUESTION, _LINK, _DEFINITION = Kind.HEADING, Kind.QUESTION, Kind.LINK, Kind.DEFINITION
_INLINE_UNDO, _VOID_UNDO = ("inline",), ("void",)
_ICONS = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff\ufffc\ufffd]+")


@lru_cache(maxsize=8192)
def _is_card(names: str) -> bool:
    return bool(_CARD.search(names))


def _holds_title(element: Any) -> bool:
    return next(element.iterdescendants("h1"), None) is not None


class Builder:
    """Walks a tree once. Text gathers in a buffer that ends where a block-level element begins or ends."""

    MAX_TEXT = 150_000
    MAX_BLOCKS = 8_000
    MAX_ELEMENTS = 120_000

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._parts: list[str] = []
        self._length = 0
        self._pieces: list[str] = []  # of the open block
        self._bold = self._linked = self._loose = (
            0  # characters of it in bold, in links, in neither sense plain
        )
        self._hrefs: list[str] = []
        self._images: list[str] = []
        self._region = Region.MAIN
        self._kinds: list[Kind] = []
        self._heading = 0
        self._stacks: dict[Region, list[tuple[int, int]]] = {region: [] for region in Region}
        self._lead: list[int | None] = []
        self._groups: list[int] = [0]
        self._group_count = 0
        self._grids: list[Grid] = []
        self._in_link = self._in_bold = 0
        self._is_cut = False
        self._glued = -1  # number of pieces where a link or span just ended

    def text(self) -> str:
        """The text of the page: every block on a line of its own (a block may hold line ends of its own)."""
        return "".join(self._parts)

    def read(self, root: etree._Element) -> list[str]:
        """Fill `blocks` from a document. Returns what was left out because of a limit."""
        undo: list[tuple[Any, ...]] = []
        add = self._add
        skip = 0
        count = 0
        for event, element in etree.iterwalk(root, events=("start", "end")):
            tag = element.tag
            if event == "start":
                if skip or tag in _SKIP:
                    skip += 1
                    continue
                count += 1
                if (
                    count > self.MAX_ELEMENTS
                    or self._length > self.MAX_TEXT
                    or len(self.blocks) > self.MAX_BLOCKS
                ):
                    self._flush()
                    return [
                        f"stopped after {count} elements, {self._length} characters, {len(self.blocks)} blocks"
                    ]
                undo.append(self._open(element, tag))
                if text := element.text:
                    add(text)
            else:
                if skip:
                    skip -= 1
                else:
                    self._close(tag, undo.pop())
                if not skip and (text := element.tail):
                    add(text)
        self._flush()
        return [f"cut a text longer than {self.MAX_TEXT} characters"] if self._is_cut else []

    def _add(self, text: str) -> None:
        if not self._pieces and not self._hrefs and text.isspace():
            self._glued = -1  # between blocks: nothing that a flush would keep
            return
        self._pieces.append(text)
        if self._in_link or self._in_bold:
            size = len(text.strip())
            if self._in_link:
                self._linked += size
            if self._in_bold:
                self._bold += size

    def _open(self, element: Any, tag: str) -> tuple[Any, ...]:
        if tag in _INLINE:
            if (tag == "a" or tag == "span") and self._glued == len(self._pieces):
                self._pieces.append("\v" if tag == "a" else " ")
            if tag == "a":
                self._in_link += 1
                if href := element.get("href"):
                    self._hrefs.append(href)
            elif tag in _BOLD:
                self._in_bold += 1
            return _INLINE_UNDO
        if tag == "br":
            self._pieces.append("\v")
            return _VOID_UNDO
        if tag == "img" or tag == "input":
            if alt := element.get("alt"):
                self._images.append(alt)
            return _VOID_UNDO
        if self._pieces or self._images:
            self._flush()
        before, names = self._region, ""
        own_class, own_id = element.get("class"), element.get("id")
        if own_class or own_id:
            names = f"{own_class or ''} {own_id or ''}".strip().lower()
        if before not in _CLOSED:
            role = element.get("role")
            if names or role or tag in _TELLING:  # nothing else tells of a region
                self._region = self._region_for(element, tag, role, names) or before
        heading = self._heading
        kind, grouped = (None, False) if tag in _BOXES else self._enter(element, tag)
        scope = tag in _SCOPES or (tag == "div" and bool(names) and _is_card(names))
        stack = self._stacks[self._region]
        return (tag, before, kind, heading, grouped, len(self.blocks), len(stack) if scope else None)

    def _enter(self, element: Any, tag: str) -> tuple[Kind | None, bool]:
        """The kind of block that an element makes of its text, and whether what is in it belongs together; a heading, a list
        or a part of a table begins."""
        kind = _KINDS.get(tag)
        if kind:
            self._kinds.append(kind)
        if tag in _HEADINGS:
            self._heading = _HEADINGS[tag]
        elif tag in _OPENS_HEADING or (tag == "button" and element.get("aria-expanded")):
            self._heading = 7
        grouped = tag in _GROUPED
        if grouped:
            self._group_count += 1
            self._groups.append(self._group_count)
            last = self.blocks[-1] if self.blocks else None
            self._lead.append(
                last.index
                if last and last.region is self._region and tag in ("ul", "ol", "dl", "table")
                else None
            )
        if tag == "table":
            self._grids.append(Grid(self._group_count))
        elif self._grids:
            if tag == "tr":
                self._grids[-1].row()
            elif tag in ("td", "th"):
                self._grids[-1].cell(tag == "th", element.get("colspan"), element.get("rowspan"))
        return kind, grouped

    def _region_for(self, element: Any, tag: str, role: str | None, names: str) -> Region | None:
        if tag == "header":
            holds_title = _holds_title(element)
            inner = any(up.tag in ("main", "article", "section") for up in element.iterancestors())
            return None if holds_title or inner else Region.HEADER
        region = region_of(tag, role, names)
        if region is None or (region in (Region.MAIN, Region.FOOTER) and tag != "footer"):
            return region
        if region is Region.MAIN or tag == "nav" or not _holds_title(element):
            return region
        return None  # what holds the page's title is not beside it

    def _close(self, tag: str, undo: tuple[Any, ...]) -> None:
        if undo is _INLINE_UNDO:
            if tag == "a" or tag == "span":
                self._glued = len(self._pieces)
            if tag == "a":
                self._in_link -= 1
            elif tag in _BOLD:
                self._in_bold -= 1
            return
        if undo is _VOID_UNDO:
            return
        if self._pieces or self._images:
            self._flush()
        _, before, kind, heading, grouped, first, depth = undo
        if depth is not None:
            stack = self._stacks[self._region]
            if len(stack) > depth and len(self.blocks) - 1 > stack[-1][1] >= first:
                del stack[depth:]
        self._heading = heading
        if kind:
            self._kinds.pop()
        if grouped:
            self._groups.pop()
            self._lead.pop()
        if tag == "table" and self._grids:
            self._grids.pop().finish(self.blocks)
        self._region = before

    def _flush(self) -> None:
        if self._pieces:
            raw = "".join(self._pieces) if len(self._pieces) > 1 else self._pieces[0]
            if len(raw) > self.MAX_TEXT:
                raw, self._is_cut = raw[: self.MAX_TEXT], True
            self._pieces.clear()
            self._glued = -1
            linked, bold, hrefs = self._linked, self._bold, self._hrefs
            self._linked = self._bold = 0
            self._hrefs = []
            if raw.isspace() and not self._images:
                return
            if not raw.isascii():
                raw = _ICONS.sub(" ", raw)
            if "\v" in raw:
                lines = [" ".join(line.split()) for line in raw.split("\v")]
                runs = "\n".join(lines).strip("\n").split("\n\n") if any(lines) else []
                for run in runs:
                    if run := run.strip("\n"):
                        self._emit(run, linked, bold if len(runs) == 1 else 0, hrefs)
            elif line := " ".join(raw.split()):
                self._emit(line, linked, bold, hrefs)
        if self._images:
            images, self._images = self._images, []
            for alt in images:
                if line := " ".join(alt.split())[:300]:
                    self._append(line, _IMAGE, 0, [])

    def _emit(self, text: str, linked: int, bold: int, hrefs: list[str]) -> None:
        size = len(text)
        kind = self._kinds[-1] if self._kinds else _PARAGRAPH
        if self._heading:
            self._append(text, _QUESTION if text.endswith("?") else _HEADING, self._heading, hrefs)
        elif bold >= size * 0.9 and size < 120 and kind is _PARAGRAPH and not text.endswith((".", ",", ";")):
            self._append(text, _QUESTION if text.endswith("?") else _HEADING, 8, hrefs)
        elif kind is _TERM and text.endswith("?"):
            self._append(text, _QUESTION, 8, hrefs)
        elif linked >= size * 0.9 and (kind is _PARAGRAPH or kind is _ITEM):
            self._append(text, _LINK, 0, hrefs)
        else:
            self._append(text, kind, 0, hrefs)

    def _append(self, text: str, kind: Kind, level: int, hrefs: list[str]) -> None:
        if len(text) > LONGEST_BLOCK:
            for start, end in cut(text, 0, len(text)):
                self._append(text[start:end], kind, 0, hrefs)
            return
        stack = self._stacks[self._region]
        if level:
            while stack and stack[-1][0] >= level:
                stack.pop()
        index = len(self.blocks)
        block = Block(
            index,
            text,
            self._length,
            self._length + len(text),
            kind,
            self._region,
            level,
            tuple([at for _, at in stack]),
            None,
            None,
            (),
            self._groups[-1],
            tuple(hrefs),
        )
        if level:
            stack.append((level, index))
        elif kind is _DEFINITION:
            block.lead = next((b.index for b in reversed(self.blocks[-6:]) if b.kind is _TERM), None)
        elif kind in _LISTED and self._lead:
            block.lead = self._lead[-1]
        elif stack and self.blocks[stack[-1][1]].kind is _QUESTION:
            block.lead = stack[-1][1]
            if kind is _PARAGRAPH:
                block.kind = Kind.ANSWER
        if self._grids and kind is not _IMAGE:
            block.table = self._grids[-1].position(index)
        self.blocks.append(block)
        self._parts.append(text + "\n")
        self._length += len(text) + 1
