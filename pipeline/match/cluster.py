"""Clusters from pairs that never chain over a veto.

Pairs are joined surest first; two groups with a veto between any of their members stay apart, whoever else would
connect them. The result depends on the pairs and not on their order. Most items are connected by pairs against which nothing
speaks: they are a group as they are, and only the others are joined pair by pair.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipeline.match.arrays import Flags, Floats, Ints
from pipeline.match.cohesion import Cohesion, Pair


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
    linking = (probability >= join) & ~vetoed
    group = _connected(size, left[linking], right[linking])
    homes = np.zeros(size, dtype=np.int64) if home is None else home
    within = vetoed & (group[left] == group[right])
    doubtful = _of_several_homes(group, homes)
    doubtful[group[left[within]]] = True
    if cohesion:
        doubtful |= ~cohesion.certain(group)
    asked, foes = (np.flatnonzero(pairs & doubtful[group[left]]) for pairs in (linking, within))
    surest = np.lexsort((right[asked], left[asked], -np.round(probability[asked], 6)))
    items = np.flatnonzero(doubtful[group])
    if cohesion:
        cohesion.look_at(items)
    group[items] = _joined(
        dict(zip(items.tolist(), homes[items].tolist(), strict=True)),
        list(zip(left[asked[surest]].tolist(), right[asked[surest]].tolist(), strict=True)),
        zip(left[foes].tolist(), right[foes].tolist(), strict=True),
        cohesion,
    )
    return group


def _connected(size: int, left: Ints, right: Ints) -> Ints:
    """The smallest item that each is connected with."""
    links = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(size, size))
    count, component = connected_components(links, directed=False)
    smallest = np.empty(count, dtype=np.int64)
    smallest[component[::-1]] = np.arange(size - 1, -1, -1)  # of several the last one stays
    return np.asarray(smallest[component])


def _of_several_homes(group: Ints, homes: Ints) -> Flags:
    """The groups that stand at more than one home."""
    stated = np.flatnonzero(homes)
    some, several = np.zeros(len(group), dtype=np.int64), np.zeros(len(group), dtype=bool)
    some[group[stated]] = homes[stated]
    several[group[stated[some[group[stated]] != homes[stated]]]] = True
    return several


def _joined(
    homes: dict[int, int], pairs: list[Pair], foes: Iterable[Pair], cohesion: Cohesion | None
) -> list[int]:
    """The group of each item of `homes`, joined pair by pair."""
    parent = {item: item for item in homes}
    vague = {item for item, home in homes.items() if not home}
    enemies: dict[int, set[int]] = {}

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for a, b in foes:
        enemies.setdefault(a, set()).add(b)
        enemies.setdefault(b, set()).add(a)
    grown = True
    while pairs and grown:
        refused, grown = [], False
        for pair in pairs:
            bridge = pair[0] in vague or pair[1] in vague
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
    return [root(item) for item in parent]


def _inherit(enemies: dict[int, set[int]], keep: int, lose: int) -> None:
    foes = enemies.pop(lose)
    enemies.setdefault(keep, set()).update(foes)
    for foe in foes:
        enemies[foe].discard(lose)
        enemies[foe].add(keep)
