"""Whether two groups of places hold together as one operator, or hang by a single bridge.

One record that prints another operator as its site name, one intake number, one name that is common elsewhere: each
makes a sure pair and no operator. So more than the best pair is asked of groups whose usual names have nothing in
common: places on both sides must be linked, the more the larger a side is.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from pipeline.match.arrays import Flags, Ints

Pair = tuple[int, int]
FEW = 2  # places that may be a program of a larger operator


class Cohesion:
    """Groups of places, at first one for each; `fits` asks, `join` follows what was joined.

    `place`, `words`: for each record its place and what its operator is known by (`NameTable.marks`), -1 for none.
    `left`, `right`, `far`: linked places, and whether nothing but a name links them over a state line.
    """

    def __init__(self, size: int, place: Ints, words: Ints, left: Ints, right: Ints, far: Flags) -> None:
        self._group = list(range(size))
        self._places: dict[int, list[int]] = {}
        self._records = Counter(place.tolist())
        self._words: dict[int, Counter[int]] = {}
        for where, found in zip(place.tolist(), words.tolist(), strict=True):
            self._words.setdefault(where, Counter()).update({word for word in found if word >= 0})
        self._printed = {where: frozenset(words) for where, words in self._words.items()}
        self._far = set(zip(left[far].tolist(), right[far].tolist(), strict=True))
        ends, others = np.concatenate([left, right]), np.concatenate([right, left])
        order = np.argsort(ends, kind="stable")
        self._others = others[order].tolist()
        self._start = np.searchsorted(ends[order], np.arange(size + 1)).tolist()

    def fits(self, a: int, b: int, pair: Pair) -> bool:
        """Whether the groups `a` and `b`, which `pair` links, are one operator."""
        far = pair in self._far
        if self._usual(a, far) & self._usual(b, far):
            return True
        small, large = sorted((a, b), key=lambda group: (len(self._of(group)), group))
        return self._bridged(small, large, far)

    def join(self, keep: int, lose: int) -> None:
        """The group `lose` is now part of `keep`."""
        lost = self._of(lose)
        self._places[keep] = self._of(keep) + lost
        for place in lost:
            self._group[place] = keep
        self._places.pop(lose, None)
        self._records[keep] += self._records.pop(lose, 0)
        self._words.setdefault(keep, Counter()).update(self._words.pop(lose, Counter()))

    def _of(self, group: int) -> list[int]:
        return self._places.get(group, [group])

    def _usual(self, group: int, far: bool) -> set[int]:
        """The words that half of its records print; from `far`, more than half."""
        least = self._records[group] + far
        return {word for word, count in self._words.get(group, {}).items() if 2 * count >= least}

    def _bridged(self, small: int, large: int, far: bool) -> bool:
        """Whether enough places of both are linked. One or two places beside more need one link each, to a place of the
        usual name there: so a program is printed that an operator runs.
        """
        here: set[int] = set()
        there: set[int] = set()
        for place in self._of(small):
            for other in self._others[self._start[place] : self._start[place + 1]]:
                if self._group[other] == large:
                    here.add(place)
                    there.add(other)
        few, many = len(self._of(small)), len(self._of(large))
        if few == many == 1 and not far:
            return True
        if few <= FEW and few < many and len(here) == few and not far:
            usual = self._usual(large, far)
            return any(self._printed[place] & usual for place in there)
        return len(here) >= _asked(few) and len(there) >= _asked(many)


def _asked(size: int) -> int:
    """Linked places asked of a group: 1 of 1, 2 of 2 or 3, 3 of 4 to 7, 6 of 40."""
    return size.bit_length()
