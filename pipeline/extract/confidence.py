"""How probable it is that an affirmed observation is right: `learned/confidence.csv`, fitted on facts that two people judged.

What a reader thinks of its own words (`raw`), what ties them to their level, why they were doubted, and how often the
page says so are features; "ages|raw:0.8" holds from a raw confidence of 0.8 on. Fields that no label judges keep what
their reader thinks. All of it is times the probability that the page is the provider's own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipeline.extract.learned.linear import LinearModel
from pipeline.records import Assertion, Demotion, Observation, Region, Tie

STEPS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)
MOST = 3  # more repetitions add nothing


class Traits(NamedTuple):
    """What the features of an affirmed observation are made of: alike for observations with the same features."""

    field: str
    steps: int  # of STEPS that its raw confidence reaches
    tie: Tie | None
    times: int  # that its page states it, MOST at most
    demoted: tuple[Demotion, ...]
    has_level: bool
    region: Region | None
    qualifier: str | None

    @classmethod
    def of(cls, observation: Observation, times: int) -> Traits:
        """Those of an observation that its page states `times` times."""
        return cls(
            observation.field,
            bisect_right(STEPS, observation.confidence),
            observation.tie,
            min(times, MOST),
            observation.demoted,
            observation.level_of_care is not None,
            observation.region,
            observation.qualifier,
        )

    def features(self) -> frozenset[str]:
        """Their names, each for all fields and for this one."""
        own = set(self._names())
        return frozenset({f"{self.field}|any", *own, *(f"{self.field}|{name}" for name in own)})

    def _names(self) -> Iterator[str]:
        yield from (f"raw:{step}" for step in STEPS[: self.steps])
        yield f"tie:{self.tie.value if self.tie else 'none'}"
        yield f"times:{self.times}"
        yield from (f"demoted:{reason.value}" for reason in self.demoted)
        if not self.has_level:
            yield "no level"
        if self.region is not None:
            yield f"region:{self.region.value}"
        if self.qualifier is not None:
            yield f"qualifier:{self.qualifier}"


def confidence_features(observation: Observation, times: int) -> frozenset[str]:
    """The features of one affirmed observation that its page states `times` times."""
    return Traits.of(observation, times).features()


def stated(observations: Iterable[Observation]) -> list[int]:
    """For each observation how often the page affirms its value of its level of care; 0 for one that is not affirmed."""
    keys = [
        (o.field, o.written, o.level_of_care) if o.assertion is Assertion.AFFIRMED else None
        for o in observations
    ]
    times = Counter(keys)
    return [0 if key is None else times[key] for key in keys]


def with_confidence(
    observations: Iterable[Observation], model: LinearModel, own: float
) -> Iterator[Observation]:
    """The observations, each affirmed one as probable as the model says; `own`: that the page is the provider's own."""
    observations = list(observations)
    for observation, times in zip(observations, stated(observations), strict=True):
        sure = observation.confidence
        if times and f"{observation.field}|any" in model.weights:
            traits = Traits.of(observation, times)
            sure = model.remembered(traits, traits.features)
        yield observation.sure(sure * own)
