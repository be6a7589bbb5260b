"""Gazetteer files of the Census Bureau: names, land areas and inner points, without people."""

from __future__ import annotations

import polars as pl

from sources.geography.delimited import read_delimited
from sources.geography.given import COUNTS, Given, shaped

TOWN_STATES = ("CT", "ME", "MA", "NH", "RI", "VT")  # New England: county subdivisions that govern
NO_TOWN = "00000"  # code of what no subdivision covers: water
KIND_OF_TOWN = r"( Town)? (town|city|plantation|township|gore|grant|location|purchase|UT)$"


def read_towns(content: bytes) -> Given:
    """County subdivisions of New England. Raises FormatError."""
    found = pl.col("state").is_in(TOWN_STATES) & (pl.col("area_id").str.tail(5) != NO_TOWN)
    towns = _areas(content, "town").filter(found)
    return Given(
        counts=towns.with_columns(
            pl.col("name").str.replace(KIND_OF_TOWN, ""), county_fips=pl.col("area_id").str.head(5)
        )
    )


def read_counties(content: bytes) -> Given:
    """Counties and what stands for them. Raises FormatError."""
    return Given(counts=_areas(content, "county"))


def _areas(content: bytes, kind: str) -> pl.DataFrame:
    separator = "|" if b"|" in content[:200] else "\t"  # newer files have bars
    frame = read_delimited(content, ["USPS", "GEOID", "NAME", "ALAND", "INTPTLAT", "INTPTLONG"], separator)
    areas = frame.select(
        pl.lit(kind).alias("area_kind"),
        pl.col("GEOID").alias("area_id"),
        pl.col("NAME").alias("name"),
        pl.col("USPS").alias("state"),
        pl.col("INTPTLAT").alias("latitude"),
        pl.col("INTPTLONG").alias("longitude"),
        pl.col("ALAND").cast(pl.Float64, strict=False).truediv(1e6).alias("land_km2"),
    )
    return shaped(areas, COUNTS)
