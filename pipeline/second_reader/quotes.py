"""Where a quote stands on a page: verbatim, but for white space and the shapes of quotation marks and hyphens."""

from __future__ import annotations

import re

from pipeline.extract.parsing.page import Page
from pipeline.second_reader.prompt import LONGEST_QUOTE, is_shown

MOST_PLACES = 20
_ALIKE = (
    (re.compile(r"['‘’‛ʼ`]"), "['‘’‛ʼ`]"),
    (re.compile(r"[\"“”„‟«»]"), '["“”„‟«»]'),
    (re.compile(r"[-‐‑‒–—−]"), "[-‐‑‒–—−]"),
)
_MARK = re.compile(r"^(?:#+|-)\s+")  # of headings and items in the prompt


def places(page: Page, quote: str, start: int | None = None) -> list[tuple[int, int]]:
    """Spans of the quote in the parts of the page that were shown, the one nearest to `start` first.

    Empty for a quote that does not stand there, and for one too long to state a value. A wrong offset does no harm.
    """
    words = _MARK.sub("", quote.strip()).split()
    if not words or len(quote) > LONGEST_QUOTE:
        return []
    pattern = re.compile(r"\s+".join(map(_pattern, words)))
    found = []
    for match in pattern.finditer(page.text):
        block = page.block_at(match.start())
        if block is not None and is_shown(page, block):
            found.append(match.span())
        if len(found) == MOST_PLACES:
            break
    return found if start is None else sorted(found, key=lambda span: abs(span[0] - start))


def _pattern(word: str) -> str:
    return "".join(_character(c) for c in word)


def _character(c: str) -> str:
    return next((alike for pattern, alike in _ALIKE if pattern.fullmatch(c)), re.escape(c))
