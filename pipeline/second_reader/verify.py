"""What of an answer counts: its words stand on the page, and our own reading takes the same value from them.

What a fact is (field, value, offsets) is always ours; the answer only points at words. A value that it names is looked
for among what we read there on the page, and else by reading its words alone, under the level that it names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from pipeline.extract.parsing.plain import read_text
from pipeline.extract.parsing.text import sentences
from pipeline.extract.reading import Reading, extract
from pipeline.extract.words.vocabulary import labels
from pipeline.fields import Trait, with_traits
from pipeline.records import Assertion, Demotion, Observation
from pipeline.second_reader.answers import Answer, Said
from pipeline.second_reader.quotes import places
from pipeline.second_reader.same_value import means

ASKED = with_traits(Trait.SECOND_READ)
OF_A_LEVEL = with_traits(Trait.LEVEL_BOUND)


class End(StrEnum):
    """What became of one value of an answer."""

    AGREED = "agreed"
    ALONE = "alone"
    DIFFERS = "differs"
    DENIED = "denied"  # the page, as we read it, denies it
    INVENTED = "invented"  # its words do not stand in the page's body
    UNREAD = "unread"  # its words stand there, and we read no such value from them
    UNKNOWN = "unknown"  # a field or level that was not asked for, or that the page does not name
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Borne:
    """A value of the answer that our reading bears out. `ours`: the observation of the page that says the same, judged
    as it may be; else `observation` was read from the words alone."""

    said: Said
    observation: Observation
    is_ours: bool

    @property
    def level(self) -> str | None:
        return self.said.level_of_care or self.observation.level_of_care


def verified(reading: Reading, answer: Answer) -> Iterator[tuple[Said, Borne | End]]:
    """Each value of the answer with what bears it out, or why it counts for nothing."""
    levels = {o.value for o in reading.observations if o.field == "level_of_care"}
    alone: dict[tuple[str | None, int, int], list[Observation]] = {}
    for said in answer.facts:
        if said.field not in ASKED or said.level_of_care not in {None, *levels}:
            yield said, End.UNKNOWN
            continue
        spans = places(reading.page, said.quote, said.start)
        borne = _on_page(reading, said, spans)
        if borne is None:
            borne = next(filter(None, (_alone(reading, said, span, alone) for span in spans)), None)
        yield said, borne or (End.UNREAD if spans else End.INVENTED)


def taken_for_fact(observation: Observation) -> bool:
    """Whether its words say it, whatever the page that they stand on is."""
    return observation.assertion is Assertion.AFFIRMED or Demotion.NOT_LISTING in observation.demoted


def _on_page(reading: Reading, said: Said, spans: list[tuple[int, int]]) -> Borne | None:
    """The observation of the page that says this within the quote: one taken for a fact, of the same level, first."""
    found = [
        o
        for start, end in spans
        for o in reading.observations
        if o.field == said.field and start <= o.start and o.end <= end and means(said.value, o.field, o.value)
    ]
    level = said.level_of_care
    best = min(
        found,
        key=lambda o: (not taken_for_fact(o), level is not None and o.level_of_care != level),
        default=None,
    )
    return Borne(said, best, True) if best else None


def _alone(
    reading: Reading,
    said: Said,
    span: tuple[int, int],
    known: dict[tuple[str | None, int, int], list[Observation]],
) -> Borne | None:
    """The value as the sentences that hold the quote say it by themselves."""
    start, end = _whole(reading, span)
    key = (said.level_of_care, start, end)
    if key not in known:
        known[key] = list(_read(reading.page.text[start:end], start, said.level_of_care))
    for o in known[key]:
        within = span[0] <= o.start and o.end <= span[1]
        if within and o.field == said.field and taken_for_fact(o) and means(said.value, o.field, o.value):
            section = reading.page.block_at(o.start)
            path = reading.page.heading_path(section) if section else None
            return Borne(said, o.but(section=path or None, track=None), False)
    return None


def _whole(reading: Reading, span: tuple[int, int]) -> tuple[int, int]:
    """The sentences that a span lies in: what is quoted must not be cut off from its "not"."""
    first, last = reading.page.block_at(span[0]), reading.page.block_at(span[1] - 1)
    start, end = span
    text = reading.page.text
    if first:
        start = max(
            (s for s, _ in sentences(text, text.lower(), first.start, first.end) if s <= start), default=start
        )
    if last:
        end = min(
            (e for _, e in sentences(text, text.lower(), last.start, last.end) if e >= end), default=end
        )
    return start, end


def _read(words: str, start: int, level: str | None) -> Iterator[Observation]:
    """What words say by themselves, under a level's name, at their place on the page."""
    head = labels()[("level_of_care", level)] + "\n" if level else ""
    for o in extract(read_text(head + words)).observations:
        if o.start >= len(head):
            moved = start - len(head)
            yield o.but(start=o.start + moved, end=o.end + moved, level_of_care=o.level_of_care or level)
