"""County population estimates by age and sex (`cc-est…-agesex`), of the Population Estimates Program."""

from __future__ import annotations

import polars as pl

from sources.geography.delimited import read_delimited
from sources.geography.given import COUNTS, FormatError, Given, shaped
from sources.states import FIPS

BASE = 2018  # code 1 is the estimates base of April 2020, 2 is July 2020, 3 is July 2021 …


def read_estimates(content: bytes) -> Given:
    """The counties at the vintage's last July, both sexes, everybody and under 18 and over 64. Raises FormatError."""
    columns = ["STATE", "COUNTY", "YEAR", "POPESTIMATE", "AGE18PLUS_TOT", "AGE65PLUS_TOT"]
    frame = read_delimited(content, columns)
    last = max(frame["YEAR"].cast(pl.Int64, strict=False).drop_nulls(), default=None)
    if last is None:
        raise FormatError("holds no code of a year in its column YEAR")
    frame = frame.filter(pl.col("YEAR") == str(last))
    people = [pl.col(name).cast(pl.Int64, strict=False) for name in columns[3:]]
    everybody, adults, old = people
    geoid = pl.col("STATE").str.zfill(2) + pl.col("COUNTY").str.zfill(3)
    counts = frame.select(
        pl.lit("county").alias("area_kind"),
        geoid.alias("area_id"),
        geoid.str.head(2).replace_strict(FIPS, default=None).alias("state"),
        everybody.alias("population"),
        (everybody - adults).alias("under_18"),
        adults.alias("adults"),
        old.alias("age_65_up"),
    )
    return Given(counts=shaped(counts, COUNTS), year=BASE + last)
