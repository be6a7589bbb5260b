"""For whom a program is not: the sentences, labels and admission lists that turn people away.

"Not for people who …", "We cannot admit anyone with …", "Clients must not be …", "… cannot be admitted" exclude what
they name. "For people who do not need 24-hour care" excludes nobody: so every outpatient program is defined. Nor does
a service that is not given ("IOP does not provide 24-hour supervision").
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.extract.parsing.page import Block, Kind
from pipeline.extract.words.context import PageContext, Span
from pipeline.records import Region

LONGEST_LABEL = 60  # characters of a line that introduces the next without being a heading

_FIT = r"(?:(?:the|a|an) )?(?:(?:right|good|best|appropriate|suitable|safe) )?(?:program|place|fit|match|choice|option|setting|level of care)"
_TURNS = (
    rf"not (?:be )?(?:{_FIT}|appropriate|suited|suitable|recommended|intended|designed|meant|right|safe|eligible|for (?:people|anyone|those|everyone|clients|patients|individuals))\b"
    r"|not (?:able|equipped|set up|prepared|licensed) to (?:help|treat|admit|accept|serve|manage|care for|support|work with|take)"
    r"|(?:cannot|can't|can not|unable to|do not|don't|does not|doesn't|will not) (?:\w+ )?(?:help|treat|admit|accept|serve|enroll|manage|care for|work with|take (?:in|on|people|anyone|clients|patients))\b"
    r"|(?:n't|n't be) (?:be )?(?:the right|a (?:good )?fit|right for|appropriate)"
    r"|exclu(?:de|sion|sionary)|ineligible|contraindicat|rule[- ]?outs?|inappropriate for"
)
# A heading, lead or label that says for whom the program is not.
EXCLUDING = re.compile(
    rf"\b(?:{_TURNS}|do not treat|don't treat|not (?:accepted|treat|able|equipped)|look elsewhere|another (?:setting|level of care|program) is"
    r"|who (?:can't|cannot|can not|should not|shouldn't|may not)|we (?:cannot|can't|can not)|not (?:able|equipped))"
)
_LABEL = re.compile(r"\W*(?:(?:this|it) (?:\w+ )?is )?(?:not for|when not to|not a (?:fit|match))\b")
_PERSON = re.compile(
    r"\b(?:people|persons?|anyone|anybody|those|clients?|patients?|individuals?|adults|teens|someone|somebody|who|whose|you|participants?|applicants?|candidates?|children|with|if|for)\b"
)
_BEFORE = re.compile(rf"\b(?:{_TURNS})|\A\W*not (?:for|a fit)\b")
_TREATS_IT_NOT = re.compile(  # in the next sentence: "Psychosis is an emergency. We are not equipped to treat it."
    r"\W*(?:but )?(?:we|our \w+|(?:the|this) program) (?:are |is )?(?:not (?:able|equipped) to|unable to|do not|don't|does not|cannot|can't) "
    r"(?:treat|manage|help with|work with) (?:it|this|that|these|them|those)\b"
)
_SERVICE = re.compile(  # what is not given here, rather than who is not taken
    r"\b(?:not|n't|no longer|cannot|unable to) (?:\w+ )?(?:give|offer|provide|include|replace|substitute|have)\b|\bwithout\b|\bunlike\b"
)
_AFTER = re.compile(
    r"\b(?:cannot|can't|can not|will not|may not|are not|is not|aren't|isn't|not) (?:be )?(?:admitted|accepted|enrolled|treated here|served|eligible|appropriate|candidates?|suitable|suited|a (?:good )?fit)\b"
    r"|\b(?:do|does|are|is) better (?:in|at|with|served)|\b(?:are|is|will be|should be) (?:sent|referred|directed) (?:\w+ )?(?:to|elsewhere)\b|\bneeds? a higher level\b"
    r"|\b(?:an?|another|some) (?:[\w-]+ ){0,4}(?:inpatient|residential|hospital|detox|higher|different|other|program|setting|level of care)\b[^.;]{0,40}?"
    r"\b(?:fits? better|better (?:fit|match|choice|option|place|suited)|more (?:appropriate|suitable)|best (?:fit|option|choice)|recommended|(?:is|will be|may be) (?:needed|necessary|required))\b"
)
_MUST_NOT = re.compile(
    r"(?:\A\W*|\b(?:must|should|may|can|need to|are|is)\W+)(?:not|never)(?: be| have| currently| presently| actively)*\b"
)
_NEEDS_CARE = re.compile(  # "who do not need …", "not ill enough for …", "does not warrant …"
    r"(?:\b(?:not|no longer|never|without)|n't)(?: (?!if\b|who\b)[\w-]+){0,3}? "
    r"(?:need|requir|warrant|qualif|justif|merit|necessitat|call for|criteria|enough (?:for|to)|at the (?:level|point) of|in need of)"
    r"|\b(?:past|beyond|without) the (?:need|point)|\bno (?:need|requier|necesit|ameri?t|califi)"
)
_TURN_OF_SENTENCE = re.compile(
    r"\b(?:but|however|although|instead|we (?:do |also )?(?:offer|treat|provide|welcome))\b"
)


def label_before(context: PageContext, block: Block) -> Block | None:
    """The short line just before a block that introduces it without being marked as a heading ("Not for")."""
    if not block.index or block.kind is not Kind.PARAGRAPH or block.level:
        return None
    label = context.page.blocks[block.index - 1]
    is_label = (
        label.region is Region.MAIN and len(label.text) <= LONGEST_LABEL and label.text[-1] not in ".,;!"
    )
    return label if is_label and label.headings == block.headings else None


def governors(context: PageContext, block: Block) -> list[Block]:
    """The label before a block and what governs it, nearest first: the first two of them."""
    label = label_before(context, block)
    return [label, *context.path(block)[:1]] if label else context.path(block)[:2]


def is_listed(context: PageContext, block: Block) -> bool:
    """Whether the list, section or label that holds the block says for whom the program is not."""
    label = label_before(context, block)
    governors = [*context.path(block)[:2], *([label] if label else [])]
    return any(
        context.tells(g, EXCLUDING) or _LABEL.match(context.folded, g.start, g.end) is not None
        for g in governors
    )


class _Signs(NamedTuple):
    """Which patterns a sentence holds at all: those of no sign turn nobody away, whatever they mention."""

    before: bool
    after: bool
    must_not: bool
    treats_it_not: bool


_NO_SIGNS = _Signs(False, False, False, False)


def _signs(context: PageContext, span: Span) -> _Signs:
    sentence = context.folded[slice(*span)]
    block = context.block_at(span[0])
    assert block is not None
    signs = _Signs(
        _BEFORE.search(sentence) is not None,
        _AFTER.search(sentence) is not None,
        _MUST_NOT.search(sentence) is not None,
        _TREATS_IT_NOT.match(context.folded, span[1], block.end) is not None,
    )
    return signs if any(signs) else _NO_SIGNS


def is_turned_away(context: PageContext, block: Block, start: int, end: int) -> bool:
    """Whether the sentence says that people with what stands at [start, end) are not taken, or a list or rule bars it."""
    if context.said(context.sentence(block, start), _signs) is _NO_SIGNS:
        return False
    return turns_away(context, block, start, end) or is_barred(context, block, start)


def turns_away(context: PageContext, block: Block, start: int, end: int) -> bool:
    """Whether the sentence itself says that people with what stands at [start, end) are not taken."""
    folded = context.folded
    first, last = span = context.sentence(block, start)
    signs, before = context.said(span, _signs), folded[first:start]
    if signs.before and any(
        not _TURN_OF_SENTENCE.search(before, cue.end()) for cue in _BEFORE.finditer(before)
    ):
        return True
    if signs.treats_it_not:
        return True
    after = _AFTER.search(folded, end, last) if signs.after else None
    if after and not _TURN_OF_SENTENCE.search(folded, end, after.start()):
        return bool(_PERSON.search(before)) or start - first < 4
    return False


def is_barred(context: PageContext, block: Block, start: int) -> bool:
    """Whether an admission list's item or a rule bars it: "not actively suicidal", "must not be …"."""
    first, _ = span = context.sentence(block, start)
    if not context.said(span, _signs).must_not:
        return False
    before = context.folded[first:start]
    cue = _MUST_NOT.search(before)
    if cue is None or len(before) - cue.end() > LONGEST_LABEL:
        return False
    return block.kind is Kind.ITEM or cue[0].lstrip().startswith(("must", "should", "may", "need"))


def is_definition(context: PageContext, block: Block, start: int) -> bool:
    """Whether the sentence says what is not needed or not given, as every outpatient program is defined."""
    first, _ = context.sentence(block, start)
    before = context.folded[first:start]
    if _SERVICE.search(before):
        return True
    return bool(_NEEDS_CARE.search(before)) and block.kind is not Kind.ITEM
