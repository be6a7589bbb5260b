"""What ages say beyond themselves: the group of people that they name, and the one range of two groups side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.extract.words.context import PageContext
from pipeline.records import Assertion, Demotion, Observation
from pipeline.values import Range
from pipeline.vocabulary.tables import rows

WIDEST_GAP = 2  # years between the ages of two groups that are one range together
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
        ages = observation.value if observation.field == "ages" else None
        if isinstance(ages, Range) and (group := population_of(ages)) is not None:
            yield observation.but(field="population", value=group)


def joined(context: PageContext, observations: Sequence[Observation]) -> list[Observation]:
    """The observations with one range for ages that two groups of a level share: "teens 14-17, adults 18 and over".

    Only what stands close together and does not overlap is joined; the parts are HEDGED then, for none is the whole.
    """
    ages = [o for o in observations if o.field == "ages" and o.assertion is Assertion.AFFIRMED]
    tracked = {o.level_of_care for o in ages if o.track is not None}  # each track has ages of its own
    ages = [o for o in ages if o.level_of_care not in tracked]
    parts: set[int] = set()
    wholes: list[Observation] = []
    last: Observation | None = None  # the range so far, of the group before and those that it follows
    for one in ages:
        whole = _together(context, last, one) if last is not None else None
        if whole is not None and last is not None:
            wholes = [w for w in wholes if w is not last] + [whole]
            parts |= {id(last), id(one)}
        last = whole or one
    return [_part(o) if id(o) in parts else o for o in observations] + wholes


def _together(context: PageContext, one: Observation, other: Observation) -> Observation | None:
    """One range of two, where one begins at the end of the other or within two years of it."""
    if one.level_of_care != other.level_of_care or other.start - one.end > FARTHEST:
        return None
    if not (isinstance(one.value, Range) and isinstance(other.value, Range)):
        return None
    first, second = sorted((one.value, other.value), key=lambda value: (value[0] is not None, value[0] or 0))
    if first[1] is None or second[0] is None or not 0 <= second[0] - first[1] <= WIDEST_GAP:
        return None
    start, end = min(one.start, other.start), max(one.end, other.end)
    value = Range(first[0], second[1])
    return one.but(value=value, start=start, end=end, quote=context.page.text[start:end])


def _part(observation: Observation) -> Observation:
    return observation.but(assertion=Assertion.HEDGED, demoted=(*observation.demoted, Demotion.PART))
