"""Plain text → Page: lines are blocks, short lines that introduce others are headings. Offsets refer to the input."""

from __future__ import annotations

import re

from pipeline.extract.parsing.page import Block, Kind, Page
from pipeline.extract.parsing.text import cut
from pipeline.records import Region

MAX_TEXT = 150_000
_BULLET = re.compile(r"\s*(?:[-*•·▪‣◦]|\d{1,2}[.)])\s+(?=\S)")
_SENTENCE_END = re.compile(r"[.!;:,]$")
_NOT_TITLE = re.compile(r"\d{3}|;|\.\s|@|https?:|: ")
LONGEST_TITLE = 90


def read_text(text: str, url: str | None = None) -> Page:
    """The page model of plain text. `page.text` is `text` itself."""
    page = Page(text=text, blocks=[], url=url)
    lines = _lines(text[:MAX_TEXT])
    if len(text) > MAX_TEXT:
        page.meta["limits"] = f"read the first {MAX_TEXT} of {len(text)} characters"
    stack: tuple[int, ...] = ()
    for number, (start, end, bullet) in enumerate(lines):
        line = text[start:end]
        is_last = number + 1 == len(lines)
        index = len(page.blocks)
        kind, level = Kind.ITEM if bullet else Kind.PARAGRAPH, 0
        if not bullet and not is_last and _is_title(line):
            kind = Kind.QUESTION if line.endswith("?") else Kind.HEADING
            level = 1 if index == 0 else 2
            stack = stack[:1] if level == 2 and stack[:1] == (0,) and page.blocks[0].level == 1 else ()
        block = Block(index, line, start, end, kind, Region.MAIN, level, stack)
        if bullet:
            block.lead = next((b.index for b in reversed(page.blocks) if b.kind is not Kind.ITEM), None)
        elif stack and page.blocks[stack[-1]].kind is Kind.QUESTION and not level:
            block.kind, block.lead = Kind.ANSWER, stack[-1]
        page.blocks.append(block)
        if level:
            stack = (*stack, index)
    page.title = page.blocks[0].text if page.blocks and page.blocks[0].level == 1 else ""
    return page


def _lines(text: str) -> list[tuple[int, int, bool]]:
    """(start, end, is a bullet) of every line that is not empty; the bullet itself is left out."""
    found = []
    for match in re.finditer(r"[^\r\n]+", text):
        line = match[0]
        if not line.strip():
            continue
        start = match.start() + len(line) - len(line.lstrip())
        end = match.start() + len(line.rstrip())
        mark = _BULLET.match(text, start, end)
        spans = cut(text, mark.end() if mark else start, end)
        found += [(first, last, mark is not None) for first, last in spans]
    return found


def _is_title(line: str) -> bool:
    return len(line) <= LONGEST_TITLE and not _SENTENCE_END.search(line) and not _NOT_TITLE.search(line)
