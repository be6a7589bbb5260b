"""Reach: from which states a virtual program may be attended, and whether one must live there or be there.

Words that frame states ("residents of …", "anywhere in …", "… residents", a title over a list) stand in
`pipeline/vocabulary/reach_cues.toml`. They count where their clause, what stands over it or the page as a whole speaks of
attending virtually (`attended`). Where nothing says how one attends they are kept as GENERIC, `unplaced`: assembly
believes them of a provider that has nothing but virtual programs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.extract.facts.attended import is_virtual
from pipeline.extract.facts.delivery_words import PROGRAM, VIRTUAL
from pipeline.extract.facts.reach_words import names, pattern, words
from pipeline.extract.facts.states import Run, run_after, run_alone, run_before, run_of_all
from pipeline.extract.parsing.page import Block, Kind
from pipeline.extract.words.context import PageContext
from pipeline.extract.words.levels import WEAK, Levels, governing_level
from pipeline.extract.words.scanner import Scanner
from pipeline.records import Assertion, Demotion, Observation, Region, Tie

SURE = {
    "present": 0.8,
    "resident": 0.75,
    None: 0.75,
}  # who must be there need not live there: it is the stricter rule
RULES = {"resident": "resident", "present": "physically_present"}
LONGEST_TITLE = 120
LONGEST_LIST = 120  # blocks under a title
_LEAST = re.compile(r"\b(?:across|throughout|all over)\Z")  # of these alone a program must be spoken of
_NOT_YET = re.compile(
    rf"\b(?:{words('against', 'denied')})(?: (?:yet|currently|presently|now|able to|licensed to))* \Z"
)
_NEEDLESS = re.compile(rf"(?:{words('against', 'needless')})\Z")


@dataclass(frozen=True, slots=True)
class Frame:
    """Words at [start, end) with the states that they frame (none for a rule alone)."""

    block: Block
    start: int
    end: int
    rule: str | None
    run: Run | None


def find_reach(context: PageContext, levels: Levels) -> Iterator[Observation]:
    """States and presence rules in the body of the page, each name once in a place."""
    seen: set[tuple[str, str, int]] = set()
    for frame in sorted(_frames(context), key=lambda f: (f.start, f.rule is None)):
        of_virtual = is_virtual(context, frame.block, frame.start, frame.end)
        if of_virtual is None and frame.rule == "present" and VIRTUAL.search(context.folded):
            of_virtual = (
                True  # where somebody must be during sessions is asked of those alone who are elsewhere
            )
        if of_virtual is False:
            continue
        for observation in _told(context, levels, frame, bool(of_virtual)):
            key = (observation.field, observation.written, observation.start)
            if key not in seen:
                seen.add(key)
                yield observation


@cache
def _scanner() -> tuple[tuple[tuple[str, str], ...], Scanner]:
    lists = [(table, name) for table in ("before", "after", "rule", "title") for name in names(table)]
    lists += [("between", "all"), ("between", "all_but")]
    return tuple(lists), Scanner([pattern(*one) for one in lists])


def _frames(context: PageContext) -> Iterator[Frame]:
    lists, scanner = _scanner()
    text, folded = context.page.text, context.folded
    for index, matches in scanner.find(folded).items():
        table, name = lists[index]
        for match in matches:
            block = context.block_at(match.start())
            if block is None or block.region is not Region.MAIN or block.kind is Kind.OPTION:
                continue
            if _NEEDLESS.search(folded, max(block.start, match.start() - 60), match.start()):
                continue
            start, end = match.span()
            rule = name if name in RULES else None
            if table == "title":
                yield from _listed(context, block)
                continue
            if table == "rule":
                yield Frame(block, start, end, rule, None)
                continue
            if table == "before":
                run = run_after(text, folded, end)
            elif table == "after":
                run = run_before(text, start, block.start)
            else:
                run = run_of_all(text, start, block.start, folded)
            if run and run.end <= block.end and not _is_idle(context, block, start, end):
                yield Frame(block, min(start, run.start), max(end, run.end), rule, run)


def _is_idle(context: PageContext, block: Block, start: int, end: int) -> bool:
    """Whether "across Vermont" alone is said, in a sentence on no program."""
    low, high = context.sentence(block, start)
    is_told = any(words.search(context.folded, low, high) for words in (PROGRAM, VIRTUAL))
    return bool(_LEAST.match(context.folded, start, end)) and not is_told


def _listed(context: PageContext, title: Block) -> Iterator[Frame]:
    """The entries of a list of states under a title, or under a line that introduces it."""
    if title.end - title.start > LONGEST_TITLE:
        return
    blocks = context.page.blocks
    for block in blocks[title.index + 1 : title.index + 1 + LONGEST_LIST]:
        if title.index not in (block.lead, *block.headings) or block.kind is Kind.OPTION:
            continue
        run = run_alone(context.page.text, block.start, block.end)
        if run:
            yield Frame(block, run.start, run.end, None, run)


def _told(context: PageContext, levels: Levels, frame: Frame, of_virtual: bool) -> Iterator[Observation]:
    block = frame.block
    judged = context.judge(block, frame.start, frame.end, "delivery")
    said, demoted = judged.assertion, judged.demoted
    if _is_denied(context.folded, frame):
        said, demoted = Assertion.NEGATED, (Demotion.NEGATED,)  # "our license does not reach Vermont"
    elif said is Assertion.CONDITIONAL and frame.rule:
        said, demoted = Assertion.AFFIRMED, ()  # "if you live in Vermont, you may join"
    if not of_virtual:
        if said is not Assertion.AFFIRMED:
            return
        said, demoted = Assertion.GENERIC, (Demotion.UNPLACED,)
    level, tie = _level(context, levels, frame)

    def observe(field: str, value: str, start: int, end: int, said: Assertion = said) -> Observation:
        return context.observe(
            field=field,
            value=value,
            start=start,
            end=end,
            assertion=said,
            method="reach",
            confidence=SURE[frame.rule],
            tie=tie,
            demoted=demoted,
            level_of_care=level,
        )

    if frame.run:
        _, high = context.sentence(block, frame.start)
        for code, start, end in frame.run.states:
            is_next = said is Assertion.AFFIRMED and start >= high  # "serving Ohio; Indiana coming soon"
            own = context.judge(block, start, end, "delivery").assertion if is_next else said
            yield observe("virtual_state", code, start, end, own)
        for code, start, end in frame.run.excepted if said is Assertion.AFFIRMED else ():
            yield observe("virtual_state", code, start, end, Assertion.NEGATED)
    if frame.rule:
        yield observe("presence_rule", RULES[frame.rule], frame.start, frame.end)


def _is_denied(folded: str, frame: Frame) -> bool:
    """Whether the words before the states take them back: "does not reach", "not yet serving"."""
    until = frame.run.start if frame.run else frame.start
    return bool(
        pattern("against", "denied").search(folded, frame.start, until)
        or _NOT_YET.search(folded, max(frame.block.start, frame.start - 40), frame.start)
    )


def _level(context: PageContext, levels: Levels, frame: Frame) -> tuple[str | None, Tie]:
    """The level of the words; of a sentence that names outpatient care and nothing more intensive, that one."""
    low, high = context.sentence(frame.block, frame.start)
    inside = {m.code for m in levels.by_block.get(frame.block.index, ()) if low <= m.start < high}
    if inside and inside <= WEAK:
        return min(inside), Tie.SENTENCE
    return governing_level(context, levels, frame.block, frame.start, frame.end)
