"""A linear model of the log-odds of one thing, whose weights are a table that a person can read."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

BIAS = "(bias)"
MOST_KNOWN = 100_000  # probabilities that are kept


def probability_of(log_odds: float) -> float:
    """Log-odds as a probability."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights by name of a feature, in natural log-odds. Features that the table does not name weigh nothing."""

    weights: Mapping[str, float]
    _parts: dict[str, LinearModel] = field(default_factory=dict, init=False, repr=False, compare=False)
    _known: dict[Hashable, float] = field(default_factory=dict, init=False, repr=False, compare=False)

    def log_odds(self, features: Iterable[str]) -> float:
        """The sum of the weights of the features that hold, exact in any order; each counts once."""
        known = self.weights
        return known.get(BIAS, 0.0) + math.fsum(filter(None, map(known.get, set(features))))

    def of(self, name: str) -> LinearModel:
        """The model of the features "NAME|…" alone, called by what follows the bar; made once a name."""
        part = self._parts.get(name)
        if part is None:
            own = f"{name}|"
            weights = {
                each.removeprefix(own): weight
                for each, weight in self.weights.items()
                if each.startswith(own) or each == BIAS
            }
            part = self._parts[name] = LinearModel(weights)
        return part

    def probability(self, features: Iterable[str]) -> float:
        """How probable the thing is, between 0 and 1."""
        return probability_of(self.log_odds(features))

    def remembered(self, alike: Hashable, features: Callable[[], Iterable[str]]) -> float:
        """The probability by `features`, asked once for all things that are `alike`."""
        found = self._known.get(alike)
        if found is None:
            if len(self._known) > MOST_KNOWN:
                self._known.clear()
            found = self._known[alike] = self.probability(features())
        return found


def read_model(path: Path) -> LinearModel:
    """The model of a CSV with the columns `feature` and `weight` (others are for people); ValueError names a bad row."""
    weights: dict[str, float] = {}
    with path.open(encoding="utf-8", newline="") as rows:
        for number, row in enumerate(csv.DictReader(rows), 2):
            try:
                weights[row["feature"]] = float(row["weight"])
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{path.name}, line {number}: a row needs a feature and a weight") from error
    return LinearModel(weights)
