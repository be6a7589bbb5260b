"""Is a confidence of 0.9 right nine times of ten? Facts of the answer by band of confidence, against the gold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from pipeline.extract.evaluation.score import RANGES, SETS, STATES, Row, ancestors, facts

Fact = tuple[str, object]  # field as the scorer calls it, value


class Verdict(StrEnum):
    """What two readers say of a fact: both have it, neither has it, or one of them."""

    RIGHT = "right"
    WRONG = "wrong"
    DISPUTED = "disputed"


BANDS = (0.0, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0)


@dataclass(frozen=True, slots=True)
class Band:
    """Facts whose confidence lies in [low, high): how many the gold calls right or wrong, or disputes."""

    low: float
    high: float
    right: int
    wrong: int
    disputed: int
    mean: float

    @property
    def precision(self) -> float | None:
        judged = self.right + self.wrong
        return self.right / judged if judged else None


def calibrate(gold: Iterable[Row], predicted: Mapping[str, Row]) -> Iterator[Band]:
    """Bands of confidence over all facts that the answer gives, the most confident observation of each."""
    judged = [one for row in gold for one in judged_facts(row, predicted.get(row["id"], {}))]
    for low, high in pairwise(BANDS):
        here = [(c, j) for _, c, j in judged if low <= c < high or (high == 1.0 and c == 1.0)]
        if here:
            counts = Counter(verdict for _, verdict in here)
            mean = sum(c for c, _ in here) / len(here)
            yield Band(
                low, high, counts[Verdict.RIGHT], counts[Verdict.WRONG], counts[Verdict.DISPUTED], mean
            )


def judged_facts(row: Row, page: Row) -> Iterator[tuple[str, float, Verdict]]:
    """(field, confidence, verdict) of every fact that the answer gives for one row, by its most confident evidence."""
    best: dict[Fact, float] = {}
    judged: dict[Fact, Verdict] = {}
    for said, keys in judged_evidence(row, page):
        for key, verdict in keys.items():
            judged[key] = verdict
            best[key] = max(best.get(key, 0.0), said["confidence"])
    for key, verdict in judged.items():
        yield key[0], best[key], verdict


def judged_evidence(row: Row, page: Row) -> Iterator[tuple[Row, dict[Fact, Verdict]]]:
    """Each affirmed piece of evidence of an answer that is a listing, with the facts that it stands for and what the
    readers of the row say of each: of a page that is no provider's own every fact is wrong. Facts that the answer does
    not give are left out, and rows whose readers disagree on what the page is."""
    first, second = row["gold"], row.get("second", row["gold"])
    if bool(first["is_listing"]) is not bool(second["is_listing"]) or not page.get("is_listing"):
        return
    by_level = "programs" in first
    labels = (first, second) if first["is_listing"] else ({}, {})
    one, other, found = (facts(p, by_level) for p in (*labels, page))
    for said in page.get("evidence") or ():
        if said["assertion"] == "affirmed":
            given = [key for key in _keys(said, by_level) if key[1] in found[key[0]]]
            yield (
                said,
                {(name, value): _verdict(name, value, one[name], other[name]) for name, value in given},
            )


def _verdict(name: str, value: object, one: set[Any], other: set[Any]) -> Verdict:
    if value in one & other:
        return Verdict.RIGHT
    general = {a for code in one | other for a in ancestors(code)} if name == "conditions" else set()
    return Verdict.DISPUTED if value in (one ^ other) | general else Verdict.WRONG


def _keys(said: Row, by_level: bool) -> Iterator[Fact]:
    """The facts that one piece of evidence stands for, as the scorer names them."""
    name, level = said["field"], (said.get("level_of_care"),) if by_level else ()
    if name in SETS:
        yield SETS[name], said["value"]
    elif name in STATES:
        yield name, (*level, said["value"] == "true")
    elif name in RANGES:
        pair = tuple(None if v is None else float(v) for v in json.loads(said["value"]))
        yield name, pair if name == "ages" else (*level, *pair)
    elif name == "session":
        value = json.loads(said["value"])
        yield (
            "schedule",
            (*level, tuple(value["days"]) if value["days"] else None, value["start"], value["end"]),
        )
    elif name == "phone":
        yield "phones", "".join(c for c in said["value"].split(";")[0] if c.isdigit())[-10:]
    elif name == "address":
        place = {"locations": [json.loads(said["value"])]}
        for part in ("street", "city", "zip"):
            for value in facts(place, by_level)[part]:
                yield part, value
