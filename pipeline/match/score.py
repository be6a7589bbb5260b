"""Relations to a probability: points for each relation, added, and the reasons in words.

The points are natural log-odds (`weights.csv`). What a name gives is multiplied by the information in the words that
two records share; what a phone, web site or identifier gives is divided by the number of operators who use it. A last line per
level, fitted on labelled pairs (docs/matching.md), makes the sum a calibrated probability.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.match.arrays import Codes, Floats, Ints
from pipeline.match.relations import RELATIONS, Comparison

MOST_NATS = 14.0
CHUNK = 200_000  # pairs whose points are held at a time
JOIN, DOUBT, VETO = 0.5, 0.1, 0.03  # probability: joined from, worth a review from, never joined below


@dataclass(frozen=True, slots=True)
class Weights:
    """Points and words of every relation at one level."""

    points: Mapping[str, Floats]
    words: Mapping[str, tuple[str, ...]]
    slope: float
    offset: float

    @property
    def fields(self) -> frozenset[str]:
        """The fields that say something at this level."""
        return frozenset(field for field, words in self.words.items() if any(words))


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


def probability(level: str, c: Comparison) -> Floats:
    """The probability of every pair."""
    table, chance = weights(level), np.empty(len(c.left))
    for part in _parts(len(chance)):
        total = sum(contributions(level, c.at(part)).values())
        chance[part] = 1 / (1 + np.exp(-np.clip(table.slope * total + table.offset, -30, 30)))
    return chance


def _parts(pairs: int) -> Iterator[slice]:
    return (slice(start, start + CHUNK) for start in range(0, pairs, CHUNK))


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


def _shared(points: Floats, operators: Ints, each: float) -> Floats:
    """What two names share may be of one renamed operator; with `each` further name it proves less."""
    return np.where(points > 0, points / (1 + each * np.maximum(operators - 2, 0)), points)


def reasons(level: str, c: Comparison, rows: Ints) -> pl.Series:
    """For each of `rows`: what spoke for and against, strongest first, with its points."""
    texts = [_sentences(level, c.at(rows[part])) for part in _parts(len(rows))]
    return pl.concat(texts) if texts else pl.Series(dtype=pl.String)


def _sentences(level: str, c: Comparison) -> pl.Series:
    """A text for each pair, written once for all that are alike."""
    table, points = weights(level), contributions(level, c)
    fields = [field for field in points if any(table.words[field])]
    codes = np.column_stack([c.relation[field] for field in fields])
    tenths = np.column_stack([np.round(points[field] * 10) for field in fields]).astype(np.int16)
    kinds = pl.DataFrame(np.concatenate([codes, tenths], axis=1)).hash_rows()
    _, first, kind = np.unique(kinds.to_numpy(), return_index=True, return_inverse=True)
    texts = [_sentence(table, fields, codes[row], tenths[row]) for row in first]
    return pl.Series(texts, dtype=pl.String).gather(kind)


def _sentence(table: Weights, fields: list[str], codes: Codes, tenths: Ints) -> str:
    order = np.argsort(-np.abs(tenths), kind="stable").tolist()
    evidence = [(table.words[fields[f]][codes[f]], tenths[f] / 10) for f in order]
    return "; ".join(f"{words} ({value:+.1f})" for words, value in evidence if words)
