"""How the model of page kinds fares on sites that it was not fitted on: `python -m pipeline.extract.evaluation.kind_report FOLDER`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from pipeline.extract.evaluation.fit import RECIPES
from pipeline.extract.evaluation.fitting import Example, held_out
from pipeline.extract.evaluation.intervals import DRAWS, MIDDLE, SEED
from pipeline.extract.evaluation.kind_examples import kind_sets
from pipeline.extract.evaluation.labelled import GOLD
from pipeline.extract.page_kind import THRESHOLD

MEASURED = ("kinds", "articles", *GOLD)  # what is invented is no measure


class KindReport(NamedTuple):
    """Of one set: AUC with its interval over sites, own pages below the threshold, others' pages from it on."""

    auc: float
    low: float
    high: float
    lost: int
    own: int
    passed: int
    others: int


def kind_report(sets: Mapping[str, Sequence[Example]]) -> dict[str, KindReport]:
    """Set → how its pages are judged by models that are fitted on all sets without the page's site."""
    recipe = RECIPES["kind"]
    every = [example for examples in sets.values() for example in examples]
    judged = iter(held_out(every, recipe.strength, recipe.signs))
    found = {name: (examples, [next(judged) for _ in examples]) for name, examples in sets.items()}
    return {name: _report(*one) for name, one in found.items() if name in MEASURED}


def _report(examples: Sequence[Example], judged: Sequence[float]) -> KindReport:
    own, found = np.array([e.label for e in examples]), np.array(judged)
    low, high = np.percentile(_drawn(examples, own, found), MIDDLE)
    lost, passed = own & (found < THRESHOLD), ~own & (found >= THRESHOLD)
    counts = [int(which.sum()) for which in (lost, own, passed, ~own)]
    return KindReport(_auc(own, found), float(low), float(high), *counts)


def _auc(own: NDArray[np.bool_], found: NDArray[np.float64]) -> float:
    """How often an own page is judged likelier than another's (Mann–Whitney)."""
    count = int(own.sum())
    if not 0 < count < len(own):
        return 1.0
    ranks = float(rankdata(found)[own].sum())
    return (ranks - count * (count + 1) / 2) / (count * (len(own) - count))


def _drawn(examples: Sequence[Example], own: NDArray[np.bool_], found: NDArray[np.float64]) -> list[float]:
    """The AUC of as many sites, drawn with replacement, again and again."""
    rows: dict[str, list[int]] = {}
    for index, example in enumerate(examples):
        rows.setdefault(example.provider, []).append(index)
    sites = [np.array(row) for row in rows.values()]
    draws = np.random.default_rng(SEED).integers(0, len(sites), size=(DRAWS, len(sites)))
    chosen = (np.concatenate([sites[i] for i in draw]) for draw in draws)
    return [_auc(own[index], found[index]) for index in chosen]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    for name, r in kind_report(kind_sets(parser.parse_args().folder)).items():
        print(
            f"{name}: AUC {r.auc:.3f} ({r.low:.3f} to {r.high:.3f}), at {THRESHOLD} lost {r.lost} of {r.own} own"
        )
        print(f"    and passed {r.passed} of {r.others} others")


if __name__ == "__main__":
    main()
