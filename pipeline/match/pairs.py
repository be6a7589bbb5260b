"""Scored pairs of records, and which of them are worth keeping for people to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pipeline.match.arrays import Flags, Floats, Ints, changes
from pipeline.match.compare import compare
from pipeline.match.records import Records
from pipeline.match.relations import Comparison, code
from pipeline.match.score import DOUBT, JOIN, VETO, probability, reasons, weights
from pipeline.match.verdicts import Verdict
from warehouse.contracts import stage_tables

BEST = 3  # joined pairs kept for each record
UNDECIDED = 0.45  # probability of a pair that is the only bridge between two groups
BRIDGE = "too little else ties the two operators"


@dataclass(frozen=True, slots=True)
class Scored:
    """Pairs of records compared at one level."""

    level: str
    comparison: Comparison
    probability: Floats
    vetoed: Flags
    reviewed: Mapping[int, str]  # position of a pair → the reviewer's words

    @property
    def left(self) -> Ints:
        return self.comparison.left

    @property
    def right(self) -> Ints:
        return self.comparison.right

    def reasons(self, rows: Ints) -> pl.Series:
        """The reviewer's words, or the reasons of the model, for each of these pairs in order."""
        texts = reasons(self.level, self.comparison, rows)
        reviewed = np.fromiter(self.reviewed, dtype=np.int64)
        reviewed = np.sort(reviewed[np.isin(reviewed, rows)])
        return texts.scatter(
            np.searchsorted(rows, reviewed), [self.reviewed[row] for row in reviewed.tolist()]
        )


def score(
    level: str, r: Records, left: Ints, right: Ints, verdicts: Mapping[tuple[int, int], Verdict]
) -> Scored:
    """Compare pairs of records and score them. Verdicts of reviewers win over the model."""
    comparison = compare(r, left, right, weights(level).fields)
    chance = probability(level, comparison)
    vetoed = chance < VETO
    if level == "location":
        elsewhere = comparison.relation["street"] == code("street", "different")
        vetoed |= elsewhere | (comparison.relation["department"] > 0) & (chance < JOIN)
        chance = np.where(elsewhere, np.minimum(chance, VETO), chance)
    reviewed = {}
    for row, pair in enumerate(zip(left.tolist(), right.tolist(), strict=True) if verdicts else ()):
        if pair in verdicts:
            same, reviewed[row] = verdicts[pair]
            chance[row], vetoed[row] = float(same), not same
    return Scored(level, comparison, chance, vetoed, reviewed)


def bridges(scored: Scored, group: Ints) -> Flags:
    """Sure pairs between two groups that stay apart although nothing speaks against: alone they join nobody."""
    size = np.int64(group.max(initial=0) + 1)
    a, b = group[scored.left], group[scored.right]
    between = np.minimum(a, b) * size + np.maximum(a, b)
    return np.asarray((scored.probability >= JOIN) & (a != b) & ~np.isin(between, between[scored.vetoed]))


def cut(scored: Scored, bridge: Flags) -> Scored:
    """The same pairs, those of `bridge` left to reviewers."""
    rows = np.flatnonzero(bridge)
    words = {row: f"{text}; {BRIDGE}" for row, text in zip(rows.tolist(), scored.reasons(rows), strict=True)}
    chance = np.where(bridge, np.minimum(scored.probability, UNDECIDED), scored.probability)
    return replace(scored, probability=chance, reviewed={**scored.reviewed, **words})


def worth_keeping(scored: Scored, ids: pl.Series, group: Ints) -> pl.DataFrame:
    """Pairs that a person may ask about: joined, vetoed although much agrees, uncertain, or kept apart narrowly.

    Of joined pairs the best few of each record, of the others the best between each two groups: one question for a
    reviewer, not one for every pair of records.
    """
    left, right, chance = scored.left, scored.right, scored.probability
    a, b = group[left], group[right]
    together, likely = a == b, chance >= JOIN
    joined = np.flatnonzero(likely & together)
    narrow = (chance >= VETO) | scored.vetoed & together
    apart = np.flatnonzero(np.where(likely, ~together, narrow))
    best = _top(BEST, chance[joined], left[joined]) | _top(BEST, chance[joined], right[joined])
    nearest = _top(1, chance[apart], np.minimum(a, b)[apart], np.maximum(a, b)[apart])
    rows = np.sort(np.concatenate([joined[best], apart[nearest]]))
    decision = np.select(
        [likely & (scored.vetoed | ~together), likely, (chance >= DOUBT) & ~together], [0, 1, 2], 3
    )[rows]
    return pl.DataFrame(
        {
            "level": pl.Series([scored.level]).new_from_index(0, len(rows)),
            "left_id": ids.gather(left[rows]),
            "right_id": ids.gather(right[rows]),
            "probability": chance[rows],
            "decision": pl.Series(["vetoed", "joined", "review", "apart"]).gather(decision),
            "reasons": scored.reasons(rows),
        },
        schema=stage_tables()["match_pair"].polars_schema,
    )


def _top(count: int, chance: Floats, *keys: Ints) -> Flags:
    """The best pairs of each key, of equals the first."""
    order = np.lexsort((-chance, *keys))
    first = np.flatnonzero(changes(*(key[order] for key in keys)))
    place = np.arange(len(order)) - np.repeat(first, np.diff(first, append=len(order)))
    best = np.empty(len(order), dtype=bool)
    best[order] = place < count
    return best
