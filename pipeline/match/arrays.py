"""Types of columns: an entry for each record, or for each pair of records."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.signedinteger[Any]]
Codes = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def distinct(values: Ints) -> Ints:
    """Each value once, in order. `np.unique` takes thirty times as long for a million of them (NumPy 2.3)."""
    ordered = np.sort(values)
    return ordered[changes(ordered)]


def changes(*columns: npt.NDArray[Any]) -> Flags:
    """Rows that differ in some column from the row before; the first row does."""
    new = np.ones(len(columns[0]), dtype=bool)
    new[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return new


def once(table: Ints, nothing: int) -> Ints:
    """Each number of a row once, at its first place; `nothing` in the place of the others."""
    found = table.copy()
    for column in range(1, table.shape[1]):
        found[(table[:, :column] == table[:, [column]]).any(axis=1), column] = nothing
    return found
