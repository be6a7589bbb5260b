"""Whether an office is there: addresses that were left, are closed or not open yet are no place of the provider.

The cues are those of `assertion_cues.csv` whose topic is `address`; other cues ("if you come by bus: …") say nothing of
an office. A cue speaks of one address, the next to it: no other house number stands between. It may stand in the
sentence, as a label or note on the line before or after, in brackets, or in what governs the block (a heading, a header).
"""

from __future__ import annotations

import re
from collections.abc import Container

from pipeline.extract.parsing.page import Block
from pipeline.extract.words.assertion import AFFIRMED, KEPT, Cue, Judgement
from pipeline.extract.words.context import PageContext

TOPIC = "address"
REACH = 70  # characters between a cue and its address
SHORT_LINE = 80  # characters of a label or note on a line of its own
BESIDES = 18  # letters of such a line that are not the cue's own
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_DATE = re.compile(
    rf"\b(?:(?:{_MONTHS}) \d{{1,2}}(?:st|nd|rd|th)?\b,?)?\s*\b(?:19|20)\d\d\b|\b(?:{_MONTHS}) \d{{1,2}}\b"
)
_TURN = re.compile(
    r"\b(?:to|now|new|but|instead|current|currently|visit|a|ahora)\b"
)  # what follows is another place
_PLACE = re.compile(
    r"\b(?:office|location|clinic|center|centre|site|campus|facility|home|doors|we|we're|oficina|clínica)\b"
)
_PROGRAM = re.compile(
    r"\b(?:iop|php|programs?|groups?|tracks?|services?|classes|sessions?|telehealth|virtual|website|portal|grupos?)\b"
)
_LINKS = frozenset(
    "is are was has have been will be this that which location office site clinic center our the now and as it".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_APART = "(-:*["  # what sets a remark off
_MARKS = " \n:,-.()[]*|\"'"


def judge_place(context: PageContext, start: int, end: int, ends: Container[int]) -> Judgement:
    """How words stand to the office at the address [start, end); `ends` are the lines (by their start) where an
    address ends: a note behind one is its own."""
    first, last = context.block_at(start), context.block_at(end - 1)
    if first is None or last is None:
        return AFFIRMED
    low, high = context.sentence(first, start)[0], context.sentence(last, end - 1)[1]
    for cue in _own(context, low, high):
        if _speaks(context.folded, cue, start, end, low):
            return _judged(cue)
    label = _line_before(context.folded, low, ends)
    for line, direction in ((label, "pre"), (_line_after(context, high, ends), "post")):
        for cue in _own(context, *line):
            if cue.meaning.direction == direction and _is_label(context.folded, cue, *line):
                return _judged(cue)
    if context.folded[slice(*label)].endswith(":"):
        return AFFIRMED  # a label of its own goes before the headings
    for governor in context.path(first):
        if len(governor.text) <= SHORT_LINE and (told := _of_heading(context, governor)):
            return _judged(told)
    return AFFIRMED


def _judged(cue: Cue) -> Judgement:
    return Judgement(KEPT[cue.category], cue)


def _own(context: PageContext, low: int, high: int) -> list[Cue]:
    cues = context.cues((low, high)) if low < high else []
    return [cue for cue in cues if TOPIC in cue.meaning.topics]


def _speaks(folded: str, cue: Cue, start: int, end: int, low: int) -> bool:
    """Whether a cue of the address's own sentence speaks of it."""
    if cue.meaning.direction == "pre" and cue.end <= start:
        between, before = folded[cue.end : start], folded[low : cue.start]
        if cue.meaning.reach == "label":
            return (
                not between.strip(_MARKS) and bool(set(":-*)]") & set(between)) and not before.strip(_MARKS)
            )
        if len(between) > REACH or re.search(r"\d", _DATE.sub("", between)):
            return False
        if cue.category != "future":
            return not _TURN.search(between)
        is_of_place = not before.strip(_MARKS) or _PLACE.search(folded, low, cue.end)
        return bool(is_of_place) and not _PROGRAM.search(before + between) and "at our" not in between
    if cue.meaning.direction == "post" and cue.start >= end:
        between = folded[end : cue.start]
        if cue.meaning.reach == "label" and folded[cue.end : cue.end + 1] not in ("", *")].,;!*\n"):
            return False
        return len(between) <= REACH and all(word in _LINKS for word in _WORD.findall(between))
    return False


def _line_before(folded: str, low: int, ends: Container[int]) -> tuple[int, int]:
    """The short line over an address; nothing where it is the note of another address."""
    stop = low - 1 if low and folded[low - 1] == "\n" else low
    begin = folded.rfind("\n", 0, max(stop, 0)) + 1
    if stop <= begin or stop - begin > SHORT_LINE or begin in ends:
        return low, low
    over = folded.rfind("\n", 0, max(begin - 1, 0)) + 1
    return (low, low) if over in ends and folded[begin:stop].rstrip()[-1:] != ":" else (begin, stop)


def _line_after(context: PageContext, high: int, ends: Container[int]) -> tuple[int, int]:
    """The short line under an address, unless it heads what comes next or is an address itself."""
    begin = high + 1 if context.folded[high : high + 1] == "\n" else high
    if context.folded[begin - 1 : begin] != "\n" or begin in ends:
        return high, high
    stop = context.folded.find("\n", begin)
    block = context.block_at(begin)
    line = context.folded[begin : stop if stop >= 0 else len(context.folded)]
    is_note = block is not None and not block.level and len(line) <= SHORT_LINE and not line.endswith(":")
    return (begin, begin + len(line)) if is_note else (high, high)


def _is_label(folded: str, cue: Cue, low: int, high: int) -> bool:
    """Whether a line is a label or a note: a cue, and little else unless a colon ends it."""
    before = folded[low : cue.start]
    is_remark = before.rstrip()[-1:] in _APART and _PLACE.search(before)  # "Holyoke office - closed"
    if cue.meaning.reach == "label" and folded[high - 1] != ":" and not is_remark:
        return False  # "Closed" alone may be of a day
    others = _DATE.sub("", folded[low : cue.start] + " " + folded[cue.end : high])
    if _PROGRAM.search(others) or (cue.category != "future" and _TURN.search(others)):
        return False
    return folded[high - 1] == ":" or sum(map(len, _WORD.findall(others))) <= BESIDES


def _of_heading(context: PageContext, heading: Block) -> Cue | None:
    for cue in _own(context, heading.start, heading.end):
        before, behind = context.folded[heading.start : cue.start], context.folded[cue.end : heading.end]
        others = f"{before} {behind}"
        if cue.meaning.reach == "label":  # "Closed", "Holyoke (closed)"
            is_apart = not before.strip(_MARKS) or before.rstrip()[-1:] in _APART
            is_sure = heading.level > 0 and is_apart and not behind.strip(_MARKS)
        else:
            is_sure = not _PROGRAM.search(others) and (cue.category == "future" or not _TURN.search(others))
        if is_sure:
            return cue
    return None
