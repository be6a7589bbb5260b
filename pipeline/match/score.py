"""Relations to a probability: points for each relation, added, and the reasons in words.

The points are natural log-odds (`weights.csv`). What a name gives is multiplied by the information in the words that
two records share; what a phone, web site or identifier gives is divided by the number of operators who use it. A last line per
level, fitted on labelled pairs (docs/matching.md), makes the sum a calibrated probability.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from pipeline.match.arrays import Floats, Ints
from pipeline.match.compare import RELATIONS, Comparison

MOST_NATS = 14.0
JOIN, DOUBT, VETO = 0.5, 0.1, 0.03  # probability: joined from, worth a review from, never joined below


@dataclass(frozen=True, slots=True)
class Weights:
    """Points and words of every relation at one level."""

    points: Mapping[str, Floats]
    words: Mapping[str, tuple[str, ...]]
    slope: float
    offset: float


@cache
def weights(level: str) -> Weights:
    """The table of one level ("location" or "organization"). Raises ValueError for a relation it does not know."""
    points = {field: np.zeros(len(names)) for field, names in RELATIONS.items()}
    words = {field: [""] * len(names) for field, names in RELATIONS.items()}
    calibration = {"slope": 1.0, "offset": 0.0}
    table = pl.read_csv(Path(__file__).with_name("weights.csv")).fill_null("")
    for row in table.iter_rows(named=True):
        if row["level"] != level:
            continue
        if row["field"] == "calibration":
            calibration[row["relation"]] = row["points"]
            continue
        if row["relation"] not in RELATIONS.get(row["field"], ()):
            raise ValueError(f"weights.csv: no relation {row['relation']!r} of field {row['field']!r}")
        place = RELATIONS[row["field"]].index(row["relation"])
        points[row["field"]][place] = row["points"]
        words[row["field"]][place] = row["reason"]
    return Weights(
        points, {f: tuple(w) for f, w in words.items()}, calibration["slope"], calibration["offset"]
    )


def contributions(level: str, c: Comparison) -> dict[str, Floats]:
    """Points by field for every pair."""
    table = weights(level)
    points = {field: table.points[field][relation] for field, relation in c.relation.items()}
    if level == "organization":
        name = points["name"]
        points["name"] = np.where(name > 0, name * np.minimum(c.shared_name, MOST_NATS), name)
        points["alone"] = points["alone"] - np.where(c.relation["alone"] > 0, c.names, 0)
        points["phone"] = _shared(points["phone"], c.operators, 0.5)
        points["domain"] = _shared(points["domain"], c.domain_operators, 0.15)
    points["identifier"] = _shared(points["identifier"], c.identifier_operators, 0.5)
    return points


def _shared(points: Floats, operators: Floats, each: float) -> Floats:
    """What two names share may be of one renamed operator; with `each` further name it proves less."""
    return np.where(points > 0, points / (1 + each * np.maximum(operators - 2, 0)), points)


def probability(level: str, points: Mapping[str, Floats]) -> Floats:
    table = weights(level)
    total = np.sum(np.stack(list(points.values())), axis=0)
    return np.asarray(1 / (1 + np.exp(-np.clip(table.slope * total + table.offset, -30, 30))))


def reasons(level: str, c: Comparison, points: Mapping[str, Floats], rows: Ints) -> list[str]:
    """For each of `rows`: what spoke for and against, strongest first, with its points."""
    table = weights(level)
    fields = [field for field in points if any(table.words[field])]
    values = np.stack([points[field][rows] for field in fields], axis=1)
    codes = np.stack([c.relation[field][rows] for field in fields], axis=1)
    shown = pl.DataFrame(
        np.concatenate([codes.astype(np.int16), np.round(values * 10).astype(np.int16)], axis=1)
    )
    kinds = shown.unique(maintain_order=True).with_row_index("kind")
    rows_of = shown.join(kinds, on=shown.columns, how="left", maintain_order="left")["kind"]
    first = shown.with_row_index("row").unique(shown.columns, keep="first", maintain_order=True)["row"]
    texts = np.array([_sentence(table, fields, codes[row], values[row]) for row in first], dtype=object)
    return list(texts[rows_of.to_numpy()]) if len(texts) else []


def _sentence(table: Weights, fields: list[str], codes: Any, values: Any) -> str:
    order = np.argsort(-np.abs(values), kind="stable").tolist()
    evidence = [(table.words[fields[f]][codes[f]], values[f]) for f in order]
    return "; ".join(f"{words} ({value:+.1f})" for words, value in evidence if words)
