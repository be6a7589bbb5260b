"""One value out of several that a page states: what is said outright, of this level, in the program's own voice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.records import Assertion, Observation

DEFINED = (
    4.0  # what a definition says of such programs in general weighs less than what this one says of itself
)
_NEARNESS = {"phrase": 4, "sentence": 3, "before": 2.5, "heading": 2, "headings": 1, "subject": 0.5}


def best(observations: Sequence[Observation]) -> Observation | None:
    """The observation to believe of one one-valued field of one level; None where nothing is affirmed.

    Prefers the words that name the level themselves, then values stated more than once, then confidence, then the first.
    """
    affirmed = [o for o in observations if o.assertion is Assertion.AFFIRMED]
    if not affirmed:
        return None
    votes = Counter(o.value for o in affirmed)
    return max(
        affirmed,
        key=lambda o: (
            _nearness(o)
            - DEFINED * (".defined" in o.method)
            + 0.75 * min(votes[o.value], 4)
            + 2 * o.confidence,
            -o.start,
        ),
    )


def _nearness(observation: Observation) -> float:
    parts = observation.method.split(".")
    return _NEARNESS.get(parts[1], 1) if len(parts) > 1 else 1


def values(observations: Iterable[Observation], field: str) -> list[str]:
    """The affirmed values of a many-valued field, in reading order, each once."""
    return list(
        dict.fromkeys(o.value for o in observations if o.field == field and o.assertion is Assertion.AFFIRMED)
    )
