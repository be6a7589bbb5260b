"""Names as numbers: how rare each word is, and how two names relate.

A word is as telling as it is rare among *distinct* names: "savida" stands in one name however many sites it has,
"center" in a quarter of all names. `name_frequency.csv` holds the counts over the national directories, so that a
file of a few rows is judged like the country; the words of the file at hand are added to them.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

UNKNOWN, EXACT, CONTAINED, SIMILAR, RELATED, CROSS, DOMAIN, DIFFERENT = range(8)
RELATIONS = ("unknown", "exact", "contained", "similar", "related", "cross", "domain", "different")

WIDTH = 12  # words of a name that are compared, rarest first
ALIKE = 88.0  # rapidfuzz ratio of two names written without spaces that may be one, misspelled
PLACE = 0.8  # part of a word's weight that goes where it is only the name of the place
COMMON = 1.0  # nats taken from every word: words of a name do not come independently
TELLING = 3.5  # nats of shared words that are more than chance


@cache
def _prior() -> tuple[Counter[str], Counter[str], int]:
    """Distinct names with each word, those of them in a place of that name, and the number of names."""
    text = files("pipeline.match").joinpath("name_frequency.csv").read_text(encoding="utf-8")
    rows = [(row["word"], int(row["names"]), int(row["places"])) for row in csv.DictReader(text.splitlines())]
    total = next(count for word, count, _ in rows if not word)
    return Counter({w: n for w, n, _ in rows if w}), Counter({w: n for w, _, n in rows if w}), total


class NameTable:
    """Distinct names of a file. Name 0 is the empty name; `ids` gives the number of each name passed in."""

    def __init__(self, names: Sequence[tuple[str, ...]]) -> None:
        index: dict[tuple[str, ...], int] = {(): 0}
        self.ids: Ints = np.fromiter((index.setdefault(n, len(index)) for n in names), np.int64, len(names))
        self.names = list(index)
        self.squeezed = np.array(["".join(name) for name in self.names], dtype=object)
        self._weigh()
        self._fill()

    def _weigh(self) -> None:
        """A weight in nats for every word, and a negative one for two that often go together ("turning point")."""
        names, places, total = _prior()
        local = Counter(word for name in {frozenset(name) for name in self.names} for word in name)
        pairs = {f"{a} {b}" for name in self.names for a, b in pairwise(name)} & names.keys()
        self.words = {word: number for number, word in enumerate(sorted(local.keys() | pairs))}
        known = len(self.names) + total
        self.weight: Floats = np.zeros(len(self.words) + 1)
        self.placeless: Floats = np.zeros(len(self.words) + 1)  # the same without regard to place names
        for word, number in self.words.items():
            count = local[word] + names[word] + 1
            if word in pairs:
                a, b = word.split(" ")
                self.placeless[number] = min(0.0, np.log(names[a] * names[b] / (names[word] * total)))
            else:
                self.placeless[number] = max(0.1, np.log(known / count) - COMMON)
            share = places[word] / (names[word] + 1)
            self.weight[number] = self.placeless[number] * (1 - PLACE * share)

    def _fill(self) -> None:
        count = len(self.names)
        self.tokens: Ints = np.full((count, WIDTH), -1, dtype=np.int64)
        self.initials: Ints = np.full(count, -2, dtype=np.int64)
        self.information: Floats = np.zeros(count)
        self.whole: Floats = np.zeros(count)
        for row, name in enumerate(self.names):
            told = {*name, *(f"{a} {b}" for a, b in pairwise(name))} & self.words.keys()
            numbers = sorted((self.words[w] for w in told), key=lambda n: (-abs(self.weight[n]), n))[:WIDTH]
            numbers.sort(key=lambda n: (-self.weight[n], n))
            self.tokens[row, : len(numbers)] = numbers
            self.information[row] = max(0.1, self.weight[numbers].sum())
            self.whole[row] = max(0.1, self.placeless[numbers].sum())
            if len(name) >= 3:
                self.initials[row] = self.words.get("".join(word[0] for word in name), -2)
        self.information[0] = self.whole[0] = 0.0

    def rarest(self, ids: Ints) -> Ints:
        """The most telling word of each name, -1 for the empty name."""
        return np.asarray(self.tokens[ids, 0])

    def compare(self, left: Ints, right: Ints) -> tuple[npt.NDArray[np.int8], Floats]:
        """For pairs of name numbers: the relation, and the information (nats) of what they share."""
        size = np.int64(len(self.names))
        low, high = np.minimum(left, right), np.maximum(left, right)
        unique, inverse = np.unique(low * size + high, return_inverse=True)
        relation, shared = self._compare(unique // size, unique % size)
        return relation[inverse], shared[inverse]

    def _compare(self, a: Ints, b: Ints) -> tuple[npt.NDArray[np.int8], Floats]:
        shared = np.zeros(len(a))
        for start in range(0, len(a), 200_000):
            part = slice(start, start + 200_000)
            mine, theirs = self.tokens[a[part]], self.tokens[b[part]]
            both = (mine[:, :, None] == theirs[:, None, :]).any(axis=2) & (mine >= 0)
            shared[part] = (self.weight[mine] * both).sum(axis=1)
        least = np.minimum(self.information[a], self.information[b])
        most = np.maximum(self.information[a], self.information[b])
        inside = shared / np.maximum(least, 1e-9)
        union = shared / np.maximum(least + most - shared, 1e-9)
        relation = np.full(len(a), DIFFERENT, dtype=np.int8)
        relation[(shared >= TELLING) & (inside >= 0.4)] = RELATED
        relation[(union >= 0.72) & (inside >= 0.8)] = SIMILAR
        relation[inside > 0.999] = CONTAINED
        relation[union > 0.999] = EXACT
        shared[union > 0.999] = self.whole[a[union > 0.999]]
        self._spellings(a, b, relation, shared, least)
        acronym = (self.tokens[a] == self.initials[b][:, None]).any(axis=1)
        acronym |= (self.tokens[b] == self.initials[a][:, None]).any(axis=1)
        acronym &= relation >= RELATED
        relation[acronym] = SIMILAR
        shared[acronym] = np.maximum(shared[acronym], TELLING)
        relation[(a == 0) | (b == 0)] = UNKNOWN
        return relation, shared

    def _spellings(
        self, a: Ints, b: Ints, relation: npt.NDArray[np.int8], shared: Floats, least: Floats
    ) -> None:
        """Spacing ("View Point") and misspellings: compared letter by letter where the words do not agree."""
        open_ = np.flatnonzero((relation != EXACT) & (a > 0) & (b > 0))
        if not len(open_):
            return
        mine, theirs = self.squeezed[a[open_]], self.squeezed[b[open_]]
        ratio: Any = process.cpdist(mine, theirs, scorer=fuzz.ratio, score_cutoff=ALIKE, workers=-1)
        alike = open_[ratio >= ALIKE]
        same = open_[mine == theirs]
        relation[alike] = np.where(relation[alike] == CONTAINED, CONTAINED, SIMILAR)
        shared[alike] = np.maximum(shared[alike], 0.8 * least[alike])
        relation[same], shared[same] = EXACT, np.minimum(self.whole[a[same]], self.whole[b[same]])
