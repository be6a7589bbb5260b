"""Boundaries: of each kind and state one data set, and points placed in them."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import shapely

from pipeline.stage.geography.ranking import KEY, offers, one_for_each_state
from sources.geography.files import Loaded
from warehouse.geography.containing import containing, nearest


def boundaries(loaded: Sequence[Loaded]) -> pl.DataFrame:
    """Rows as in the contract `boundary`. A state whose counties have finer lines than its own is drawn from them."""
    offered = offers(loaded, lambda data: data.given.shapes)
    names = offered.select(*KEY, "name").drop_nulls().unique(KEY, keep="last", maintain_order=True)
    drawn = offered.filter(pl.col("geometry").is_not_null())
    chosen = one_for_each_state(drawn)
    lowest = chosen.filter(pl.col("area_kind") == "state")["rank"].max()
    finer = chosen.filter(pl.col("area_kind") == "county", pl.col("rank") < lowest)
    chosen = chosen.drop("name").join(names, on=KEY, how="left")
    outlines = {
        state: (shapely.to_wkb(_union(counties["geometry"].to_list())), counties["dataset_id"][0])
        for (state,), counties in finer.group_by("state")
    }
    if not outlines:
        return chosen
    drawn_anew = pl.DataFrame(
        [("state", state, *outline) for state, outline in outlines.items()],
        schema={"area_kind": pl.String, "state": pl.String, "geometry": pl.Binary, "dataset_id": pl.String},
        orient="row",
    )
    return chosen.update(drawn_anew, on=["area_kind", "state"])


def placed(points: pl.DataFrame, areas: pl.DataFrame) -> pl.Series:
    """The id of the area of its own state that each point lies in, or is nearest to: lines are generalised, and leave
    out people at the shore. Null in states without boundaries.

    `points` has `state`, `longitude`, `latitude`; `areas` those of `boundary`.
    """
    numbered = points.select("state", "longitude", "latitude").with_row_index("at")
    parts = [pl.DataFrame(schema={"at": pl.UInt32, "area_id": pl.String})]
    by_state = areas.partition_by("state", as_dict=True)
    for state, part in numbered.partition_by("state", as_dict=True).items():
        if (there := by_state.get(state)) is not None:
            parts.append(_placed(part, list(zip(there["area_id"], there["geometry"], strict=True))))
    return numbered.join(pl.concat(parts), on="at", how="left", maintain_order="left")["area_id"]


def _placed(points: pl.DataFrame, shapes: Sequence[tuple[str, bytes]]) -> pl.DataFrame:
    ids = containing(shapes, points["longitude"], points["latitude"])
    found = points.with_columns(area_id=pl.Series(ids, dtype=pl.String))
    outside = found.filter(pl.col("area_id").is_null())
    near = nearest(shapes, outside["longitude"], outside["latitude"])
    return pl.concat(
        [found.drop_nulls("area_id"), outside.with_columns(area_id=pl.Series(near, dtype=pl.String))]
    ).select("at", "area_id")


def _union(geometries: Sequence[bytes]) -> shapely.Geometry:
    return shapely.union_all(shapely.from_wkb(list(geometries)))
