"""`with_second_opinion`: one page's reading and a model's answer about it → the reading that both make.

A confidence is the probability of a fact; a second reader that names it, or does not, moves it as evidence does (Bayes).
Nothing is added that our own reading of the words does not bear out, and every value is ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pipeline.extract.page_kind import PageKind
from pipeline.extract.reading import Reading, concluded
from pipeline.fields import Trait, fields, with_traits
from pipeline.records import Apart, Assertion, Demotion, Difference, Observation, SecondOpinion
from pipeline.second_reader.answers import Answer
from pipeline.second_reader.evidence import (
    DIFFERS,
    NAMED,
    NOT_NAMED,
    PUBLISH_FROM,
    after,
    kind_after,
    may_change,
    prior,
)
from pipeline.second_reader.quotes import places
from pipeline.second_reader.to_machines import speaks_to_machines
from pipeline.second_reader.verify import ASKED, OF_A_LEVEL, Borne, End, taken_for_fact, verified

METHOD = "second_reader"
KEPT_QUOTE = 200  # characters


@dataclass(slots=True)
class _Opinion:
    """What the comparison has found so far. `agreed` and `differing` are numbers in `ours`."""

    ours: list[Observation]
    own: float  # the probability that the page is a provider's own, after its word
    counts: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    agreed: set[int] = field(default_factory=set)
    differing: set[int] = field(default_factory=set)
    added: list[Observation] = field(default_factory=list)

    @property
    def is_thorough(self) -> bool:
        """Whether it names most of what we read: the silence of one that does not says nothing."""
        asked = {(o.field, o.value) for o in self.ours if o.field in ASKED and taken_for_fact(o)}
        return 2 * len({(self.ours[n].field, self.ours[n].value) for n in self.agreed}) >= len(asked)

    @property
    def decided(self) -> set[tuple[str, str | None, str | None]]:
        """Field, level and track of which it named one of our values, where there is but one."""
        agreed = (self.ours[n] for n in self.agreed)
        return {(o.field, o.level_of_care, o.track) for o in agreed if not fields()[o.field].is_many}

    @property
    def told(self) -> SecondOpinion:
        counts = tuple(sorted((str(end), n) for end, n in self.counts.items() if n))
        return SecondOpinion(counts, tuple(self.differences))


def worth_asking(reading: Reading) -> bool:
    """Whether a second opinion could change anything: a listing, or a page that may be one and says something."""
    says = any(o.field in ASKED and taken_for_fact(o) for o in reading.observations)
    may_be = reading.is_listing or (says and may_change(reading.kind))
    return may_be and not speaks_to_machines(reading.page)


def with_second_opinion(reading: Reading, answer: Answer) -> Reading:
    """The reading after a second opinion; `second` tells what came of it. A page that speaks to machines has none."""
    if speaks_to_machines(reading.page):
        return replace(reading, second=SecondOpinion((("speaks to machines", 1),)))
    before, reading = reading, _of_kind(reading, _kind(reading, answer))
    counts = Counter({str(End.MALFORMED): answer.malformed})
    opinion = _Opinion(list(reading.observations), reading.kind.probability, counts)
    if answer.own_page is not None and answer.own_page != before.is_listing:
        opinion.differences.append(_about_page(before, answer, reading.is_listing != before.is_listing))
        opinion.counts["other kind of page"] += 1
    for _, borne in verified(reading, answer):
        if isinstance(borne, End):
            opinion.counts[borne] += 1
        elif reading.is_listing:
            opinion.counts[_weigh(opinion, borne)] += 1
    if reading.is_listing:
        found = [*_weighed(opinion, before.is_listing), *opinion.added]
    elif before.is_listing:
        found = [_withheld(o, Demotion.NOT_LISTING) for o in opinion.ours]
    else:
        found = opinion.ours
    after_all = concluded(reading, found)
    names = {(p.level_of_care, p.track): p.name for p in before.programs}
    named = (replace(p, name=names.get((p.level_of_care, p.track), p.name)) for p in after_all.programs)
    return replace(after_all, programs=tuple(named), second=opinion.told)


def _of_kind(reading: Reading, kind: PageKind) -> Reading:
    """The reading with another kind of page, and the confidence that its words have there."""
    factor = kind.probability / reading.kind.probability
    scaled = (o.but(confidence=min(o.confidence * factor, 1.0)) for o in reading.observations)
    return replace(reading, kind=kind, observations=tuple(scaled))


def _kind(reading: Reading, answer: Answer) -> PageKind:
    """What both make of the page. To become a listing, words that state what is offered must be shown as well."""
    if answer.own_page is None:
        return reading.kind
    kind = kind_after(reading.kind, answer.own_page)
    becomes = kind.is_listing and not reading.is_listing
    return reading.kind if becomes and not _states_an_offer(reading, answer.own_quote) else kind


def _states_an_offer(reading: Reading, quote: str) -> bool:
    """Whether we read in these words, too, a level of care or what is treated there."""
    named = with_traits(Trait.TERM) | {"level_of_care"}
    return any(
        o.field in named and taken_for_fact(o) and start <= o.start and o.end <= end
        for start, end in places(reading.page, quote)
        for o in reading.observations
    )


def _weigh(opinion: _Opinion, borne: Borne) -> End:
    """Count one value of the answer for or against what we read."""
    o, level = borne.observation, borne.level
    if borne.is_ours and o.assertion is Assertion.NEGATED:
        opinion.differences.append(_difference(Apart.DENIED, borne))
        return End.DENIED
    of_other_level = borne.is_ours and o.field in OF_A_LEVEL and o.level_of_care not in (None, level)
    if borne.is_ours and taken_for_fact(o) and not of_other_level:
        opinion.agreed |= {n for n, own in enumerate(opinion.ours) if _is_same(own, o)}
        return End.AGREED
    rivals = [
        n for n, own in enumerate(opinion.ours) if _is_rival(own, borne) or (of_other_level and own is o)
    ]
    if same := {n for n in rivals if opinion.ours[n].value == o.value and not of_other_level}:
        opinion.agreed |= same  # said elsewhere on the page too
        return End.AGREED
    if rivals:
        opinion.differing |= set(rivals)
        opinion.differences.append(_difference(Apart.DIFFERS, borne, opinion.ours[rivals[0]]))
        return End.DIFFERS
    _add(opinion, borne)
    return End.ALONE


def _add(opinion: _Opinion, borne: Borne) -> None:
    """What it alone found: published where that is sure enough, else kept as evidence."""
    o = borne.observation
    confidence = after(prior(o if borne.is_ours else None, opinion.own), NAMED)
    is_published = confidence >= PUBLISH_FROM
    if not any((a.field, a.value, a.level_of_care) == (o.field, o.value, borne.level) for a in opinion.added):
        opinion.differences.append(_difference(Apart.ALONE, borne, is_published=is_published))
    alone = o.but(confidence=confidence, method=METHOD, level_of_care=borne.level)
    if is_published:
        opinion.added.append(alone.but(assertion=Assertion.AFFIRMED, demoted=()))
    elif not borne.is_ours:
        opinion.added.append(alone.but(assertion=Assertion.HEDGED, demoted=(Demotion.ALONE,)))


def _is_same(own: Observation, o: Observation) -> bool:
    same = (own.field, own.value) == (o.field, o.value) and taken_for_fact(own)
    return same and (own.field not in OF_A_LEVEL or own.level_of_care in (None, o.level_of_care))


def _is_rival(own: Observation, borne: Borne) -> bool:
    """Whether what we read answers the same question: the same value, or any of a field that has one."""
    o = borne.observation
    if own.field != o.field or not taken_for_fact(own):
        return False
    of_level = own.field not in with_traits(Trait.PROGRAM) or own.level_of_care in (None, borne.level)
    return of_level and (own.value == o.value or not fields()[o.field].is_many)


def _weighed(opinion: _Opinion, was_listing: bool) -> Iterator[Observation]:
    """Our observations with the confidence that the second opinion leaves them. Of a page that was no listing to us,
    only what both read becomes a fact."""
    unconfirmed: set[tuple[object, ...]] = set()
    is_thorough, decided = opinion.is_thorough, opinion.decided
    for n, o in enumerate(opinion.ours):
        if o.field not in ASKED or not taken_for_fact(o):
            yield o
        elif n in opinion.agreed:
            yield _as_fact(o, after(o.confidence, NAMED))
        else:
            differs = n in opinion.differing
            confidence = after(o.confidence, DIFFERS if differs else NOT_NAMED)
            is_doubted = confidence < PUBLISH_FROM and is_thorough and not differs
            is_withheld = not was_listing or is_doubted or (o.field, o.level_of_care, o.track) in decided
            lowered = _withheld(o, Demotion.UNCONFIRMED) if is_withheld else o
            yield lowered.but(confidence=confidence)
            key = (o.field, o.value, o.level_of_care)
            if not differs and key not in unconfirmed:
                unconfirmed.add(key)
                opinion.counts[Apart.UNCONFIRMED] += 1
                opinion.differences.append(_ours_alone(o, lowered.assertion is Assertion.AFFIRMED))


def _as_fact(o: Observation, confidence: float) -> Observation:
    demoted = tuple(d for d in o.demoted if d is not Demotion.NOT_LISTING)
    return o.but(confidence=confidence, assertion=Assertion.AFFIRMED, demoted=demoted)


def _withheld(o: Observation, why: Demotion) -> Observation:
    if o.assertion is not Assertion.AFFIRMED:
        return o
    return o.but(assertion=Assertion.HEDGED, demoted=(*o.demoted, why))


def _about_page(reading: Reading, answer: Answer, is_published: bool) -> Difference:
    theirs = "listing" if answer.own_page else "no listing"
    quote = answer.own_quote[:KEPT_QUOTE]
    return Difference(Apart.PAGE, None, None, reading.page_kind, theirs, quote, is_published)


def _difference(
    apart: Apart, borne: Borne, ours: Observation | None = None, is_published: bool = False
) -> Difference:
    o = borne.observation
    printed = ours.written if ours else None
    return Difference(apart, o.field, borne.level, printed, o.written, o.quote[:KEPT_QUOTE], is_published)


def _ours_alone(o: Observation, is_published: bool) -> Difference:
    quote = o.quote[:KEPT_QUOTE]
    return Difference(Apart.UNCONFIRMED, o.field, o.level_of_care, o.written, None, quote, is_published)
