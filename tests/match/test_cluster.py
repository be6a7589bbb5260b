"""Clusters that never chain over a veto."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.match.cluster import cluster


def groups(size: int, pairs: list[tuple[int, int, float, bool]], home: list[int] | None = None) -> list[int]:
    left, right, chance, vetoed = (np.array(column) for column in zip(*pairs, strict=True))
    homes = None if home is None else np.array(home)
    return list(cluster(size, left, right, chance, vetoed.astype(bool), 0.5, homes))


def test_pairs_chain() -> None:
    assert groups(4, [(0, 1, 0.9, False), (1, 2, 0.6, False)]) == [0, 0, 0, 3]


def test_a_doubtful_pair_does_not_connect() -> None:
    assert groups(2, [(0, 1, 0.49, False)]) == [0, 1]


def test_a_veto_holds_against_a_chain_and_the_surer_side_wins() -> None:
    assert groups(3, [(0, 1, 0.9, False), (1, 2, 0.8, False), (0, 2, 0.0, True)]) == [0, 0, 2]
    assert groups(3, [(0, 1, 0.8, False), (1, 2, 0.9, False), (0, 2, 0.0, True)]) == [0, 1, 1]


def test_a_veto_is_inherited_by_the_group() -> None:
    pairs = [(0, 1, 0.99, False), (2, 3, 0.98, False), (1, 2, 0.9, False), (0, 3, 0.0, True)]
    assert groups(4, pairs) == [0, 0, 2, 2]


def test_an_item_without_a_home_does_not_connect_two_homes() -> None:
    assert groups(3, [(0, 1, 0.9, False), (1, 2, 0.8, False)], [7, 0, 8]) == [0, 0, 2]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_pairs_does_not_matter(seed: int) -> None:
    random = np.random.default_rng(seed)
    pairs = [
        (int(a), int(a + 1 + b), float(p), bool(v))
        for a, b, p, v in zip(
            random.integers(0, 20, 60),
            random.integers(0, 9, 60),
            random.random(60),
            random.random(60) < 0.2,
            strict=True,
        )
    ]
    expected = groups(30, pairs)
    random.shuffle(pairs)
    assert groups(30, [tuple(pair) for pair in pairs]) == expected
