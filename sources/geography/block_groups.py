"""Centres of population of block groups, as the census publishes them."""

from __future__ import annotations

import polars as pl

from sources.geography.delimited import read_delimited
from sources.geography.given import COUNTS, POINTS, Given, shaped
from sources.states import FIPS

GEOID = {"STATEFP": 2, "COUNTYFP": 3, "TRACTCE": 6, "BLKGRPCE": 1}  # column → digits


def read_centres(content: bytes) -> Given:
    """`CenPop2020_Mean_BG*.txt`: a byte order mark, codes apart, coordinates with a sign. Counties are their sums.

    Raises FormatError.
    """
    frame = read_delimited(content, [*GEOID, "POPULATION", "LATITUDE", "LONGITUDE"])
    geoid = pl.concat_str(pl.col(name).str.zfill(digits) for name, digits in GEOID.items())
    points = frame.select(
        geoid.alias("point_id"),
        pl.col("STATEFP").str.zfill(2).replace_strict(FIPS, default=None).alias("state"),
        geoid.str.head(5).alias("county_fips"),
        pl.col("LATITUDE").str.strip_prefix("+").alias("latitude"),
        pl.col("LONGITUDE").str.strip_prefix("+").alias("longitude"),
        pl.col("POPULATION").alias("population"),
    )
    points = shaped(points, POINTS)
    counties = points.group_by("state", area_id="county_fips").agg(pl.col("population").sum())
    return Given(points=points, counts=shaped(counties.with_columns(area_kind=pl.lit("county")), COUNTS))
