"""Columns of texts: each distinct text once, and which of them stands in each row.

What is done to a text is done once for each distinct one; rows are numbers from then on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.match.arrays import Ints, changes


@dataclass(frozen=True, slots=True)
class Texts:
    """`distinct` texts, the first of them empty, and the position in them for each row (`code`)."""

    code: Ints
    distinct: pl.Series

    def __len__(self) -> int:
        return len(self.distinct)

    @classmethod
    def of(cls, column: pl.Series | Sequence[str]) -> Texts:
        """A column without nulls. Texts are told apart by 64 bits of a hash: two of a million meet once in 40 million files."""
        column = pl.concat([pl.Series([""]), pl.Series(column, dtype=pl.String)])
        hashes = column.hash().to_numpy()
        order = np.argsort(hashes)
        new = changes(hashes[order])
        code = np.empty(len(order), dtype=np.int32)
        code[order] = np.cumsum(new, dtype=np.int32) - 1
        some, empty = order[new], code[0]
        return cls((code[1:] - empty) % np.int32(len(some)), column.gather(np.roll(some, -empty)))

    def mapped(self, texts: pl.Series | Sequence[str]) -> Texts:
        """The same rows with another text for each distinct one."""
        texts = pl.Series(texts, dtype=pl.String)
        if texts.equals(self.distinct):
            return self
        found = Texts.of(texts)
        return Texts(found.code[self.code], found.distinct)

    def at(self, rows: Ints | slice) -> Texts:
        """The column of these rows."""
        return Texts(self.code[rows], self.distinct)

    def rows(self) -> pl.Series:
        """The text of each row."""
        return self.distinct.gather(self.code)


def pairs_of(one: Ints, other: Ints, others: int) -> tuple[Ints, Ints, Ints]:
    """Each pair of codes once, `other` being less than `others`: the codes of both, and which of the pairs each row has."""
    key, row = np.unique(one * np.int64(others) + other, return_inverse=True)
    return key // others, key % others, row
