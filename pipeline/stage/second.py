"""Second opinions as rows of the stage: where a second reader and our own differ, for people to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pipeline.records import SecondOpinion

SECOND = "second_opinion"


def second_rows(source_id: str, opinions: Mapping[str, SecondOpinion]) -> list[tuple[Any, ...]]:
    """A row a difference, in the order of the contract's columns."""
    return [
        (
            source_id,
            url,
            number,
            str(d.apart),
            d.field,
            d.level_of_care,
            d.ours,
            d.theirs,
            d.quote,
            d.is_published,
        )
        for url, opinion in sorted(opinions.items())
        for number, d in enumerate(opinion.differences)
    ]


def second_counts(opinions: Mapping[str, SecondOpinion]) -> Counter[str]:
    """What became of the values of all answers."""
    counts: Counter[str] = Counter()
    for opinion in opinions.values():
        counts.update(dict(opinion.counts))
    if opinions:
        counts["pages"] = len(opinions)
    return counts
