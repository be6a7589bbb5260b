"""Rows as Polars frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl


def frame_of(rows: Sequence[tuple[Any, ...]], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """A frame of rows whose cells stand in the order of the schema; a value that its type cannot hold is null."""
    if not rows or any(
        kind.is_nested() for kind in schema.values()
    ):  # lists by column take ten times the memory
        return pl.DataFrame(rows, schema=schema, orient="row", strict=False)
    columns = zip(schema.items(), zip(*rows, strict=True), strict=True)  # takes half the time
    return pl.DataFrame([pl.Series(name, cells, kind, strict=False) for (name, kind), cells in columns])
