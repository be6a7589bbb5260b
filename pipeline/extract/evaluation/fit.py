"""Fit every model of reading on a folder of labelled data: `python -m pipeline.extract.evaluation.fit FOLDER`.

The folder holds `pages/`, `snippets/` and `kinds/` with their labels; the tables of `learned/` are written anew.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pipeline.extract.evaluation.fact_examples import fact_examples
from pipeline.extract.evaluation.fitting import NO_SIGNS, Example, fit, write_model
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


def fold_models(data: Path) -> list[Models]:
    """For each fold the models that are fitted on the others."""
    examples = {name: list(recipe.examples(data)) for name, recipe in RECIPES.items()}
    return [
        replace(
            shipped(),
            **{
                name: RECIPES[name].fit([e for e in found if fold_of(e.provider) != fold])
                for name, found in examples.items()
            },
        )
        for fold in range(FOLDS)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=list(RECIPES), nargs="+", default=list(RECIPES))
    given = parser.parse_args()
    folder = given.folder
    for name in given.only:
        recipe = RECIPES[name]
        examples = list(recipe.examples(folder))
        write_model(HERE / f"{name}.csv", recipe.fit(examples), examples)
        print(f"{name}: {len(examples)} examples")


if __name__ == "__main__":
    main()
