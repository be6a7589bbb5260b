"""Of several data sets that give the same, one for each state: vintages are not mixed within a state."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from sources.geography.files import Loaded

KEY = ["area_kind", "area_id"]


def offers(loaded: Sequence[Loaded], table: Callable[[Loaded], pl.DataFrame]) -> pl.DataFrame:
    """One table of all data sets, with `rank` (0 is the highest) and `dataset_id`."""
    return pl.concat(
        table(data).with_columns(rank=pl.lit(rank, pl.Int64), dataset_id=pl.lit(data.dataset.id))
        for rank, data in enumerate(loaded)
    )


def one_for_each_state(offered: pl.DataFrame) -> pl.DataFrame:
    """For each kind of area and state the rows of the highest data set that has all areas; else of that with the most."""
    of = ["area_kind", "state"]
    best = (
        offered.group_by(*of, "rank")
        .len()
        .sort("len", "rank", descending=[True, False])
        .unique(of, keep="first", maintain_order=True)
    )
    return offered.join(best.select(*of, "rank"), on=[*of, "rank"])
