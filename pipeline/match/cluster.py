"""Clusters from pairs that never chain over a veto.

Pairs are joined surest first; two groups with a veto between any of their members stay apart, whoever else would
connect them. The result depends on the pairs and not on their order.
"""

from __future__ import annotations

import numpy as np

from pipeline.match.arrays import Flags, Floats, Ints
from pipeline.match.cohesion import Cohesion


def cluster(
    size: int,
    left: Ints,
    right: Ints,
    probability: Floats,
    vetoed: Flags,
    join: float,
    home: Ints | None = None,
    cohesion: Cohesion | None = None,
) -> Ints:
    """The group of each of `size` items, as the smallest item in it. Pairs under `join` do not connect.

    `home` tells where an item stands, 0 for *not known*: an item without a home never connects two homes.
    `cohesion` is asked before two groups are joined; what it refuses is asked again as long as groups grow.
    """
    parent = list(range(size))
    homes = home.tolist() if home is not None else [0] * size
    vague = [not place for place in homes]
    enemies: dict[int, set[int]] = {}

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    linked = np.zeros(size, dtype=bool)
    linkable = (probability >= join) & ~vetoed
    linked[left[linkable]] = linked[right[linkable]] = True
    matters = vetoed & linked[left] & linked[right]
    for a, b in zip(left[matters].tolist(), right[matters].tolist(), strict=True):
        enemies.setdefault(a, set()).add(b)
        enemies.setdefault(b, set()).add(a)
    order = np.lexsort((right[linkable], left[linkable], -np.round(probability[linkable], 6)))
    pairs = list(zip(left[linkable][order].tolist(), right[linkable][order].tolist(), strict=True))
    grown = True
    while pairs and grown:
        refused, grown = [], False
        for pair in pairs:
            bridge = vague[pair[0]] or vague[pair[1]]
            a, b = root(pair[0]), root(pair[1])
            if a == b or (a in enemies and b in enemies[a]):
                continue
            if bridge and homes[a] and homes[b] and homes[a] != homes[b]:
                continue
            if cohesion and not cohesion.fits(a, b, pair):
                refused.append(pair)
                continue
            keep, lose = (a, b) if a < b else (b, a)
            parent[lose] = keep
            homes[keep] = homes[keep] or homes[lose]
            if lose in enemies:
                _inherit(enemies, keep, lose)
            if cohesion:
                cohesion.join(keep, lose)
            grown = True
        pairs = refused
    return np.array([root(item) for item in range(size)], dtype=np.int64)


def _inherit(enemies: dict[int, set[int]], keep: int, lose: int) -> None:
    foes = enemies.pop(lose)
    enemies.setdefault(keep, set()).update(foes)
    for foe in foes:
        enemies[foe].discard(lose)
        enemies[foe].add(keep)
