"""What is known of a mention, as features by name: how the rules judge it, the words around it, where it stands.

`learned/fact.csv` weighs them: is this condition, therapy or population a fact of the program? A feature is
`field|where:what`; "condition|before:treat" says that a verb of treating stands before a condition in its sentence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.extract.parsing.page import Block
from pipeline.extract.words.context import PageContext, Span
from pipeline.extract.words.exclusions import governors
from pipeline.extract.words.levels import Levels
from pipeline.extract.words.word_classes import ClassedWords
from pipeline.records import Observation

NEAREST = 3  # classed words before a mention that are nearest to it
REACH = 90  # characters after a mention that may speak of it
FEW, SOME = 1, 3  # mentions of one value, or of one vocabulary in a sentence
DOES = frozenset({"treat", "help", "specialize", "offer", "accept"})
WHO_DOES = frozenset({"we", "program"})
SMALL_WORDS = frozenset("with for of on in and or to about from as by de con para por y o en".split())


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the mentions of a page have in common: how often each value is named, which stand in headings, where each
    sentence begins that says of a field outright what is treated, offered or for whom ("our IOP treats …"), and the
    features that all mentions of a field in a sentence or a block share, once they are known."""

    named: Counter[tuple[str, str]]
    headed: frozenset[tuple[str, str]]
    outright: Mapping[str, frozenset[int]]
    words: ClassedWords
    spoken: dict[tuple[Span, str], tuple[list[str], bool]]
    placed: dict[tuple[int, str], list[str]]

    @classmethod
    def of(cls, context: PageContext, observations: Iterable[Observation]) -> PageFacts:
        named: Counter[tuple[str, str]] = Counter()
        headed = set()
        outright: dict[str, set[int]] = {}
        words = ClassedWords(context.folded)
        for observation in observations:
            key = (observation.field, observation.written)
            named[key] += 1
            block = context.block_at(observation.start)
            if block is None:
                continue
            if block.level:
                headed.add(key)
            start, _ = context.sentence(block, observation.start)
            before = words.within(start, observation.start)
            if not DOES.isdisjoint(before) and not WHO_DOES.isdisjoint(before):
                outright.setdefault(observation.field, set()).add(start)
        told = {field: frozenset(starts) for field, starts in outright.items()}
        return cls(named, frozenset(headed), told, words, {}, {})


def fact_features(
    context: PageContext, levels: Levels, page: PageFacts, observation: Observation
) -> frozenset[str]:
    """The features of one mention, as the rules observed it."""
    names = fact_names(context, levels, page, observation)
    return frozenset(f"{observation.field}|{name}" for name in names)


def fact_names(context: PageContext, levels: Levels, page: PageFacts, observation: Observation) -> set[str]:
    """The same without the field before them."""
    block = context.block_at(observation.start)
    assert block is not None
    found = {"any", f"said:{observation.assertion.value}"}
    if observation.tie is not None:
        found.add(f"tie:{observation.tie.value}")
    if observation.demoted:
        found.update(f"demoted:{reason.value}" for reason in observation.demoted)
    found.update(_around(context, levels, page, block, observation))
    found.update(_placed(context, page, block, observation.field))
    key = (observation.field, observation.written)
    found.add(f"named:{_amount(page.named[key])}")
    if key in page.headed:
        found.add("in a heading")
    return found


def _around(
    context: PageContext, levels: Levels, page: PageFacts, block: Block, observation: Observation
) -> list[str]:
    """The sentence: classes of words before and after, the word before, how much of the kind it lists."""
    start, end = span = context.sentence(block, observation.start)
    before = page.words.within(start, observation.start)
    after = page.words.within(observation.end, min(end, observation.end + REACH))
    first, nearest = (before[0], before[-1]) if before else ("nothing", "nothing")
    found = [f"before:{name}" for name in before]
    found += [f"near:{name}" for name in before[-NEAREST:]]
    found += [f"after:{name}" for name in after]
    found += (f"nearest:{nearest}", f"opens:{first}", f"next:{after[0] if after else 'nothing'}")
    word = context.folded[max(start, observation.start - 12) : observation.start].split()
    if not word:
        found.append("first")
    elif word[-1] in SMALL_WORDS:
        found.append(f"word:{word[-1]}")
    of_sentence, is_ours = _spoken(context, levels, page, block, span, observation.field)
    if is_ours:
        found.append(f"with we, nearest:{nearest}")
    return found + of_sentence


def _spoken(
    context: PageContext, levels: Levels, page: PageFacts, block: Block, span: Span, field: str
) -> tuple[list[str], bool]:
    """What the sentence is, and whether it says "we"; the same for all mentions of a field in it."""
    known = page.spoken.get((span, field))
    if known is not None:
        return known
    found: list[str] = []
    start, end = span
    is_ours = "we" in page.words.within(start, end)
    page.spoken[span, field] = found, is_ours
    if context.asks(span):
        answer = page.words.within(end, end + REACH)
        found.append(f"asks, answered:{answer[0] if answer else 'nothing'}")
    if not is_ours and "we" in page.words.within(block.start, block.end):
        found.append("we beside it")
    told = page.outright.get(field)
    if told:
        found.append("told outright" if start in told else "others are told outright")
    if any(start <= m.start < end for m in levels.by_block.get(block.index, ())):
        found.append("with a level")
    alike, covered = context.number_named(field, start, end)
    found.append(f"beside:{_amount(alike)}")
    if 2 * covered >= end - start:
        found.append("little else is said")
    return found, is_ours


def _placed(context: PageContext, page: PageFacts, block: Block, field: str) -> list[str]:
    """The block and what governs it; the same for all mentions of a field in it."""
    known = page.placed.get((block.index, field))
    if known is not None:
        return known
    found = page.placed[block.index, field] = [f"block:{'heading' if block.level else block.kind.value}"]
    path = context.once(block, governors)
    if not path:
        found.append("no heading")
    for where, governor in zip(("under", "within"), path, strict=False):
        found += [f"{where}:{name}" for name in page.words.within(governor.start, governor.end)]
        if governor.text.rstrip().endswith("?"):
            found.append(f"{where}:question")
        if context.number_named(field, governor.start, governor.end)[0]:
            found.append(f"{where}:its kind")
    return found


def _amount(number: int) -> str:
    return "once" if number <= FEW else "some" if number <= SOME else "many"
