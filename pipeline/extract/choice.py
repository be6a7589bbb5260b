"""One value out of several that a page states: what is said outright, of this level, in the program's own voice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pipeline.records import Assertion, Demotion, Observation, Tie
from pipeline.values import Value

DEFINED = 4.0  # what a definition or a comparison says of such programs weighs less than what this one says of itself
GENERAL = frozenset({Demotion.DEFINED, Demotion.COMPARISON})
NEARNESS: Mapping[Tie | None, float] = {
    Tie.PHRASE: 4,
    Tie.SENTENCE: 3,
    Tie.BEFORE: 2.5,
    Tie.HEADING: 2,
    Tie.HEADINGS: 1,
    Tie.SUBJECT: 0.5,
    None: 1,
}


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
            NEARNESS[o.tie]
            - DEFINED * (not GENERAL.isdisjoint(o.demoted))
            + 0.75 * min(votes[o.value], 4)
            + 2 * o.confidence,
            -o.start,
        ),
    )


def values(observations: Iterable[Observation], field: str) -> list[Value]:
    """The affirmed values of a many-valued field, in reading order, each once."""
    return list(
        dict.fromkeys(o.value for o in observations if o.field == field and o.assertion is Assertion.AFFIRMED)
    )
