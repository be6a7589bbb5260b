"""How far a score would move with other providers: the bootstrap, which draws whole providers (Efron 1979)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS, SEED = 1_000, 11
MIDDLE = (2.5, 97.5)  # percentiles: 95 of 100 draws lie between


@dataclass(frozen=True, slots=True)
class Interval:
    """Where 95 % of the draws lie."""

    low: float
    high: float


def intervals(counts: Mapping[str, Counter[str]]) -> dict[str, Interval]:
    """Provider → its counts of tp, fp and fn; the interval of precision, recall and F1 over draws of providers."""
    table = np.array([[c["tp"], c["fp"], c["fn"]] for c in counts.values()], dtype=float)
    if not len(table):
        return {}
    drawn = np.random.default_rng(SEED).integers(0, len(table), size=(DRAWS, len(table)))
    tp, fp, fn = table[drawn].sum(axis=1).T
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = {"precision": tp / (tp + fp), "recall": tp / (tp + fn), "f1": 2 * tp / (2 * tp + fp + fn)}
    return {name: _middle(np.nan_to_num(values, nan=1.0)) for name, values in shares.items()}


def _middle(values: NDArray[np.float64]) -> Interval:
    low, high = np.percentile(values, MIDDLE)
    return Interval(float(low), float(high))
