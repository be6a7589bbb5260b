"""A page read: its kind, its provider, the programs that it describes, and every observation behind them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cache

from pipeline.extract.choice import best, values
from pipeline.extract.confidence import with_confidence
from pipeline.extract.facts.accepting import find_accepting
from pipeline.extract.facts.accreditation import find_accreditation
from pipeline.extract.facts.addresses import find_addresses
from pipeline.extract.facts.delivery import find_delivery, find_place
from pipeline.extract.facts.languages import find_languages
from pipeline.extract.facts.organization import find_organization
from pipeline.extract.facts.payers import find_payers
from pipeline.extract.facts.phones import find_phones
from pipeline.extract.facts.reach import find_reach
from pipeline.extract.facts.terms import find_terms
from pipeline.extract.learned.models import Models
from pipeline.extract.page_kind import PageKind, read_kind
from pipeline.extract.parsing.page import Page
from pipeline.extract.parsing.parse import read_page
from pipeline.extract.schedule.age_groups import joined, with_populations
from pipeline.extract.schedule.times import find_times
from pipeline.extract.tracks.tracks import split, with_tracks
from pipeline.extract.words.context import PageContext, mark_menus
from pipeline.extract.words.levels import Levels
from pipeline.extract.words.page_levels import read_levels
from pipeline.extract.words.vocabulary import labels
from pipeline.fields import Trait, with_traits
from pipeline.processor_time import OverTimeError, processor_time
from pipeline.records import Assertion, Demotion, Observation, Refused, Region, SecondOpinion, Tie
from pipeline.values import Value

PROGRAM_LEVELS = ("iop", "php", "op", "residential", "inpatient", "detox")
PROGRAM_FIELDS = with_traits(Trait.PROGRAM)
LEVEL_FIELDS = with_traits(Trait.LEVEL_BOUND)
NUMBERS = with_traits(Trait.NUMBER)
NAMED = (Tie.PHRASE, Tie.SENTENCE, Tie.BEFORE, Tie.HEADING)  # a level is named with the number

LIMIT_S = 3.0  # processor time of a page: tens of times what the longest of people's need
MAX_MENTIONS = 5_000  # words of our vocabulary: ten times what the longest of people's pages hold
BEGINNING = 10_000  # characters that are read of a page that is over one of these
OVER_TIME = "over_time"  # the reason of what was not read

SAMPLE = """<h1>Intensive Outpatient Program</h1><p>Adults 18+ meet Monday 9 am to noon, 3 hours a day for 8 weeks, online
or at <a href="https://oak.example">12 Main St, Boston, MA 02139</a>. We treat PTSD and take Aetna. Call 617-555-0142.</p>"""


@dataclass(frozen=True, slots=True)
class Program:
    """One level of care (or one track of it) that the page describes, with the observations that speak of it."""

    name: str
    level_of_care: str | None  # None where the page names no level at all
    observations: tuple[Observation, ...]
    track: str | None = None

    def best(self, name: str) -> Observation | None:
        """The observation to believe of a one-valued field: what the track's own title governs, else what is said of all."""
        told = [o for o in self.observations if o.field == name]
        return best([o for o in told if self.track and o.track == self.track]) or best(told)

    def values(self, name: str) -> list[Value]:
        """The affirmed values of a many-valued field."""
        return values(self.observations, name)


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read in one page. `observations` holds what was not affirmed as well."""

    page: Page
    kind: PageKind
    organization: str | None
    levels_of_care: tuple[str, ...]
    programs: tuple[Program, ...]
    observations: tuple[Observation, ...]
    rejected: tuple[str, ...] = field(default=())
    subjects: tuple[str, ...] = ()  # the levels that the page is about, most first
    second: SecondOpinion | None = None  # where a second reader was asked (pipeline.second_reader)

    @property
    def subject(self) -> str | None:
        """The level of care that the page is about."""
        return self.programs[0].level_of_care if self.programs else None

    def body_addresses(self) -> set[tuple[int, int]]:
        """Spans of the addresses that stand in the body, not in what every page of the site repeats."""
        body = [(b.start, b.end) for b in self.page.blocks if b.region is Region.MAIN]
        return {
            (o.start, o.end)
            for o in self.observations
            if o.field == "address" and any(start <= o.start < end for start, end in body)
        }

    @property
    def page_kind(self) -> str:
        return self.kind.kind

    @property
    def is_listing(self) -> bool:
        return self.kind.is_listing


def extract(page: Page, models: Models | None = None) -> Reading:
    """Read every fact of a page, by `models` (None: the project's). One that is no listing affirms no fact.

    Of a page that takes more than LIMIT_S of processor time, or that MAX_MENTIONS tell will, the beginning is read, and
    `refused` says so. Raises OverTimeError where even that takes longer.
    """
    ready()
    try:
        with processor_time(LIMIT_S) as check:
            return _extract(page, models, check)
    except OverTimeError as error:
        beginning = page.beginning(BEGINNING)
        told = f"{error}: its first {len(beginning.text)} of {len(page.text)} characters were read"
        beginning.refused.append(Refused("page", OVER_TIME, told))
        with processor_time(LIMIT_S) as check:
            return _extract(beginning, models, check)


@cache
def ready() -> None:
    """Read every table now, which takes seconds: the first page is not to blame for it."""
    _extract(read_page(SAMPLE), None, lambda: None)
    gc.collect()
    gc.freeze()  # what was read stays for good: looking at it in every collection takes a twentieth of the time


def _extract(page: Page, models: Models | None, check: Callable[[], None]) -> Reading:
    mark_menus(page)
    context = PageContext.of(page, models)
    if len(context.mentions) > MAX_MENTIONS:
        raise OverTimeError(f"has {len(context.mentions)} words of our vocabulary, more than {MAX_MENTIONS}")
    levels = read_levels(context)
    kind = read_kind(context, levels)
    name, named = find_organization(page)
    found = [*named, *_offers(context, levels)]
    for finder in (find_terms, find_times, find_delivery, find_reach):
        check()
        found.extend(finder(context, levels))
    for contact in (
        find_addresses,
        find_phones,
        find_payers,
        find_languages,
        find_accreditation,
        find_accepting,
    ):
        check()
        found.extend(contact(context))
    found.extend(find_place(context, levels, found))
    found.extend(list(with_populations(found)))
    rejected = [page.meta["limits"]] if page.meta.get("limits") else []
    first = next((b.index for b in context.main if b.level == 1), None)
    found = joined(context, with_tracks(context, found, first))
    if not kind.is_listing:
        rejected.append(f"no listing: {kind.kind} (probability {kind.probability:.2f})")
        found = [_unaffirmed(o) for o in found]
    found = list(with_confidence(found, context.models.confidence, kind.probability))
    return concluded(Reading(page, kind, name, (), (), (), tuple(rejected), tuple(levels.subjects)), found)


def concluded(reading: Reading, found: Iterable[Observation]) -> Reading:
    """The reading with these observations, and what follows from them: the levels offered and the programs."""
    found = list(found)
    affirmed = (o for o in found if o.assertion is Assertion.AFFIRMED)
    offered = tuple(dict.fromkeys(o.written for o in affirmed if o.field == "level_of_care"))
    programs = _programs(reading.subjects, offered, found) if reading.is_listing else ()
    found.sort(key=lambda o: (o.start, o.end, o.field))
    return replace(reading, levels_of_care=offered, programs=programs, observations=tuple(found))


def _unaffirmed(observation: Observation) -> Observation:
    if observation.assertion is not Assertion.AFFIRMED:
        return observation
    demoted = (*observation.demoted, Demotion.NOT_LISTING)
    return observation.but(assertion=Assertion.GENERIC, demoted=demoted)


def _offers(context: PageContext, levels: Levels) -> list[Observation]:
    found = []
    for mention in levels.mentions:
        said = mention.judgement.assertion
        if said is Assertion.AFFIRMED and not mention.is_offer:
            said = Assertion.GENERIC
        elif mention.is_offer:
            said = Assertion.AFFIRMED
        found.append(
            context.observe(
                field="level_of_care",
                value=mention.code,
                start=mention.start,
                end=mention.end,
                assertion=said,
                method="levels",
                confidence=0.5 + mention.strength / 2,
                region=mention.block.region,
                demoted=mention.judgement.demoted,
                level_of_care=mention.code,
            )
        )
    return found


def _programs(
    subjects: tuple[str, ...], offered: tuple[str, ...], found: list[Observation]
) -> tuple[Program, ...]:
    """One program for each level that the body describes: its subject, and levels with statements of their own."""
    subject = next((code for code in subjects if code in offered), None)
    grouped: dict[str, list[Observation]] = {}
    unplaced: list[Observation] = []
    for observation in found:
        if observation.field in PROGRAM_FIELDS:
            level = observation.level_of_care
            if level not in offered and observation.field not in LEVEL_FIELDS:
                level = subject
            if (
                observation.field in NUMBERS
                and level not in ("iop", "php", subject)
                and observation.tie not in NAMED
            ):
                continue  # what a page says in passing of other levels of care
            if level in offered and level is not None:
                grouped.setdefault(level, []).append(observation)
            elif not offered or (subject is None and observation.field not in LEVEL_FIELDS):
                unplaced.append(observation)
    programs = []
    for level in sorted(grouped, key=lambda code: (code != subject, PROGRAM_LEVELS.index(code))):
        label = labels().get(("level_of_care", level), level)
        for track, own in split(grouped[level]).items():
            programs.append(Program(_printed_name(found, level, track) or label, level, tuple(own), track))
    if not programs and any(o.assertion is Assertion.AFFIRMED for o in unplaced):
        programs.append(Program("program", None, tuple(unplaced)))
    return tuple(programs)


def _printed_name(found: list[Observation], level: str, track: str | None) -> str | None:
    """What the page calls a program: the title of its track, or the page's first heading."""
    names = (o for o in found if o.field == "program_name" and o.level_of_care in (None, level))
    return next((o.written for o in names if o.track == track), None)
