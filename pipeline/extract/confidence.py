"""How probable it is that an affirmed observation is right: `learned/confidence.csv`, fitted on facts that two people judged.

What a reader thinks of its own words (`raw`), what ties them to their level, why they were doubted, and how often the
page says so are features; "ages|raw:0.8" holds from a raw confidence of 0.8 on. Fields that no label judges keep what
their reader thinks. All of it is times the probability that the page is the provider's own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial

from pipeline.extract.learned.linear import LinearModel
from pipeline.records import Assertion, Observation

STEPS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)
MOST = 3  # more repetitions add nothing


def stated(observations: Iterable[Observation]) -> Counter[tuple[str, str, str | None]]:
    """How often a page affirms each value of a level of care."""
    return Counter(_key(o) for o in observations if o.assertion is Assertion.AFFIRMED)


def confidence_features(observation: Observation, times: int) -> frozenset[str]:
    """The features of one affirmed observation that its page states `times` times."""
    field = observation.field
    own = set(_features(observation, times))
    return frozenset({f"{field}|any", *own, *(f"{field}|{name}" for name in own)})


def _features(observation: Observation, times: int) -> Iterator[str]:
    yield from (f"raw:{step}" for step in STEPS if observation.confidence >= step)
    yield f"tie:{observation.tie.value if observation.tie else 'none'}"
    yield f"times:{min(times, MOST)}"
    yield from (f"demoted:{reason.value}" for reason in observation.demoted)
    if observation.level_of_care is None:
        yield "no level"
    if observation.region is not None:
        yield f"region:{observation.region.value}"
    if observation.qualifier is not None:
        yield f"qualifier:{observation.qualifier}"


def with_confidence(
    observations: Iterable[Observation], model: LinearModel, own: float
) -> Iterator[Observation]:
    """The observations, each affirmed one as probable as the model says; `own`: that the page is the provider's own."""
    observations = list(observations)
    keys = [_key(o) if o.assertion is Assertion.AFFIRMED else None for o in observations]
    times = Counter(keys)
    for observation, key in zip(observations, keys, strict=True):
        sure = observation.confidence
        if key is not None and f"{observation.field}|any" in model.weights:
            often = min(times[key], MOST)
            sure = model.remembered(
                _alike(observation, often), partial(confidence_features, observation, often)
            )
        yield observation.but(confidence=sure * own)


def _alike(observation: Observation, times: int) -> tuple[object, ...]:
    """What the features are made of: the same for observations with the same features."""
    return (
        observation.field,
        bisect_right(STEPS, observation.confidence),
        observation.tie,
        times,
        observation.demoted,
        observation.level_of_care is None,
        observation.region,
        observation.qualifier,
    )


def _key(observation: Observation) -> tuple[str, str, str | None]:
    return observation.field, observation.written, observation.level_of_care
