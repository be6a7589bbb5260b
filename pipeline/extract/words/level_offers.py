"""Whether a page offers a level of care that it names, and how surely its words say so."""

from __future__ import annotations

import re

from pipeline.extract.parsing.page import Block, Kind
from pipeline.extract.parsing.text import spaced
from pipeline.extract.words.assertion import ELSEWHERE
from pipeline.extract.words.context import PageContext
from pipeline.extract.words.levels import NOUNS, LevelMention, Levels, is_bare_name
from pipeline.records import Assertion, Region

_VERSUS = re.compile(r"\b(?:vs\.?|versus|compar(?:ed|ing|ison)|differ(?:ence|ent|s)?)\b")
_OFFERS = re.compile(
    r"\b(?:we (?:also |currently |now )?(?:offer|provide|have|run|operate|deliver|hold)|offers?|offering|provides?|providing|our|runs?|operates?|"
    r"includ(?:es?|ing)|seeking|rang(?:e|es|ing) (?:of|from)|continuum|levels? of care|services|programs?|available|specializ\w+|"
    r"ofrecemos|ofrecen?|brindamos|contamos con|tenemos|nuestr[oa]s?|incluy\w+|niveles de (?:atención|cuidado)|servicios|programas?)\b"
)
_OFFERED = re.compile(
    r"\W*(?:program |programs |services |treatment |care |and \w+ |\(\w+\) ){0,4}(?:is|are|also)? ?(?:available|offered|provided|operates?|meets?|runs?|treats?|serves?|disponibles?)\b"
)
_OF_ANY = re.compile(
    r"\b(?:many|most|some|other|all|any|these|such|those|typical|traditional)\W+(?:\w+\W+)?\Z"
)
_NOT_A_PROGRAM = re.compile(
    r"\b(?:guide|blog|vs|what|how|why|when|benefits|article|faqs?|insurance|housing|clinic hours|jobs?|alumni)\b"
)
_NAMED = re.compile(  # "Lantern Circle Outpatient Program", alone on its line and as printed
    rf"^(?:(?:The )?[A-Z][\w'’&.-]*\s){{1,4}}(?:Out|In)patient(?:\s(?i:{NOUNS}|center|centre))*$"
)
_KINDS = re.compile(
    r"\b(?:intensive|adult|teen|adolescent|child|partial|virtual|our|the|what|why|how|about|mental|behavioral|substance|addiction|alcohol|drug)\b",
    re.I,
)
_PROGRAM = re.compile(
    rf"\W*(?:(?:{NOUNS})\b|and (?:intensive|partial)|or (?:intensive|partial)|,|\((?:ops?\b|(?:asam )?level ))"
)
_JOINED = re.compile(r"(?:[,/&]|\b(?:and|or|y|o))\W*\Z")
_ADJECTIVE = re.compile(r"\boutpatient(?: (?:care|treatment|level of care))?\Z")  # says how, not where
_BETWEEN = re.compile(r"\b(?:to|from|into|than|between|beyond|of)\W+\Z")
_CANNOT = re.compile(
    r"\b(?:cannot|can't|can not|could not|couldn't|unable to|not able to|without|don't want to|do not want to|need no|no need (?:of|for|to)|instead of)\b(?!.*\b(?:we|our|but)\b)"
)
LONGEST_ENTRY = 60  # characters of a line that is an entry or a title
SHORTEST_LIST = 3  # levels after a colon that are a list of what is offered
_IF = re.compile(r"\b(?:if|when|whether|should)\W+(?:\w+\W+){0,2}\Z")
_REFUSES = re.compile(
    r"(?:do not|does not|don't|doesn't|no longer) (?:offer|provide)s?$|not (?:offer|provid)ed$|is not offered$|are not offered$|not (?:in house|on site|onsite)$"
)


def is_refused(context: PageContext, mention: LevelMention) -> bool:
    """Whether the page says outright that others give this level, or that nobody here does."""
    cue = mention.judgement.cue
    if cue is None or mention.block.region is not Region.MAIN or mention.is_ours:
        return False
    if cue.category == "referral":
        return True
    return cue.category == "negated" and bool(_REFUSES.match(spaced(context.folded[cue.start : cue.end])))


def strength(context: PageContext, levels: Levels, mention: LevelMention) -> float:
    """How surely the provider offers this level here; 0 where the words do not say so."""
    block, folded = mention.block, context.folded
    if block.region is Region.WIDGET:
        return 0.0
    said = _said(mention)
    start, end = context.sentence(block, mention.start)
    low, high = _line(folded, block, mention)
    line = folded[low:high]
    is_name = not mention.is_weak or is_bare_name(line) or _is_named(context, levels, low, high)
    if block.region is not Region.MAIN:
        is_entry = len(line) <= LONGEST_ENTRY and not _NOT_A_PROGRAM.search(line)
        return 0.8 if said is Assertion.AFFIRMED and is_entry and is_name else 0.0
    asks = said is Assertion.QUESTION
    if not asks and (said is not Assertion.AFFIRMED or _IF.search(folded, start, mention.start)):
        return 0.0
    is_subject = mention.code == levels.subject
    if block.level:
        if (asks and not is_subject) or _VERSUS.search(folded, block.start, block.end) or not is_name:
            return 0.0
        return 0.7 if asks else 0.95
    if asks:
        return 0.0
    if not is_subject and (
        any(context.tells(h, _VERSUS) for h in context.path(block)[:2])
        or (not mention.is_ours and _CANNOT.search(folded, start, mention.start))
    ):
        return 0.0
    is_entry = len(line) <= LONGEST_ENTRY and (
        block.kind is not Kind.PARAGRAPH or len(block.text) <= LONGEST_ENTRY
    )
    if is_entry and is_name and not _NOT_A_PROGRAM.search(line):
        return 0.8
    if not mention.is_weak or _names_program(context, mention):
        if _is_told(context, levels, mention, start, end):
            return 0.75
        return 0.5 if is_subject and not mention.is_weak else 0.0
    return 0.0


def _said(mention: LevelMention) -> Assertion:
    """What is said of the level; another place to come from or go to is offered where it is the provider's own."""
    cue = mention.judgement.cue
    if mention.is_ours and cue is not None and cue.category in (*ELSEWHERE, "referral"):
        return Assertion.AFFIRMED
    return mention.judgement.assertion


def _is_told(context: PageContext, levels: Levels, mention: LevelMention, start: int, end: int) -> bool:
    """Whether the sentence says that it is offered: by a verb or "our" before it, by what follows, or by a list of levels."""
    folded = context.folded
    if mention.is_ours or _OFFERS.search(folded, start, mention.start):
        return True
    if _OFFERED.match(folded, mention.end, end) and not _OF_ANY.search(folded, start, mention.start):
        return True
    listed = {m.code for m in levels.by_block[mention.block.index] if start <= m.start < end and m.is_here}
    return len(listed) >= SHORTEST_LIST and ":" in folded[start : mention.start]


def _names_program(context: PageContext, mention: LevelMention) -> bool:
    """Whether "outpatient" stands for a program of its own: "outpatient and intensive outpatient care"."""
    folded = context.folded
    name = folded[mention.start : mention.end]
    if _BETWEEN.search(folded, mention.block.start, mention.start):
        return False
    if not _ADJECTIVE.search(name) or _PROGRAM.match(folded, mention.end, mention.block.end):
        return True
    is_last = not folded[mention.end : mention.block.end].strip(" .)")
    return is_last and bool(_JOINED.search(folded, mention.block.start, mention.start))


def _is_named(context: PageContext, levels: Levels, low: int, high: int) -> bool:
    """Whether a line is the name of an outpatient program ("Fairlawn Outpatient"), on a page that names no other level."""
    line = context.page.text[low:high].strip()
    if len(line) > LONGEST_ENTRY or not _NAMED.match(line) or _KINDS.search(line):
        return False
    return not any(not m.is_weak and m.is_here and m.block.region is Region.MAIN for m in levels.mentions)


def _line(folded: str, block: Block, mention: LevelMention) -> tuple[int, int]:
    """The line of the block that holds the mention."""
    found = folded.find("\n", mention.end, block.end)
    return max(
        block.start, folded.rfind("\n", block.start, mention.start) + 1
    ), found if found >= 0 else block.end
