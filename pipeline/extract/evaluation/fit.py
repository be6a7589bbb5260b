"""Fit every model of reading on a folder of labelled data: `python -m pipeline.extract.evaluation.fit FOLDER`.

The folder holds `pages/`, `snippets/` and `kinds/` with their labels; the tables of `learned/` are written anew.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pipeline.extract.evaluation.confidence_examples import confidence_examples
from pipeline.extract.evaluation.fact_examples import fact_examples
from pipeline.extract.evaluation.fitting import NO_SIGNS, Example, fit, without, write_model
from pipeline.extract.evaluation.folds import FOLDS, fold_of
from pipeline.extract.evaluation.kind_examples import kind_examples
from pipeline.extract.kinds.signs import signs
from pipeline.extract.learned.linear import LinearModel
from pipeline.extract.learned.models import HERE, Models, shipped


class Recipe(NamedTuple):
    """Where the examples of a model come from, and how freely it may follow them (scikit-learn's C)."""

    examples: Callable[[Path], Iterable[Example]]
    strength: float
    signs: Mapping[str, int] = NO_SIGNS  # which way a feature may count

    def fit(self, examples: Sequence[Example]) -> LinearModel:
        """The model of these examples."""
        return fit(examples, self.strength, self.signs)


RECIPES: Mapping[str, Recipe] = {
    "kind": Recipe(kind_examples, 1.0, signs()),
    "fact": Recipe(fact_examples, 0.1),
}


CONFIDENCE_STRENGTH = 0.1

Examples = Mapping[str, Sequence[Example]]  # by name of a model


def fold_models(data: Path) -> list[Models]:
    """For each fold the models that are fitted on the others."""
    folds = _judging(_examples(data))
    told = _told(data, folds)
    return [
        replace(models, confidence=fit(without(fold, told), CONFIDENCE_STRENGTH))
        for fold, models in enumerate(folds)
    ]


def _examples(data: Path) -> Examples:
    return {name: list(recipe.examples(data)) for name, recipe in RECIPES.items()}


def _judging(examples: Examples) -> list[Models]:
    """For each fold the models that judge a page, without a model of how sure they may be."""
    blank = replace(shipped(), confidence=LinearModel({}))
    return [
        replace(blank, **{name: RECIPES[name].fit(without(fold, found)) for name, found in examples.items()})
        for fold in range(FOLDS)
    ]


def _told(data: Path, folds: Sequence[Models]) -> list[Example]:
    """What the labelled pages are read to say, each page by models that never saw its provider."""
    return list(confidence_examples(data, lambda provider: folds[fold_of(provider)]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    examples = _examples(folder)
    for name, found in examples.items():
        write_model(HERE / f"{name}.csv", RECIPES[name].fit(found), found)
        print(f"{name}: {len(found)} examples")
    told = _told(folder, _judging(examples))
    write_model(HERE / "confidence.csv", fit(told, CONFIDENCE_STRENGTH), told)
    print(f"confidence: {len(told)} examples")


if __name__ == "__main__":
    main()
