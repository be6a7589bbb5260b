"""What ages say beyond themselves: the group of people that they name, and the one range of two groups side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.extract.schedule.quantities import span
from pipeline.extract.words.context import PageContext
from pipeline.records import Assertion, Demotion, Observation
from pipeline.values import Range
from pipeline.vocabulary.tables import rows

FARTHEST = 400  # characters between the ages of two groups that are named together


def population_of(ages: Range) -> str | None:
    """The group of people of these ages, by `population_ages.csv`; None where they are of no one group."""
    low, high = ages
    for row in rows("population_ages.csv"):
        least, most = float(row["from"]), float(row["to"])
        starts = low is not None and least <= low <= float(row["from_at_most"] or least)
        if starts and (row["to"] == "inf" or (high is not None and high <= most)):
            return row["population"]
    return None


def with_populations(observations: Sequence[Observation]) -> Iterator[Observation]:
    """For ages of one group, that group: "ages 13-17" are adolescents."""
    for observation in observations:
        if observation.field == "ages" and isinstance(observation.value, Range):
            if group := population_of(observation.value):
                yield replace(observation, field="population", value=group)


def joined(context: PageContext, observations: Sequence[Observation]) -> list[Observation]:
    """The observations with one range for ages that two groups of a level share: "teens 14-17, adults 18 and over".

    Only what stands close together and does not overlap is joined; the parts are HEDGED then, for none is the whole.
    """
    ages = [o for o in observations if o.field == "ages" and o.assertion is Assertion.AFFIRMED]
    tracked = {o.level_of_care for o in ages if o.track is not None}  # each track has ages of its own
    ages = [o for o in ages if o.level_of_care not in tracked]
    out = list(observations)
    for one, other in pairwise(ages):
        if (
            one.level_of_care != other.level_of_care
            or other.start - one.end > FARTHEST
            or not _follow(one, other)
        ):
            continue
        value = span([tuple(one.value), tuple(other.value)])
        if value is None:
            continue
        start, end = min(one.start, other.start), max(one.end, other.end)
        whole = replace(one, value=Range(*value), start=start, end=end, quote=context.page.text[start:end])
        parts = {id(one), id(other)}
        out = [_part(o) if id(o) in parts else o for o in out] + [whole]
    return out


def _follow(one: Observation, other: Observation) -> bool:
    """Whether one range begins where the other ends, within a year or two."""
    if not (isinstance(one.value, Range) and isinstance(other.value, Range)):
        return False
    first, second = sorted((one.value, other.value), key=lambda value: (value[0] is not None, value[0] or 0))
    return first[1] is not None and second[0] is not None and 0 <= second[0] - first[1] <= 2


def _part(observation: Observation) -> Observation:
    return replace(observation, assertion=Assertion.HEDGED, demoted=(*observation.demoted, Demotion.PART))
