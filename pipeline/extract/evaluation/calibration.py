"""Is a confidence of 0.9 right nine times of ten? Facts of the answer by band of confidence, against the gold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pipeline.extract.evaluation.score import RANGES, SETS, STATES, ancestors, facts

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


def calibrate(
    gold: Iterable[Mapping[str, Any]], predicted: Mapping[str, Mapping[str, Any]]
) -> Iterator[Band]:
    """Bands of confidence over all facts that the answer gives, the most confident observation of each."""
    judged = [one for row in gold for one in judged_facts(row, predicted.get(row["id"], {}))]
    for low, high in pairwise(BANDS):
        here = [(c, j) for _, c, j in judged if low <= c < high or (high == 1.0 and c == 1.0)]
        if here:
            counts = {name: sum(1 for _, j in here if j == name) for name in ("right", "wrong", "disputed")}
            mean = sum(c for c, _ in here) / len(here)
            yield Band(low, high, counts["right"], counts["wrong"], counts["disputed"], mean)


def judged_facts(row: Mapping[str, Any], page: Mapping[str, Any]) -> Iterator[tuple[str, float, str]]:
    """(field, confidence, right | wrong | disputed) of every fact that the answer gives for one row."""
    first, second = row["gold"], row.get("second", row["gold"])
    if not (first["is_listing"] and second["is_listing"] and page.get("is_listing")):
        return
    by_level = "programs" in first
    one, other, found = (facts(p, by_level) for p in (first, second, page))
    best: dict[tuple[str, object], float] = {}
    for said in page.get("evidence") or ():
        if said["assertion"] == "affirmed":
            for key in _keys(said, by_level):
                if key[1] in found[key[0]]:
                    best[key] = max(best.get(key, 0.0), said["confidence"])
    for (name, value), confidence in best.items():
        want, doubt = one[name] & other[name], one[name] ^ other[name]
        general = {a for c in want | doubt for a in ancestors(c)} if name == "conditions" else set()
        verdict = "right" if value in want else "disputed" if value in doubt | general else "wrong"
        yield name, confidence, verdict


def _keys(said: Mapping[str, Any], by_level: bool) -> Iterator[tuple[str, object]]:
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
