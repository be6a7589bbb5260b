"""Points where people live: of each state the finest that is loaded, all of it or none."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipeline.stage.geography.ages import OF_AGE, carried_over
from pipeline.stage.geography.boundaries import placed
from pipeline.stage.geography.ranking import offers, one_for_each_state
from sources.geography.files import Loaded

AGES = [*OF_AGE, "adults"]
PLACE = ["point_id", "point_kind", "state", "county_fips", "latitude", "longitude", "population"]


def points(loaded: Sequence[Loaded], area: pl.DataFrame, boundary: pl.DataFrame) -> pl.DataFrame:
    """Rows as in the contract `population_point`; `area` and `boundary` as there. Points where nobody lives are left out."""
    centres = _centres(loaded)
    zctas = area.filter(
        pl.col("area_kind") == "zcta",
        pl.col("latitude").is_not_null(),
        ~pl.col("state").is_in(centres["state"].unique().to_list()),
    )
    of_zctas = zctas.select(
        *(
            pl.col({"point_id": "area_id", "point_kind": "area_kind"}.get(name, name)).alias(name)
            for name in PLACE
        ),
        *AGES,
        "dataset_id",
    )
    of_groups = _with_ages(_in_counties(centres, area, boundary), loaded, area)
    frame = pl.concat([of_zctas, of_groups.select(of_zctas.columns)]).filter(pl.col("population") > 0)
    towns = boundary.filter(pl.col("area_kind") == "town")
    return frame.with_columns(town_geoid=placed(frame, towns))


def _centres(loaded: Sequence[Loaded]) -> pl.DataFrame:
    """Block groups; those that have no GEOID are numbered within their state, in the order of their file."""
    offered = offers(loaded, lambda data: data.given.points).with_columns(area_kind=pl.lit("block_group"))
    best = offered.group_by("state").agg(pl.col("rank").min())
    running = pl.int_range(1, pl.len() + 1).over("state").cast(pl.String).str.zfill(5)
    return offered.join(best, on=["state", "rank"], maintain_order="left").with_columns(
        point_id=pl.coalesce("point_id", pl.col("state") + "-" + running), point_kind="area_kind"
    )


def _in_counties(centres: pl.DataFrame, area: pl.DataFrame, boundary: pl.DataFrame) -> pl.DataFrame:
    """County codes that there are no longer (Connecticut's), or that are not given, by boundary."""
    counties = area.filter(pl.col("area_kind") == "county")["area_id"].to_list()
    known = pl.col("county_fips").is_in(counties).fill_null(value=False)
    lost = centres.filter(~known)
    if not lost.height:
        return centres
    now = placed(lost, boundary.filter(pl.col("area_kind") == "county"))
    return pl.concat([centres.filter(known), lost.with_columns(county_fips=now)])


def _with_ages(centres: pl.DataFrame, loaded: Sequence[Loaded], area: pl.DataFrame) -> pl.DataFrame:
    """Ages of the block group itself where a table has them, else by the shares of its county."""
    own = one_for_each_state(
        offers(loaded, lambda data: data.given.counts).filter(
            pl.col("area_kind") == "block_group", pl.col("under_18").is_not_null()
        )
    ).select(*(pl.col(name).alias(f"{name}_own") for name in AGES), point_id="area_id")
    county = area.filter(pl.col("area_kind") == "county")
    shares = county.select(*(pl.col(name).alias(f"{name}_county") for name in AGES), county_fips="area_id")
    there = [
        pl.when(pl.col("under_18_own").is_not_null())
        .then(f"{name}_own")
        .otherwise(f"{name}_county")
        .alias(f"{name}_there")
        for name in AGES
    ]
    frame = centres.join(own, on="point_id", how="left").join(shares, on="county_fips", how="left")
    return carried_over(frame.with_columns(there))
