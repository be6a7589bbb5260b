"""Fit a linear model to labelled examples, and say how it fares on providers that it was not fitted on.

Logistic regression (scikit-learn) with a quadratic penalty; a feature counts only where several providers have it,
so that no host, phrase or title of a single site becomes a rule.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from pipeline.extract.evaluation.folds import FOLDS, fold_of
from pipeline.extract.learned.linear import BIAS, LinearModel

FEWEST_PROVIDERS = 3  # that have a feature, else it is no feature


@dataclass(frozen=True, slots=True)
class Example:
    """What holds of one thing, whether it is so, whose page it stands on, and how much it counts."""

    features: frozenset[str]
    label: bool
    provider: str
    weight: float = 1.0


def providers_of(examples: Sequence[Example]) -> dict[str, int]:
    """Feature → number of providers that have it."""
    seen: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        for name in example.features:
            seen[name].add(example.provider)
    return {name: len(providers) for name, providers in seen.items()}


def fit(examples: Sequence[Example], strength: float = 1.0) -> LinearModel:
    """The model of all examples; `strength` is the inverse of the penalty (scikit-learn's C)."""
    names = sorted(name for name, count in providers_of(examples).items() if count >= FEWEST_PROVIDERS)
    column = {name: index for index, name in enumerate(names)}
    held = [sorted(column[name] for name in e.features if name in column) for e in examples]
    starts = np.cumsum([0, *map(len, held)])
    matrix = csr_matrix(
        (np.ones(starts[-1]), np.array([i for row in held for i in row], dtype=int), starts),
        shape=(len(examples), len(names)),
    )
    labels = np.array([e.label for e in examples])
    weights = np.array([e.weight for e in examples])
    fitted = LogisticRegression(C=strength, max_iter=2_000).fit(matrix, labels, sample_weight=weights)
    found = {name: float(w) for name, w in zip(names, fitted.coef_[0], strict=True)}
    return LinearModel({BIAS: float(fitted.intercept_[0]), **found})


def fold_models(examples: Sequence[Example], strength: float = 1.0) -> list[LinearModel]:
    """For each fold the model that is fitted on the others."""
    return [fit([e for e in examples if fold_of(e.provider) != fold], strength) for fold in range(FOLDS)]


def held_out(examples: Sequence[Example], strength: float = 1.0) -> list[float]:
    """The probability of each example by the model that never saw its provider."""
    models = fold_models(examples, strength)
    return [models[fold_of(e.provider)].probability(e.features) for e in examples]


def write_model(path: Path, model: LinearModel, examples: Sequence[Example]) -> None:
    """The weights as a table for reading: the heaviest first, with the number of providers behind each."""
    counts = providers_of(examples)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("feature", "weight", "providers"))
        for name, weight in sorted(
            model.weights.items(), key=lambda item: (item[0] != BIAS, -abs(item[1]), item[0])
        ):
            if name == BIAS or round(weight, 3):
                rows.writerow((name, f"{weight:.3f}", counts.get(name, "")))
