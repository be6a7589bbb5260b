"""Is a confidence of 0.9 right nine times of ten? Facts of the answer by band of confidence, against the gold."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
WANTED = 0.96  # precision that is asked of the facts from a confidence on
Judged = tuple[str, float, Verdict]  # field, confidence, what the readers say


@dataclass(frozen=True, slots=True)
class Reliability:
    """Facts of one band of confidence, or of one field: how many the gold calls right or wrong, or disputes, and the mean
    confidence of those that it judges."""

    name: str
    right: int
    wrong: int
    disputed: int
    mean: float

    @property
    def precision(self) -> float | None:
        judged = self.right + self.wrong
        return self.right / judged if judged else None


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far confidences are kept, and the confidence from which WANTED of the facts are right (None: there is none),
    with the share of the right facts that are left there."""

    bands: tuple[Reliability, ...]
    fields: tuple[Reliability, ...]
    threshold: float | None
    left: float


def calibrate(gold: Iterable[Row], predicted: Mapping[str, Row]) -> Calibration:
    """The calibration of all facts that the answer gives, the most confident observation of each."""
    judged = [one for row in gold for one in judged_facts(row, predicted.get(row["id"], {}))]
    names = [f"{low:.2f}–{high:.2f}" for low, high in pairwise(BANDS)]
    bands: dict[str, list[Judged]] = {name: [] for name in names}
    fields: dict[str, list[Judged]] = {}
    for one in judged:
        bands[names[bisect_right(BANDS[1:-1], one[1])]].append(one)
        fields.setdefault(one[0], []).append(one)
    threshold, left = _threshold(judged)
    return Calibration(tuple(_reliabilities(bands)), tuple(_reliabilities(fields)), threshold, left)


def _reliabilities(groups: Mapping[str, Sequence[Judged]]) -> Iterator[Reliability]:
    for name, facts_ in groups.items():
        counts = Counter(verdict for *_, verdict in facts_)
        sure = [confidence for _, confidence, verdict in facts_ if verdict is not Verdict.DISPUTED]
        if sure:
            right, wrong, disputed = (counts[verdict] for verdict in Verdict)
            yield Reliability(name, right, wrong, disputed, sum(sure) / len(sure))


def _threshold(judged: Iterable[Judged]) -> tuple[float | None, float]:
    """The lowest confidence from which WANTED of the judged facts are right, and the share of right facts left."""
    surest = sorted(((c, v) for _, c, v in judged if v is not Verdict.DISPUTED), key=lambda fact: -fact[0])
    total = sum(v is Verdict.RIGHT for _, v in surest)
    right = 0
    found: tuple[float | None, float] = (None, 0.0)
    for number, (confidence, verdict) in enumerate(surest, 1):
        right += verdict is Verdict.RIGHT
        if right >= WANTED * number:
            found = (confidence, right / total)
    return found


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
                {(name, value): verdict_of(name, value, one[name], other[name]) for name, value in given},
            )


def verdict_of(name: str, value: object, one: set[Any], other: set[Any]) -> Verdict:
    """What two readers say of a value of a field (as the scorer calls it), given the values that each of them found."""
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
