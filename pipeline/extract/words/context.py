"""What every judging module needs of a page, computed once: folded text, sentences, mentions, cues, headings."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, TypeVar

from pipeline.extract.learned.models import Models, shipped
from pipeline.extract.parsing.page import Block, Kind, Page
from pipeline.extract.parsing.text import fold, sentences, spaced
from pipeline.extract.words.assertion import Cue, Cues, Judgement, Meaning, governing, judge
from pipeline.extract.words.pieces import spots
from pipeline.extract.words.vocabulary import Mention, Words, mentions_of
from pipeline.records import Assertion, Demotion, Observation, Region, Tie
from pipeline.values import Value

MAIN = Region.MAIN  # asked for of every block
Span = tuple[int, int]
Answer = TypeVar("Answer")
INFINITE = 1 << 60
JOINT = 3  # characters of what joins two clauses
_JOINS = re.compile(r"(?:;|\s[|•·▪]\s)\Z")  # ends a clause, not the sentence
_SOON = re.compile(
    r"[\s:.–-]*(?:coming soon|opening soon)"
)  # a label and, on the next line, what it is not yet
SOONEST = 60  # characters from words to what comes soon
_CLOSERS = "? \"')"  # a question mark and what may stand behind it
SOON = Judgement(Assertion.NEGATED, Cue(Meaning("future", "post", "clause", frozenset()), 0, 0))


@dataclass(slots=True)
class PageContext:
    """A page and what is derived from it on demand; one per extraction."""

    page: Page
    folded: str
    mentions: list[Mention]
    _phrases: Cues
    models: Models
    _sentences: dict[int, list[Span]] = field(default_factory=dict)
    _cues: dict[Span, list[Cue]] = field(default_factory=dict)
    _told: dict[tuple[int, str], bool] = field(default_factory=dict)
    _answers: dict[tuple[int, Callable[..., Any]], Any] = field(default_factory=dict)
    _heard: dict[Span, tuple[list[Cue], bool, bool]] = field(default_factory=dict)
    _said: dict[tuple[Span, Callable[..., Any]], Any] = field(default_factory=dict)
    _held: dict[tuple[int, int, str], bool] = field(default_factory=dict)
    _named: dict[str, tuple[list[int], list[Mention]]] = field(default_factory=dict)  # by start
    _numbers: dict[tuple[str, int, int], tuple[int, int]] = field(default_factory=dict)
    _paths: dict[int, list[Block]] = field(default_factory=dict)
    _spots: list[list[int]] = field(default_factory=list)
    _sections: dict[tuple[int, ...], str | None] = field(default_factory=dict)
    main: list[Block] = field(init=False)  # the blocks of the body
    _at: dict[int, Block | None] = field(default_factory=dict)  # position → its block
    _starts: list[int] = field(init=False)  # of the blocks

    def __post_init__(self) -> None:
        self.main = [block for block in self.page.blocks if block.region is MAIN]
        self._starts = [block.start for block in self.page.blocks]

    @classmethod
    def of(cls, page: Page, models: Models | None = None) -> PageContext:
        """The context of a page, to be judged by `models` (None: those that the project ships)."""
        folded = fold(page.text)
        limit = page.blocks[-1].end if page.blocks else 0
        read = folded[:limit]
        plain = spaced(read)
        words = Words.of(plain)
        mentions = mentions_of(page.text[:limit], read, plain, words)
        return cls(page, folded, mentions, Cues(words.cues), models or shipped())

    def block_at(self, position: int) -> Block | None:
        """The block that holds a character; None between blocks."""
        if position in self._at:
            return self._at[position]
        found = self._at[position] = self._block_at(position)
        return found

    def _block_at(self, position: int) -> Block | None:
        at = bisect_right(self._starts, position) - 1
        if at < 0:
            return None
        block = self.page.blocks[at]
        return block if position < block.end else None

    def sentence(self, block: Block, position: int) -> Span:
        """The span of the sentence of `block` at a position."""
        spans = self._sentences.get(block.index) or self._spans(block)
        at = bisect_right(spans, (position, INFINITE)) - 1
        if at >= 0 and position < spans[at][1]:
            return spans[at]
        return block.start, block.end

    def _spans(self, block: Block) -> list[Span]:
        spans = self._sentences.get(block.index)
        if spans is None:
            spans = self._sentences[block.index] = sentences(
                self.page.text, self.folded, block.start, block.end
            )
        return spans

    def cues(self, span: Span) -> list[Cue]:
        """The assertion cues of a sentence."""
        found = self._cues.get(span)
        if found is None:
            found = self._cues[span] = self._phrases.within(*span)
        return found

    def judge(self, block: Block, start: int, end: int, topic: str) -> Judgement:
        """The assertion of the words at [start, end), by their sentence alone."""
        span = self.sentence(block, start)
        heard = self._heard.get(span)
        if heard is None:
            comes = _SOON.match(self.folded, span[1]) is not None
            heard = self._heard[span] = self.cues(span), self.asks(span), comes
        cues, asks, comes = heard
        if comes and span[1] - end < SOONEST:
            return SOON
        return judge(self.folded, cues, start, end, topic, asks)

    def governing(self, block: Block, start: int, end: int, topic: str) -> list[Cue]:
        """The cues that speak of the words at [start, end)."""
        return governing(self.folded, self.cues(self.sentence(block, start)), start, end, topic)

    def asks(self, span: Span) -> bool:
        """Whether a sentence is a question."""
        if self.folded[span[1] - 1] not in _CLOSERS:
            return False
        return self.folded[slice(*span)].rstrip(_CLOSERS[1:]).endswith("?")

    def tells(self, block: Block, pattern: re.Pattern[str], as_printed: bool = False) -> bool:
        """Whether a block's folded (or printed) text holds a pattern; asked once a heading, not once a mention."""
        key = (block.index, pattern.pattern)  # a pattern itself would be hashed anew each time
        found = self._told.get(key)
        if found is None:
            found = self._told[key] = bool(
                pattern.search(self.page.text if as_printed else self.folded, block.start, block.end)
            )
        return found

    def once(self, block: Block, question: Callable[[PageContext, Block], Answer]) -> Answer:
        """The answer to a question about a block, asked once a block, not once a mention."""
        key = (block.index, question)
        found: Answer | None = self._answers.get(key)
        if found is None:
            found = self._answers[key] = question(self, block)
        return found

    def said(self, span: Span, question: Callable[[PageContext, Span], Answer]) -> Answer:
        """The answer to a question about a sentence, asked once a sentence, not once a mention."""
        key = (span, question)
        found: Answer | None = self._said.get(key)
        if found is None:
            found = self._said[key] = question(self, span)
        return found

    def holds(self, span: tuple[int, int], pattern: re.Pattern[str]) -> bool:
        """Whether a sentence, as a text of its own, holds a pattern; asked once a sentence, not once a mention."""
        key = (*span, pattern.pattern)
        found = self._held.get(key)
        if found is None:
            found = self._held[key] = pattern.search(self.folded[slice(*span)]) is not None
        return found

    def full_sentence(self, start: int, end: int) -> Span:
        """The span of the sentence that holds [start, end), with all its clauses."""
        block = self.block_at(start)
        if block is None:
            return 0, len(self.folded)
        spans = self._spans(block)
        first = max(bisect_right(spans, (start, INFINITE)) - 1, 0)
        last = max(bisect_right(spans, (end - 1, INFINITE)) - 1, first)
        while first and self._joins(*spans[first - 1]):
            first -= 1
        while last + 1 < len(spans) and self._joins(*spans[last]):
            last += 1
        return spans[first][0], spans[last][1]

    def _joins(self, start: int, end: int) -> bool:
        return _JOINS.search(self.folded, max(start, end - JOINT), end) is not None

    def before(self, start: int, reach: int = 60) -> str:
        """What is printed before `start` in its block; a block that begins there is preceded by the block before."""
        block = self.block_at(start)
        low = block.start if block else 0
        text = self.page.text[max(low, start - reach) : start]
        if block and not text.strip() and block.index:
            previous = self.page.blocks[block.index - 1]
            if len(previous.text) <= reach and previous.group == block.group:
                return previous.text + "\n"
        return text

    def titles(self, start: int) -> list[str]:
        """Texts of what governs the place, nearest first."""
        block = self.block_at(start)
        return [governor.text for governor in self.path(block)] if block else []

    def section(self, start: int) -> str | None:
        """The headings over the place."""
        block = self.block_at(start)
        if block is None:
            return None
        if block.headings not in self._sections:
            self._sections[block.headings] = self.page.heading_path(block) or None
        return self._sections[block.headings]

    def observe(
        self,
        field: str,
        value: Value,
        start: int,
        end: int,
        *,
        method: str,
        confidence: float,
        assertion: Assertion = Assertion.AFFIRMED,
        tie: Tie | None = None,
        region: Region | None = None,
        demoted: tuple[Demotion, ...] = (),
        qualifier: str | None = None,
        level_of_care: str | None = None,
        locator: str | None = None,
    ) -> Observation:
        """What the words at [start, end) state, with the words themselves and the headings over them."""
        return Observation(
            field=field,
            value=value,
            quote=self.page.text[start:end],
            start=start,
            end=end,
            assertion=assertion,
            method=method,
            confidence=confidence,
            tie=tie,
            region=region,
            demoted=demoted,
            qualifier=qualifier,
            level_of_care=level_of_care,
            section=self.section(start),
            locator=locator,
        )

    def spots(self, number: int) -> list[int]:
        """Where the pieces of a set begin (`pieces.py`)."""
        if number >= len(self._spots):
            self._spots = spots(self.folded)
        return self._spots[number]

    def named(self, field: str, start: int = 0, end: int = INFINITE) -> list[Mention]:
        """The mentions of a field's vocabulary within [start, end)."""
        if not self._named:
            for mention in sorted(self.mentions, key=attrgetter("start")):
                starts, mentions = self._named.setdefault(mention.field, ([], []))
                starts.append(mention.start)
                mentions.append(mention)
        starts, mentions = self._named.get(field, ([], []))
        low, high = bisect_left(starts, start), bisect_left(starts, end)
        return [mention for mention in mentions[low:high] if mention.end <= end]

    def number_named(self, field: str, start: int, end: int) -> Span:
        """How many these are, and how many characters they have; counted once a sentence, not once a mention."""
        key = (field, start, end)
        if key not in self._numbers:
            found = self.named(field, start, end)
            self._numbers[key] = len(found), sum(mention.end - mention.start for mention in found)
        return self._numbers[key]

    def path(self, block: Block) -> list[Block]:
        """What governs a block, nearest first: its headers in a table, its lead, its headings from the inside out."""
        known = self._paths.get(block.index)
        if known is not None:
            return known
        blocks = self.page.blocks
        found = [blocks[i] for i in block.header]
        if block.lead is not None and block.lead not in block.headings:
            found.append(blocks[block.lead])
        found += [blocks[i] for i in reversed(block.headings)]
        self._paths[block.index] = found
        return found


_SITE_WORDS = re.compile(
    r"^(?:home|about(?: us)?|our (?:team|staff|story|mission)|contact(?: us)?|careers|news|blog|resources|faqs?|admissions(?:/fees)?|"
    r"newsletter|calendar|staff|testimonials|gallery|privacy(?: policy)?|site ?map|login|patient portal|locations|events|employment)$",
    re.I,
)
SHORTEST_MENU = 5


def mark_menus(page: Page) -> None:
    """Turn runs of links that hold a site's usual entries into navigation: old pages have no `<nav>`."""
    run: list[Block] = []
    for block in [*page.blocks, None]:
        if block is not None and block.region is MAIN and block.kind is Kind.LINK:
            run.append(block)
            continue
        if len(run) >= SHORTEST_MENU:
            texts = [line for b in run for line in b.text.split("\n")]
            if sum(1 for t in texts if _SITE_WORDS.match(t.strip())) >= 2:
                for b in run:
                    b.region = Region.NAV
        run = []
