"""Fit a linear model to labelled examples, and say how it fares on providers that it was not fitted on.

Logistic regression (scikit-learn) with a quadratic penalty; a feature counts only where several providers have it,
so that no host, phrase or title of a single site becomes a rule.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from pipeline.extract.evaluation.folds import FOLDS, fold_of
from pipeline.extract.learned.linear import BIAS, LinearModel

NO_SIGNS: Mapping[str, int] = {}
FEWEST_PROVIDERS = 3  # that have a feature, else it is no feature
ROUNDS = 3  # of choosing and fitting
ALIKE = 0.7  # share of the likeliest example's probability from which another of its bag counts as well
TRUSTED, TRUST = "|said:", 2.0  # what the rules judged is penalized four times less than other features


@dataclass(frozen=True, slots=True)
class Example:
    """What holds of one thing, whether it is so, whose page it stands on, and how much it counts.

    Of examples that share a `bag` and are so, one at least is: which, fitting finds out.
    """

    features: frozenset[str]
    label: bool
    provider: str
    bag: str = ""
    weight: float = 1.0


def providers_of(examples: Sequence[Example]) -> dict[str, int]:
    """Feature → number of providers that have it."""
    seen: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        for name in example.features:
            seen[name].add(example.provider)
    return {name: len(providers) for name, providers in seen.items()}


def fit(
    examples: Sequence[Example], strength: float = 1.0, signs: Mapping[str, int] = NO_SIGNS
) -> LinearModel:
    """The model of all examples; `strength` is the inverse of the penalty (scikit-learn's C).

    A feature whose weight comes out against its sign (1 or -1; 0 or none: it may count either way) is left out.
    """
    while True:
        model = _fit(examples, strength)
        contrary = {name for name, weight in model.weights.items() if weight * signs.get(name, 0) < 0}
        if not contrary:
            return model
        examples = [replace(e, features=e.features - contrary) for e in examples]


def _fit(examples: Sequence[Example], strength: float) -> LinearModel:
    if not any(e.bag for e in examples):
        return _fitted(examples, [e.weight for e in examples], strength)
    model: LinearModel | None = None
    for _ in range(ROUNDS):
        chosen, weights = _chosen(examples, model)
        model = _fitted(chosen, weights, strength)
    assert model is not None
    return model


def _chosen(examples: Sequence[Example], model: LinearModel | None) -> tuple[list[Example], list[float]]:
    """Of bags that are so the examples that the model thinks likeliest (all at first), of others all of them; a bag
    weighs the root of their number."""
    bags: dict[str, list[Example]] = defaultdict(list)
    for number, example in enumerate(examples):
        bags[example.bag or str(number)].append(example)
    chosen, weights = [], []
    for bag in bags.values():
        if model is not None and bag[0].label:
            probable = [model.probability(e.features) for e in bag]
            bag = [e for e, p in zip(bag, probable, strict=True) if p >= ALIKE * max(probable)]
        chosen += bag
        weights += [e.weight * len(bag) ** -0.5 for e in bag]
    return chosen, weights


def _fitted(examples: Sequence[Example], weights: Sequence[float], strength: float) -> LinearModel:
    names = sorted(name for name, count in providers_of(examples).items() if count >= FEWEST_PROVIDERS)
    column = {name: index for index, name in enumerate(names)}
    held = [sorted(column[name] for name in e.features if name in column) for e in examples]
    starts = np.cumsum([0, *map(len, held)])
    scale = np.array([TRUST if TRUSTED in name else 1.0 for name in names])
    columns = np.array([i for row in held for i in row], dtype=int)
    matrix = csr_matrix((scale[columns], columns, starts), shape=(len(examples), len(names)))
    labels = np.array([e.label for e in examples])
    fitted = LogisticRegression(C=strength, max_iter=2_000).fit(matrix, labels, sample_weight=weights)
    found = {name: float(w) for name, w in zip(names, fitted.coef_[0] * scale, strict=True)}
    return LinearModel({BIAS: float(fitted.intercept_[0]), **found})


def without(fold: int, examples: Iterable[Example]) -> list[Example]:
    """The examples of all folds but one."""
    return [e for e in examples if fold_of(e.provider) != fold]


def held_out(
    examples: Sequence[Example], strength: float = 1.0, signs: Mapping[str, int] = NO_SIGNS
) -> list[float]:
    """The probability of each example by the model that never saw its provider."""
    models = [fit(without(fold, examples), strength, signs) for fold in range(FOLDS)]
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
