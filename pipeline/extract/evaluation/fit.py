"""Fit every model of reading on a folder of labelled data: `python -m pipeline.extract.evaluation.fit FOLDER`.

The folder holds `pages/`, `snippets/` and `kinds/` with their labels; the tables of `learned/` are written anew.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pipeline.extract.evaluation.fact_examples import fact_examples
from pipeline.extract.evaluation.fitting import Example, fit, write_model
from pipeline.extract.evaluation.folds import FOLDS, fold_of
from pipeline.extract.learned.models import HERE, Models, shipped


class Recipe(NamedTuple):
    """Where the examples of a model come from, and how freely it may follow them (scikit-learn's C)."""

    examples: Callable[[Path], Iterable[Example]]
    strength: float


RECIPES: Mapping[str, Recipe] = {"fact": Recipe(fact_examples, 0.1)}


def fold_models(data: Path) -> list[Models]:
    """For each fold the models that are fitted on the others."""
    examples = {name: list(recipe.examples(data)) for name, recipe in RECIPES.items()}
    return [
        replace(
            shipped(),
            **{
                name: fit([e for e in found if fold_of(e.provider) != fold], RECIPES[name].strength)
                for name, found in examples.items()
            },
        )
        for fold in range(FOLDS)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for name, recipe in RECIPES.items():
        examples = list(recipe.examples(folder))
        write_model(HERE / f"{name}.csv", fit(examples, recipe.strength), examples)
        print(f"{name}: {len(examples)} examples")


if __name__ == "__main__":
    main()
