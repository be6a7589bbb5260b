"""The page model: one small list of blocks, parsed once per page, that every fact module reads."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from operator import attrgetter
from typing import Any

from pipeline.records import Refused, Region


class Kind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"  # list item
    CELL = "cell"
    TERM = "term"  # <dt>, or the label of a "Label: value" card
    DEFINITION = "definition"
    QUESTION = "question"
    ANSWER = "answer"
    OPTION = "option"  # of a <select>
    IMAGE = "image"  # alternative text
    LINK = "link"  # a block that is one link


@dataclass(slots=True)
class Block:
    """A run of text that belongs together. `page.text[start:end] == text`."""

    index: int
    text: str
    start: int
    end: int
    kind: Kind
    region: Region = Region.MAIN
    level: int = 0  # of a heading, 1..6
    headings: tuple[int, ...] = ()  # indexes of the governing heading blocks, outermost first
    lead: int | None = (
        None  # the line that introduces a list ("We treat:"), question of an answer, term of a definition
    )
    table: tuple[int, int, int] | None = None  # (table number, row, column)
    header: tuple[int, ...] = ()  # cells: indexes of the row and column header cells
    group: int = 0  # blocks of one card, list or accordion panel share a number
    links: tuple[str, ...] = ()


BAD_JSON_LD = "bad_json_ld"


@dataclass(slots=True)
class Page:
    """A parsed page. `text` is what every offset refers to; for plain-text input it is the input itself."""

    text: str
    blocks: list[Block]
    url: str | None = None
    title: str = ""
    description: str = ""
    language: str | None = None
    canonical: str | None = None
    json_ld: list[Mapping[str, Any]] = field(default_factory=list)  # flattened nodes that parsed
    microdata: list[Mapping[str, Any]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)  # values of the structured data that cannot be used
    structured_from: int | None = None  # where the text begins that only structured data has, if any
    calls: dict[str, str] = field(default_factory=dict)  # "tel:…" → the words of the first link to it
    meta: dict[str, str] = field(default_factory=dict)

    @property
    def json_ld_errors(self) -> int:
        """How many of its JSON-LD blocks do not parse."""
        return sum(one.reason == BAD_JSON_LD for one in self.refused)

    def is_printed(self, position: int) -> bool:
        """Whether a reader sees the character: not what `append_contacts` wrote out."""
        return self.structured_from is None or position < self.structured_from

    def beginning(self, length: int) -> Page:
        """The page as if it ended with the last block that ends within so many characters."""
        blocks = self.blocks[: bisect_right(self.blocks, length, key=attrgetter("end"))]
        end = blocks[-1].end if blocks else 0
        structured = self.structured_from if self.structured_from and self.structured_from < end else None
        return replace(self, text=self.text[:end], blocks=blocks, structured_from=structured)

    def block_at(self, position: int) -> Block | None:
        """The block that holds a character; None between blocks."""
        at = bisect_right(self.blocks, position, key=attrgetter("start")) - 1
        return self.blocks[at] if at >= 0 and position < self.blocks[at].end else None

    def heading_path(self, block: Block) -> str:
        return " > ".join(self.blocks[i].text for i in block.headings)
