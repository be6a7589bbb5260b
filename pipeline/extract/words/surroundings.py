"""What stands around a place in a page: its block, its sentence, the label before it, the headings above it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from pipeline.extract.parsing.page import Block, Page

_STOP = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+(?=[\"'“‘(\[¿¡]?[A-Z0-9¿¡])|\n", re.MULTILINE)
_ABBREVIATION = re.compile(
    r"\b(?:[A-Z]|St|Ave|Rd|Dr|Blvd|Ste|Mt|Ft|Mass|Inc|No|vs|etc|e\.g|i\.e|a\.m|p\.m|Ext|ext|Mr|Mrs|Ms|Sq)\.$"
)


@dataclass(slots=True)
class Around:
    """A page with an index of where its blocks begin."""

    page: Page
    _starts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._starts = [block.start for block in self.page.blocks]

    def block(self, offset: int) -> Block | None:
        """The block that the character at `offset` belongs to."""
        index = bisect_right(self._starts, offset) - 1
        if index < 0:
            return None
        block = self.page.blocks[index]
        return block if offset < block.end else None

    def sentence(self, start: int, end: int, reach: int = 600) -> tuple[int, int]:
        """Bounds of the sentence (within its block) that holds `start..end`, at most `reach` characters each way."""
        block = self.block(start)
        low, high = (block.start, block.end) if block else (0, len(self.page.text))
        return sentence_bounds(
            self.page.text, start, end, max(low, start - reach), min(max(high, end), end + reach)
        )

    def before(self, start: int, reach: int = 60) -> str:
        """What is printed before `start` in its block; a block that begins there is preceded by the block before."""
        block = self.block(start)
        low = block.start if block else 0
        text = self.page.text[max(low, start - reach) : start]
        if block and not text.strip() and block.index:
            previous = self.page.blocks[block.index - 1]
            if len(previous.text) <= reach and previous.group == block.group:
                return previous.text + "\n"
        return text

    def titles(self, start: int) -> list[str]:
        """Texts that govern the place, nearest first: lead, table headers, headings."""
        block = self.block(start)
        if block is None:
            return []
        indexes = [
            *([block.lead] if block.lead is not None else []),
            *block.header,
            *reversed(block.headings),
        ]
        return [self.page.blocks[i].text for i in indexes]

    def section(self, start: int) -> str | None:
        block = self.block(start)
        return (self.page.heading_path(block) or None) if block else None


def sentence_bounds(text: str, start: int, end: int, low: int, high: int) -> tuple[int, int]:
    """Bounds of the sentence around `start..end` within `low..high`; abbreviations such as "St." do not end one."""
    left, right = low, high
    for match in _STOP.finditer(text, low, min(start + 3, high)):  # the pattern looks two characters ahead
        if match.end() <= start and not _ABBREVIATION.search(
            text, max(low, match.start() - 8), match.start()
        ):
            left = match.end()
    for match in _STOP.finditer(text, end, high):
        if not _ABBREVIATION.search(text, max(low, match.start() - 8), match.start()):
            right = match.start()
            break
    return left, right
