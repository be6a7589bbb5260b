"""Areas: who lives in each state, county, town and ZCTA, of which count, and what is known of ages."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipeline.stage.geography.ages import carried_over
from pipeline.stage.geography.boundaries import placed
from pipeline.stage.geography.ranking import KEY, offers, one_for_each_state
from sources.geography.files import Loaded
from sources.geography.given import PEOPLE

AGES = [name for name in PEOPLE if name != "population"]
ABOUT = ["name", "county_fips", "latitude", "longitude", "land_km2"]


def areas(loaded: Sequence[Loaded], boundary: pl.DataFrame) -> pl.DataFrame:
    """Rows as in the contract `area`; `boundary` as there."""
    counts = offers(loaded, lambda data: data.given.counts)
    members = _members(loaded, counts)
    counts = counts.drop("state").join(members.select(*KEY, "state"), on=KEY, maintain_order="left")
    known = counts.group_by(KEY, maintain_order=True).agg(
        pl.col(ABOUT).drop_nulls().first()
    )  # in order of rank
    people = one_for_each_state(counts.filter(pl.col("population").is_not_null()))
    ages = one_for_each_state(counts.filter(pl.col("under_18").is_not_null()))
    frame = (
        members.rename({"name": "own_name", "dataset_id": "named_by"})
        .join(known, on=KEY, how="left")
        .join(people.select(*KEY, "population", "dataset_id"), on=KEY, how="left")
        .join(ages.select(*KEY, *AGES, ages_dataset_id="dataset_id"), on=KEY, how="left", suffix="_there")
        .with_columns(
            name=pl.coalesce("own_name", "name"),
            dataset_id=pl.coalesce("dataset_id", "named_by"),
        )
    )
    return _with_states(_in_counties(_with_ages(frame), boundary))


def described_by(loaded: Sequence[Loaded]) -> set[str]:
    """The data sets that say how large areas are and where, which is not told again on each area."""
    counts = offers(loaded, lambda data: data.given.counts).filter(pl.col("land_km2").is_not_null())
    return set(counts.unique(KEY, keep="first", maintain_order=True)["dataset_id"])


def _members(loaded: Sequence[Loaded], counts: pl.DataFrame) -> pl.DataFrame:
    """Which areas there are, as the lowest data set names them, which knows them all: kind, id, name, state, data set."""
    shapes = offers(loaded, lambda data: data.given.shapes).filter(pl.col("area_kind") != "town")
    named = counts.filter(pl.col("area_kind").is_in(["town", "zcta"]), pl.col("name").is_not_null())
    columns = [*KEY, "name", "state", "dataset_id"]
    return pl.concat([shapes.select(columns), named.select(columns)]).unique(
        KEY, keep="last", maintain_order=True
    )


def _with_ages(frame: pl.DataFrame) -> pl.DataFrame:
    """Ages of the same count as they are; of another, carried over to these people."""
    there = {name: f"{name}_there" for name in AGES}
    same = pl.col("ages_dataset_id") == pl.col("dataset_id")
    exact = frame.select(*KEY, same.alias("same"), *AGES)
    scaled = carried_over(frame.rename(there))
    own = [pl.when("same").then(f"{name}_own").otherwise(name).alias(name) for name in AGES]
    return (
        scaled.join(exact.rename({name: f"{name}_own" for name in AGES}), on=KEY, how="left")
        .with_columns(
            *own, ages_dataset_id=pl.when(pl.col("population").is_not_null()).then("ages_dataset_id")
        )
        .with_columns(ages_dataset_id=pl.when(~pl.col("same")).then("ages_dataset_id"))
    )


def _in_counties(frame: pl.DataFrame, boundary: pl.DataFrame) -> pl.DataFrame:
    """A county is in itself; what its data set puts in a county that there is no longer is placed by its inner point."""
    counties = frame.filter(pl.col("area_kind") == "county")["area_id"]
    frame = frame.with_columns(
        county_fips=pl.when(pl.col("area_kind") == "county").then("area_id").otherwise("county_fips")
    )
    former = ~pl.col("county_fips").is_in(counties.to_list()) & pl.col("latitude").is_not_null()
    lost = frame.filter(former)
    if not lost.height:
        return frame
    now = placed(lost, boundary.filter(pl.col("area_kind") == "county"))
    return frame.update(lost.select(KEY).with_columns(county_fips=now), on=KEY)


def _with_states(frame: pl.DataFrame) -> pl.DataFrame:
    """States as the sums of their counties, as far as these are known; of ages, only where all of these are."""
    counties = frame.filter(pl.col("area_kind") == "county")
    with_people = pl.col("population").is_not_null()
    complete = [
        pl.when((with_people & pl.col(name).is_null()).any() | ~with_people.any())
        .then(None)
        .otherwise(pl.col(name).sum())
        .alias(name)
        for name in AGES
    ]
    sums = (
        counties.group_by("state")
        .agg(
            pl.when(with_people.any()).then(pl.col("population").sum()).alias("population"),
            *complete,
            pl.col("dataset_id").filter(with_people).first(),
            pl.col("ages_dataset_id").filter(with_people).first(),
        )
        .with_columns(area_kind=pl.lit("state"))
    )
    return frame.update(sums, on=["area_kind", "state"])
