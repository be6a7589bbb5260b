"""Readers of the files that come with the project (`packaged/`), which `package.py` has made."""

from __future__ import annotations

import io

import polars as pl

from sources.geography.given import COUNTS, PEOPLE, SHAPES, Given, shaped
from sources.states import FIPS


def read_zctas(content: bytes) -> Given:
    """ZIP code tabulation areas, as areas."""
    frame = pl.read_parquet(io.BytesIO(content)).with_columns(
        area_kind=pl.lit("zcta"), name="area_id", adults=pl.col("population") - pl.col("under_18")
    )
    return Given(counts=shaped(frame, COUNTS))


def sum_zctas(content: bytes) -> Given:
    """Counties as the sums of the ZCTAs that have most of their people there."""
    people = [name for name in PEOPLE if name != "age_12_17"]
    sums = (
        read_zctas(content)
        .counts.group_by("county_fips")
        .agg(pl.col(people).sum())
        .select(pl.lit("county").alias("area_kind"), pl.col("county_fips").alias("area_id"), *people)
        .with_columns(state=pl.col("area_id").str.head(2).replace_strict(FIPS))
    )
    return Given(counts=shaped(sums, COUNTS))


def read_areas(content: bytes) -> Given:
    """A CSV with columns of `COUNTS`, as they are named there."""
    frame = pl.read_csv(content, schema_overrides=dict(COUNTS))
    return Given(counts=shaped(frame, COUNTS))


def read_shapes(content: bytes) -> Given:
    """Boundaries as the table `boundary` holds them."""
    return Given(shapes=shaped(pl.read_parquet(io.BytesIO(content)), SHAPES))
