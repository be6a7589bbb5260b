"""Payers named on a page, and how: in network, accepted, out of network, not accepted.

A payer counts where a sentence, the heading above it, or its standing among other payers (a wall of logos, a list,
a selection) says that this provider deals with it. What payers do in general ("Medicaid covers IOP in many states")
is GENERIC, what is asked is QUESTION, and what is refused is NEGATED with the qualifier `not_accepted`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from pipeline.extract.facts.payer_scope import (
    INSURANCE,
    NOTHING,
    OWN,
    Stance,
    opening_stance,
    stance,
    title_stance,
)
from pipeline.extract.parsing.page import Block, Kind
from pipeline.extract.words.context import PageContext
from pipeline.extract.words.pieces import pieces
from pipeline.extract.words.vocabulary import Mention
from pipeline.records import Assertion, Observation, Region
from pipeline.values import Value
from pipeline.vocabulary.tables import rows

_ANY_PLAN = re.compile(
    r"(?<![Nn]ot )\b(?:(?:(?:almost|nearly|virtually)\s+)?(?:most|(?:vast\s+)?majority\s+of|many|all|every|major|various|several|numerous|private|commercial|employer(?:[-\s](?:sponsored|provided))?|third[-\s]party"
    r"|wide\s+(?:range|variety)\s+of|range\s+of|variety\s+of))\s+(?:(?:of|the|major|private|commercial|health|medical|and|or|&|other|national|local|behavioral|out-of-state|PPO|HMO)[\s,/]+){0,6}"
    r"(?:insurances?(?:\s+(?:plans?|compan(?:y|ies)|carriers?|providers?|polic(?:y|ies)|groups?))?|insurers?|carriers|(?:PPO|HMO|POS)s?(?:\s+plans)?|health\s+plans|payers|payors"
    r"|plans|commercial\b|private\b)(?!\w)|\b(?:almost|nearly|virtually|practically)\s+(?:every|any)\s+(?:\w+\s+)?(?:plan|insurer|carrier|payer|payor)\b"
    r"|\b(?:la\s+mayoría\s+de|casi\s+todos|todos)\s+(?:los\s+)?(?:seguros|planes)\b",
    re.IGNORECASE,
)
_PLAN_NOUNS = pieces(
    ("insur", "carrier", "ppo", "hmo", "plan", "payer", "payor", "commercial", "private", "seguro")
)
_ACCEPTED = Stance("accepts", Assertion.AFFIRMED, False)
_WAYS = {row["code"] for row in rows("payers.csv") if row["class"] == "way"}
_SHORT = 60  # characters: a card, a logo text or a list item that does little more than name payers
_ENOUGH = 6  # mentions of one payer in one block that are read
_YES = re.compile(r"\s*(?:yes\b|sure\b|certainly\b|absolutely|of course|we do\b|sí\b)", re.IGNORECASE)
_NO = re.compile(r"\s*(?:no\b|unfortunately|not at this time|we do not|currently,? no)", re.IGNORECASE)
_BILLS = re.compile(r"\b(?:bill(?:s|ed|ing)?|covered\s+by|reimbursed\s+by|accept(?:s|ing)?\s+[A-Z])")
_OFFERED = re.compile(
    r"\b(?:we\s+(?:also\s+)?(?:offer|provide|have)|available|ask\s+(?:us\s+)?about|apply\s+for|qualify)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\b(?:insurances?|payers?|payments?|coverage|carriers|plans|seguros?)\b[^.:]{0,40}:", re.IGNORECASE
)
_OFFER = re.compile(r"\b(?:no|not|don['’]t|doesn['’]t|never|without)\s+(?:\w+\s+){0,3}$", re.IGNORECASE)


Placed = tuple[Mention, Block]


def find_payers(context: PageContext) -> list[Observation]:
    """Each payer once for each thing said of it, with the words that name it."""
    mentions = list(_mentions(context))
    walls = _walls(mentions)
    found: dict[tuple[Value, str | None, Assertion], Observation] = {}
    for mention, block in mentions:
        said, confidence = _said(context, mention, block, walls)
        if said is None:
            continue
        observation = _observation(context, mention, said, confidence)
        key = (observation.value, observation.qualifier, observation.assertion)
        if key not in found or found[key].confidence < confidence:
            found[key] = observation
    return _settled(context, list(found.values()))


def _mentions(context: PageContext) -> Iterator[Placed]:
    times: Counter[tuple[str, int]] = Counter()
    named = context.named("payer")
    spans = [(mention.start, mention.end) for mention in named if mention.code == "private"]
    general = [
        mention
        for mention in _any_plans(context)
        if not any(low < mention.end and mention.start < high for low, high in spans)
    ]
    for mention in sorted((*named, *general), key=lambda mention: mention.start):
        block = context.block_at(mention.start)
        if block is None or block.region is Region.NAV:
            continue
        times[mention.code, block.index] += 1
        if times[mention.code, block.index] <= _ENOUGH:
            yield mention, block


def _any_plans(context: PageContext) -> Iterator[Mention]:
    """ "Most major insurance plans" and its like, looked for only in blocks that hold such a noun."""
    places = context.spots(_PLAN_NOUNS)
    blocks = {block.index: block for spot in places if (block := context.block_at(spot))}
    for block in blocks.values():
        for match in _ANY_PLAN.finditer(context.page.text, block.start, block.end):
            yield Mention("payer", "private", match.start(), match.end())


def _walls(mentions: list[Placed]) -> set[int]:
    """Indexes of short blocks that stand among others that name payers: logos, lists, options."""
    short = [
        (block.index, mention.code)
        for mention, block in mentions
        if mention.code != "private" and _is_mostly_name(mention, block)
    ]
    walls = _full_of_names(mentions)
    for at, (index, _) in enumerate(short):
        near = {code for other, code in short[max(0, at - 8) : at + 9] if abs(other - index) <= 8}
        if len(near) >= 3:
            walls.add(index)
    return walls


def _is_mostly_name(mention: Mention, block: Block) -> bool:
    """Whether the block is a short one that begins with the payer, or hardly names anything else."""
    if len(block.text) > _SHORT:
        return False
    bare = block.kind in (Kind.IMAGE, Kind.OPTION) or mention.start == block.start
    return bare or mention.end - mention.start >= 0.35 * len(block.text)


def _full_of_names(mentions: list[Placed]) -> set[int]:
    """Indexes of blocks that hold little else than three or more payers."""
    blocks = {block.index: block for _, block in mentions if len(block.text) <= 400}
    sizes: dict[int, list[int]] = {}
    for mention, block in mentions:
        sizes.setdefault(block.index, []).append(mention.end - mention.start + 2)
    return {
        index
        for index, block in blocks.items()
        if len(sizes[index]) >= 3 and sum(sizes[index]) >= 0.6 * len(block.text)
    }


def _said(
    context: PageContext, mention: Mention, block: Block, walls: set[int]
) -> tuple[Stance | None, float]:
    """What is said of a mention and how sure that is; None where it is no evidence of anything."""
    text = context.page.text
    low, high = context.full_sentence(mention.start, mention.end)
    sentence, at = text[low:high], mention.start - low
    named = context.named("payer", low, high)
    speaks = {cue.category for cue in context.governing(block, mention.start, mention.end, "payer")}
    said = stance(sentence, at, mention.end - low, speaks, context.asks((low, high)))
    if said.assertion is Assertion.QUESTION:
        said = _answered(context, mention, block, said)
        if said.assertion is Assertion.NEGATED:
            return said, 0.9
    if mention.code in _WAYS:
        return _own_terms(mention, block, sentence, at, said)
    if mention.code == "private" and said.assertion is Assertion.AFFIRMED and _OFFER.search(sentence[:at]):
        return Stance("not_accepted", Assertion.NEGATED, True), 0.9
    if said.explicit:
        sure = (
            not mention.is_ambiguous
            or said.qualifier != "accepts"
            or block.index in walls
            or _is_about_payers(sentence, mention, named)
        )
        return (said, 0.95) if sure else (None, 0)
    if said.assertion is Assertion.GENERIC and _is_checked_here(mention, block, sentence):
        return _ACCEPTED, 0.6
    if said.assertion is not Assertion.AFFIRMED:
        return said, 0.9
    return _by_place(context, mention, block, walls, sentence[:at], _lists_payers(sentence, named))


def _is_checked_here(mention: Mention, block: Block, sentence: str) -> bool:
    """ "Most plans cover IOP. We check your benefits.": general words in a paragraph about this provider."""
    own = OWN.search(block.text)
    return mention.code == "private" and bool(own) and "cover" in sentence.lower()


def _by_place(
    context: PageContext, mention: Mention, block: Block, walls: set[int], before: str, lists: bool
) -> tuple[Stance | None, float]:
    """What the headings, the neighbours or a label say of a payer whose sentence says nothing."""
    beside = _beside(context, block)
    if beside is not None:
        return beside, 0.9
    label = _label_before(context, block, walls)
    for title in [*label, *context.titles(mention.start)[:2]]:
        titled = title_stance(title)
        if titled is not NOTHING and _governs(title, titled, mention, block):
            return titled, 0.9 if titled.explicit else 0.8
    if block.index in walls:
        return _ACCEPTED, 0.5 if block.kind is Kind.OPTION else 0.75
    if mention.code == "private":
        words = context.page.text[mention.start : mention.end].lower()
        return (_ACCEPTED, 0.8) if "accept" in words or "network" in words else (None, 0)
    if (not mention.is_ambiguous and _LABEL.search(before)) or lists:
        return _ACCEPTED, 0.6
    return Stance(None, Assertion.GENERIC, False), 0.5


def _label_before(context: PageContext, block: Block, walls: set[int]) -> list[str]:
    """The short line over a run of names that is no heading by its markup: "Not in network" / "Aetna, Cigna"."""
    if block.kind is Kind.LINK:
        return []
    at = block.index - 1
    while at >= 0 and (at in walls or context.page.blocks[at].kind is Kind.IMAGE):
        at -= 1
    line = context.page.blocks[at] if at >= 0 else None
    if (
        line is None
        or line.kind is not Kind.PARAGRAPH
        or line.region is not Region.MAIN
        or len(line.text) > _SHORT
    ):
        return []
    return [line.text] if line.text[-1] not in ".,;" and title_stance(line.text) is not NOTHING else []


def _lists_payers(sentence: str, named: list[Mention]) -> bool:
    """ "Private insurance; self-pay; Medicaid.": a sentence without a verb, of three names or more."""
    covered = sum(mention.end - mention.start + 2 for mention in named)
    return len({mention.code for mention in named}) >= 3 and covered >= 0.7 * len(sentence)


def _governs(title: str, titled: Stance, mention: Mention, block: Block) -> bool:
    """A title speaks for the names listed under it; for prose only where it is explicit, and never refuses for it."""
    if titled.assertion is Assertion.NEGATED:
        return _is_short(block) and not title.rstrip().endswith("?")
    if title.rstrip().endswith("?") and len(title) <= _SHORT:
        return True  # the answer to "Which plans?" and "Is it covered?"
    return titled.explicit or _is_short(block) or (mention.code == "private" and not mention.is_ambiguous)


def _beside(context: PageContext, block: Block) -> Stance | None:
    """What a card or a table row says after a name of its own: "Aetna" / "Out-of-network coverage available."."""
    if block.kind not in (Kind.HEADING, Kind.TERM, Kind.CELL) or len(block.text) > _SHORT:
        return None
    following = context.page.blocks[block.index + 1 : block.index + 2]
    if not following or following[0].kind in (Kind.HEADING, Kind.TERM):
        return None
    return opening_stance(following[0].text)


def _own_terms(
    mention: Mention, block: Block, sentence: str, at: int, said: Stance
) -> tuple[Stance | None, float]:
    """Ways of paying (self-pay, sliding scale, out-of-network benefits …): naming them in the body is offering them."""
    if said.assertion in (Assertion.QUESTION, Assertion.GENERIC, Assertion.HEDGED):
        return Stance(None, said.assertion, False), 0.8
    if re.search(r"\bmay\s+be\W+$", sentence[:at]):
        return Stance(None, Assertion.HEDGED, False), 0.8
    if _OFFER.search(sentence[max(0, at - 40) : at]):
        return Stance("not_accepted", Assertion.NEGATED, True), 0.9
    link = block.kind is Kind.LINK or block.region is not Region.MAIN
    if link or (mention.is_ambiguous and not (INSURANCE.search(sentence) or _OFFERED.search(sentence))):
        return None, 0
    return Stance("accepts", Assertion.AFFIRMED, True), 0.85


def _answered(context: PageContext, mention: Mention, block: Block, asked: Stance) -> Stance:
    """ "Do you accept MassHealth?" "Yes, …": the answer decides, where it begins with a yes or a no."""
    rest = context.page.text[mention.end : block.end].partition("?")[2]
    following = context.page.blocks[block.index + 1 : block.index + 2]
    answer = rest if rest.strip() or not following else following[0].text
    if _YES.match(answer):
        return Stance("accepts", Assertion.AFFIRMED, True)
    if _NO.match(answer):
        return Stance("not_accepted", Assertion.NEGATED, True)
    return asked


def _is_about_payers(sentence: str, mention: Mention, named: list[Mention]) -> bool:
    """Whether the surroundings of an ambiguous name are about insurance: a word of it, or another payer beside it."""
    if INSURANCE.search(sentence) or _BILLS.search(sentence):
        return True
    return any(not other.is_ambiguous and other.start != mention.start for other in named)


def _is_short(block: Block) -> bool:
    return len(block.text) <= _SHORT or block.kind in (
        Kind.ITEM,
        Kind.CELL,
        Kind.IMAGE,
        Kind.OPTION,
        Kind.DEFINITION,
        Kind.ANSWER,
    )


def _settled(context: PageContext, found: list[Observation]) -> list[Observation]:
    """An explicit refusal outweighs a list or a logo that names the same payer without words.

    Where no payer is taken at all ("We do not accept insurance"), one pays oneself.
    """
    refused = {one.value for one in found if one.assertion is Assertion.NEGATED}
    settled = [
        one.but(assertion=Assertion.GENERIC, qualifier=None)
        if one.value in refused and one.assertion is Assertion.AFFIRMED and one.confidence < 0.9
        else one
        for one in found
    ]
    if any(one.assertion is Assertion.AFFIRMED for one in settled):
        return settled
    return [
        *settled,
        *(
            _paid_oneself(context, one)
            for one in settled
            if one.qualifier == "not_accepted" and one.value == "private"
        ),
    ]


def _paid_oneself(context: PageContext, refused: Observation) -> Observation:
    start = context.full_sentence(refused.start, refused.end)[0]
    quote = context.page.text[start : refused.end]
    return refused.but(
        value="self_pay",
        start=start,
        quote=quote,
        assertion=Assertion.AFFIRMED,
        qualifier="accepts",
        confidence=0.8,
    )


def _observation(context: PageContext, mention: Mention, said: Stance, confidence: float) -> Observation:
    return context.observe(
        field="payer",
        value=mention.code,
        start=mention.start,
        end=mention.end,
        assertion=said.assertion,
        method="payers.sentence" if said.explicit else "payers.context",
        confidence=confidence,
        qualifier=said.qualifier,
    )
