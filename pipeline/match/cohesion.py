"""Whether two groups of places hold together as one operator, or hang by a single bridge.

One record that prints another operator as its site name, one intake number, one name that is common elsewhere: each
makes a sure pair and no operator. So more than the best pair is asked of groups whose usual names have nothing in
common: places on both sides must be linked, the more the larger a side is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from pipeline.match.arrays import Flags, Ints, once

Pair = tuple[int, int]
FEW = 2  # places that may be a program of a larger operator


class Cohesion:
    """Groups of places, at first one for each; `fits` asks, `join` follows what was joined.

    `place`, `marks`: the place of each record, and of some records what their operators are known by
    (`NameTable.marks`), -1 for none.
    `left`, `right`, `far`: linked places, and whether nothing but a name links them over a state line.
    """

    def __init__(
        self, size: int, place: Ints, marks: Callable[[Ints], Ints], left: Ints, right: Ints, far: Flags
    ) -> None:
        self._size = size
        self._place, self._marks = place, marks
        self._left, self._right, self._links_far = left, right, far

    def certain(self, group: Ints) -> Flags:
        """Of groups of connected places, each known by its smallest, those that hold together in whatever order they are joined:
        one or two places, and those whose usual names have a word in common."""
        places = np.bincount(group, minlength=self._size)
        far = np.zeros(self._size, dtype=bool)
        far[group[self._left[self._links_far]]] = True
        certain = places < 3
        rows = np.flatnonzero(~certain[group[self._place]])
        place, printed = self._place[rows], once(self._marks(rows), -1)
        row, column = np.nonzero(printed >= 0)
        words = np.int64(printed.max(initial=0) + 1)
        key, count = np.unique(place[row] * words + printed[row, column], return_counts=True)
        at, word = key // words, key % words
        usual = 2 * count >= np.bincount(place, minlength=self._size)[at] + far[group[at]]
        key, count = np.unique(group[at[usual]] * words + word[usual], return_counts=True)
        certain[key[count == places[key // words]] // words] = True
        return np.asarray(certain)

    def look_at(self, places: Ints) -> None:
        """Gather what is told of these places, about which alone may be asked."""
        wanted = np.zeros(self._size, dtype=bool)
        wanted[places] = True
        rows = np.flatnonzero(wanted[self._place])
        self._group = {place: place for place in places.tolist()}
        self._places: dict[int, list[int]] = {}
        self._records = Counter(self._place[rows].tolist())
        self._words: dict[int, Counter[int]] = {}
        for where, found in zip(self._place[rows].tolist(), self._marks(rows).tolist(), strict=True):
            self._words.setdefault(where, Counter()).update({word for word in found if word >= 0})
        self._printed = {where: frozenset(words) for where, words in self._words.items()}
        self._far: set[Pair] = set()
        self._others: dict[int, list[int]] = {}
        links = np.flatnonzero(wanted[self._left])
        for a, b, far in zip(
            *(end[links].tolist() for end in (self._left, self._right, self._links_far)), strict=True
        ):
            self._others.setdefault(a, []).append(b)
            self._others.setdefault(b, []).append(a)
            if far:
                self._far.add((a, b))

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
            for other in self._others.get(place, ()):
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
