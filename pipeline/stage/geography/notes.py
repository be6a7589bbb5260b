"""What was loaded and is not used, and why: another data set stands higher, or some of a state's areas are missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from sources.geography.files import Loaded

COUNTED = ("county", "zcta")  # kinds of which it is known how many there are


def notes(loaded: Sequence[Loaded], tables: dict[str, pl.DataFrame]) -> Iterator[str]:
    """A line for each such data set of a folder. `tables` as derived from `loaded`."""
    used = set(tables["geography"]["dataset_id"])
    for data in loaded:
        if data.dataset.packaged:
            continue
        if data.dataset.id not in used:
            yield f"{data.dataset.id} is not used: what it gives, data sets of higher rank give"
        if missing := ", ".join(_incomplete(data, tables["area"])):
            yield f"{data.dataset.id} does not have all areas, and stands behind one that does: {missing}"


def _incomplete(data: Loaded, area: pl.DataFrame) -> Iterator[str]:
    """`CT (0 of 9 county)`: states of which a data set has some areas, by the codes of another year perhaps."""
    counts = data.given.counts.filter(pl.col("area_kind").is_in(COUNTED))
    there = area.filter(pl.col("area_kind").is_in(COUNTED)).select("area_kind", "area_id", of="state")
    found = counts.join(there, on=["area_kind", "area_id"], how="left")
    rows = (
        found.with_columns(state=pl.coalesce("of", "state"))
        .group_by("area_kind", "state")
        .agg(known=pl.col("of").is_not_null().sum())
        .join(there.group_by("area_kind", state="of").len("all"), on=["area_kind", "state"])
        .filter(pl.col("known") < pl.col("all"))
        .sort("state", "area_kind")
    )
    for row in rows.iter_rows(named=True):
        yield f"{row['state']} ({row['known']} of {row['all']} {row['area_kind']})"
