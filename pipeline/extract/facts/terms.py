"""Conditions, exclusions, populations and modalities: vocabulary mentions of the page body, judged in their context."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from pipeline.extract.facts.fact_features import PageFacts, fact_names
from pipeline.extract.parsing.page import Block, Kind
from pipeline.extract.words.assertion import Judgement
from pipeline.extract.words.context import MAIN, PageContext
from pipeline.extract.words.exclusions import EXCLUDING, is_definition, is_listed, is_turned_away, turns_away
from pipeline.extract.words.levels import Levels, governing_level
from pipeline.extract.words.vocabulary import Mention
from pipeline.fields import Trait, with_traits
from pipeline.records import Assertion, Demotion, Observation, Region, Tie

_FIELDS = with_traits(Trait.TERM)
FACT_FIELDS = ("condition", "modality", "population")  # of which the model says what is a fact
# Probabilities below which the rules' yes, and from which their no, is overruled: where F1 over providers held out is best.
DOUBTED, SURE = 0.4, 0.75
OPEN = frozenset({Assertion.GENERIC, Assertion.CONDITIONAL})  # what the model may affirm all the same
_ELSEWHERE = re.compile(
    r"\b(?:signs|symptoms|warning|causes?|effects?|statistics|side effects|myths?|facts about|risks?|"
    r"what it looks like|how it shows up|you may notice|warning|understanding|importance of|history of|testimonials?|reviews?|our (?:team|staff)|meet (?:our|the)|about the author|references|sources|resources|related|blog|"
    r"latest|careers?|staff|leadership|explore (?:our |other |more )?(?:programs?|services?)?|(?:our |see |check (?:out )?(?:our )?|view )?other (?:programs?|pages|services|treatments|levels)|"
    r"more programs|you may also|see also|learn more about)\b"
)
_DEFINES = re.compile(r"\bwhat (?:is|are)\b")
_OWN = re.compile(  # who speaks says what is treated or offered here, whatever a heading further out is about
    r"\b(?:we|our [\w-]+|(?:here )?at [\w' -]{2,30}?) (?:[\w-]+ ){0,3}?(?:treats?|helps?|serves?|offers?|provides?|includes?|brings?|uses?|specializes?|works? with|gives?|runs?)\b"
)
_TREATS = re.compile(
    r"\b(?:we (?:\w+ )?treat|treats|we (?:\w+ )?help(?: with)?):?\W*\Z"
)  # and a list follows
_CREDENTIALS = re.compile(
    r"\b(?:MD|DO|PhD|Ph\.D\.?|PsyD|Psy\.D\.?|LCSW|LICSW|LMFT|LMHC|LPC|LCPC|LADC|CADC|NP|RN|PMHNP|MSW|APRN|LPCC)\b"
)
# A condition that the page excludes, as the exclusion that it means.
AS_EXCLUSION = {
    "psychosis": "active_psychosis",
    "schizophrenia": "active_psychosis",
    "suicidality": "acute_suicidality",
    "self_harm": "acute_suicidality",
    "substance_use": "active_substance_use",
}
LABEL = 70  # characters of a block that is a label, not prose
_BROAD = frozenset({"substance_use", "mental_health", "co_occurring", "eating"})
_EMERGENCY = re.compile(r"emergenc|crisis|911|988|privacy|confidential|rights reserved", re.I)
_CRISIS = re.compile(r"\b(?:988|911|crisis (?:line|lifeline|text))\b", re.I)
_FOR_WHOM = re.compile(
    r"\b(?:for|serv\w+|treat\w*|help\w*|support\w*|work(?:s|ing)? with|accept\w*|welcom\w*|designed|offer\w*|our|includ\w+|such as|to|specializ\w*|and|or)\W+(?:\w+\W+){0,3}\Z"
)
_WHO_ARE = re.compile(
    r"\W*(?:\w+\W+){0,1}(?:iop|php|programs?|track|groups?|clients|patients|services|ages?|aged|\d|with|who|whose|struggling|seeking|experiencing|and|or|population|intensive|partial|outpatient|mental|treatment|only)\b"
)
_LISTS = re.compile(
    r"\b(?:treat\w*|conditions?|help with|speciali\w+|includ\w+|offer\w*|therapies|modalities|who we)\b"
)
_NEEDS = re.compile(r"need|requir")
_STANDS_IN = re.compile(r"without|substitute|replace")
_FOR_FAMILIES = re.compile(
    r"\b(?:for|serv(?:es?|ing)|support(?:s|ing)?|help(?:s|ing)?|treat(?:s|ing)?|work with|children and|adolescents and|individuals and|couples and)\W+(?:\w+\W+){0,3}\Z"
)
_APART = re.compile(  # "TMS is a separate service"
    r"\b(?:separate (?:services?|programs?)|not (?:a )?part of (?:the|our|this) (?:program|iop|php)|outside (?:of )?(?:the|our|this) program|(?:offered|billed|scheduled|given) separately)\b"
)
_ENTRIES = frozenset({Kind.ITEM, Kind.CELL, Kind.TERM})
REACH = 200  # characters before a word in which it is said for whom: four words and what stands between them
_BASE = {"condition": 0.88, "modality": 0.93, "population": 0.86, "exclusion": 0.75}


def find_terms(context: PageContext, levels: Levels) -> Iterator[Observation]:
    """Every vocabulary mention of the body as an observation, affirmed or not, with the probability that it is a fact."""
    judged = list(judged_terms(context, levels))
    page = PageFacts.of(context, [o for o in judged if o.field in FACT_FIELDS])
    for observation in judged:
        if observation.field in FACT_FIELDS and observation.assertion is not Assertion.NEGATED:
            model = context.models.fact.of(observation.field)
            probable = model.probability(fact_names(context, levels, page, observation))
            yield _weighed(observation, probable)
        else:
            yield observation


def _weighed(observation: Observation, probable: float) -> Observation:
    """What the rules affirm stands unless the model doubts it; what they do not affirm, where the model is sure."""
    is_affirmed = observation.assertion is Assertion.AFFIRMED
    if probable >= DOUBTED if is_affirmed else probable >= SURE and observation.assertion in OPEN:
        return observation.but(assertion=Assertion.AFFIRMED, confidence=probable)
    if is_affirmed:
        demoted = (*observation.demoted, Demotion.UNLIKELY)
        return observation.but(assertion=Assertion.GENERIC, demoted=demoted, confidence=1 - probable)
    return observation


def judged_terms(context: PageContext, levels: Levels) -> Iterator[Observation]:
    """Every vocabulary mention of the body as the rules judge it."""
    found = list(_all(context, levels))
    is_site = len({b.region for b in context.page.blocks}) > 1
    named = Counter(o.value for o in found if o.field == "population" and o.assertion is Assertion.AFFIRMED)
    for observation in found:
        if (
            is_site
            and named[observation.value] == 1
            and observation.tie is Tie.SUBJECT
            and not observation.demoted
            and observation.field == "population"
        ):
            observation = observation.but(assertion=Assertion.GENERIC, demoted=(Demotion.PASSING,))
        yield observation


def _all(context: PageContext, levels: Levels) -> Iterator[Observation]:
    for mention in context.mentions:
        if mention.field not in _FIELDS:
            continue
        block = context.block_at(mention.start)
        if block is None or context.once(block, _is_no_text):
            continue
        if context.once(block, _is_aside) and not (
            mention.field == "exclusion" and turns_away(context, block, mention.start, mention.end)
        ):
            continue
        if block.region is not MAIN and not _is_self_description(block, mention):
            continue
        observation = _observe(context, levels, mention, block)
        yield observation
        if observation.field == "condition" and observation.assertion is Assertion.NEGATED:
            yield from _as_exclusion(context, block, observation)


def _is_no_text(_: PageContext, block: Block) -> bool:
    return block.kind in (Kind.IMAGE, Kind.OPTION) or block.text.endswith((".html", ".htm", ".php"))


def _is_aside(_: PageContext, block: Block) -> bool:
    """Crisis banners and quoted testimonials say nothing of who is treated."""
    text = block.text
    return (len(text) < 260 and bool(_CRISIS.search(text))) or (
        text[0] in '“"' and text[-1] in '”"' and len(text) > 40
    )


def _is_self_description(block: Block, mention: Mention) -> bool:
    """A footer's sentence on the provider ("outpatient substance use treatment serving …") says what it treats."""
    return (
        block.region is Region.FOOTER
        and mention.field == "condition"
        and mention.code in _BROAD
        and block.kind is Kind.PARAGRAPH
        and 40 < len(block.text) < 260
        and not _EMERGENCY.search(block.text)
    )


def _observe(context: PageContext, levels: Levels, mention: Mention, block: Block) -> Observation:
    judged = context.judge(block, mention.start, mention.end, mention.field)
    field, code = mention.field, mention.code
    listed = context.once(block, is_listed)
    turned = is_turned_away(context, block, mention.start, mention.end)
    excluded = judged.assertion is Assertion.NEGATED or listed or turned
    said, confidence = judged.assertion, _BASE[field]
    if field == "exclusion":
        defines = is_definition(context, block, mention.start)
        is_meant = turned or (excluded and _excludes(context, judged, mention))
        said = (
            Assertion.AFFIRMED
            if is_meant and not (defines and code == "needs_24h_care")
            else Assertion.CONDITIONAL
        )
    elif excluded:
        if field == "condition" and code in AS_EXCLUSION and listed:
            field, code, said = "exclusion", AS_EXCLUSION[code], Assertion.AFFIRMED
        else:
            said = Assertion.NEGATED
    if field == "modality" and said is Assertion.AFFIRMED:
        _, last = context.sentence(block, mention.start)
        said = Assertion.NEGATED if _APART.search(context.folded, mention.end, last) else said
    if (
        code == "families"
        and said is Assertion.AFFIRMED
        and not _FOR_FAMILIES.search(context.folded, max(block.start, mention.start - REACH), mention.start)
    ):
        said = Assertion.HEDGED
    if (
        field == "population"
        and said is Assertion.AFFIRMED
        and block.kind is Kind.PARAGRAPH
        and len(block.text) > LABEL
    ):
        folded = context.folded
        if not (
            _FOR_WHOM.search(folded, max(block.start, mention.start - REACH), mention.start)
            or _WHO_ARE.match(folded, mention.end, block.end)
        ):
            said = Assertion.GENERIC
    if field != "exclusion":  # whoever turns people away does so under any heading
        said, confidence = _by_place(context, levels, block, mention.start, said, confidence)
    level, tie = governing_level(context, levels, block, mention.start, mention.end)
    return context.observe(
        field=field,
        value=code,
        start=mention.start,
        end=mention.end,
        assertion=said,
        method="terms",
        confidence=confidence,
        tie=tie,
        demoted=judged.demoted,
        level_of_care=level,
    )


def _as_exclusion(context: PageContext, block: Block, negated: Observation) -> Iterator[Observation]:
    """ "We cannot help people with psychosis" says both: not treated, and who is not taken."""
    code = AS_EXCLUSION.get(negated.written)
    if code and is_turned_away(context, block, negated.start, negated.end):
        yield negated.but(
            field="exclusion",
            value=code,
            assertion=Assertion.AFFIRMED,
            confidence=_BASE["exclusion"],
        )


def _excludes(context: PageContext, judged: Judgement, mention: Mention) -> bool:
    """ "Not actively suicidal" excludes, and "who do not require detox"; "… 24-hour care" is how every IOP is defined."""
    cue = judged.cue
    if cue is None or judged.assertion is not Assertion.NEGATED:
        return True
    if cue.category != "negated":
        return False
    if _STANDS_IN.search(context.folded, cue.start, mention.start):
        return False
    return mention.code != "needs_24h_care" or not _NEEDS.search(context.folded, cue.start, cue.end)


def _is_elsewhere(context: PageContext, levels: Levels, governor: Block) -> bool:
    """Whether a heading is of symptoms, staff, reviews or definitions, rather than of what is treated or offered here."""
    if context.tells(governor, _ELSEWHERE):
        return not context.tells(governor, EXCLUDING)
    if context.tells(governor, _CREDENTIALS, as_printed=True):
        return True
    return context.tells(governor, _DEFINES) and not levels.by_block.get(governor.index)


def _is_of_else(context: PageContext, levels: Levels, block: Block) -> bool:
    """Whether a heading over the block is such a one, and none nearer says that what follows is treated."""
    known = levels.elsewhere.get(block.index)
    if known is None:
        deciding = (
            not context.tells(governor, _TREATS)
            for governor in context.path(block)
            if context.tells(governor, _TREATS) or _is_elsewhere(context, levels, governor)
        )
        known = levels.elsewhere[block.index] = next(deciding, False)
    return known


def _by_place(
    context: PageContext, levels: Levels, block: Block, start: int, said: Assertion, confidence: float
) -> tuple[Assertion, float]:
    """What headings, links and list form add: a section on symptoms or staff says nothing of what is treated here."""
    if said is not Assertion.AFFIRMED:
        return said, confidence
    if _is_of_else(context, levels, block) and not _OWN.search(
        context.folded, *context.sentence(block, start)
    ):
        return Assertion.GENERIC, confidence
    if block.kind is Kind.LINK:
        lists = any(context.tells(g, _LISTS) for g in context.path(block)[:2])
        return (
            (said, confidence - 0.12)
            if lists and len(block.text) < LABEL and "\n" not in block.text
            else (Assertion.GENERIC, confidence)
        )
    if block.level or block.kind in _ENTRIES:
        return said, confidence + 0.04
    return said, confidence
