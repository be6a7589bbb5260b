"""Tables of sex by age of the census (P12, PCT12) and the American Community Survey (B01001), by area.

The three have one layout: a total, then for each sex its total and its ages from the youngest. They come as the CSV
of data.census.gov (codes, then labels, then areas) or as the JSON of the Census API; both name areas by GEO_ID.
"""

from __future__ import annotations

import json
from typing import NamedTuple

import polars as pl

from sources.geography.delimited import read_delimited
from sources.geography.given import COUNTS, FormatError, Given, needs, shaped
from sources.states import FIPS

KINDS = {"050": "county", "060": "town", "150": "block_group", "860": "zcta"}  # summary level → kind of area
GEO_ID = r"^(\d{3})[0-9A-Z]{4}US(\d+)$"


class Layout(NamedTuple):
    """A table: its name, the letter after a column's number, and the age that each of a sex's columns begins with."""

    table: str
    suffix: str
    ages: tuple[int, ...]

    def column(self, number: int) -> str:
        return f"{self.table}_{number:03}{self.suffix}"

    def columns(self, youngest: int, below: int = 200) -> list[str]:
        """Those of both sexes of ages from `youngest` to under `below`."""
        first_of_sex = (3, 4 + len(self.ages))
        at = [n for n, age in enumerate(self.ages) if youngest <= age < below]
        return [self.column(first + n) for first in first_of_sex for n in at]


BANDS = (0, 5, 10, 15, 18, 20, 21, 22, *range(25, 65, 5), 62, 65, 67, *range(70, 90, 5))
B01001 = Layout("B01001", "E", BANDS)
P12 = Layout("P12", "N", BANDS)
PCT12 = Layout("PCT12", "N", (*range(101), 105, 110))


def read_b01001(content: bytes) -> Given:
    """Five-year estimates of the ACS. Raises FormatError."""
    return _read(content, B01001)


def read_p12(content: bytes) -> Given:
    """2020 census, Demographic and Housing Characteristics: ages in bands. Raises FormatError."""
    return _read(content, P12)


def read_pct12(content: bytes) -> Given:
    """The same by single years, so that ages from 12 to 17 are known. Raises FormatError."""
    return _read(content, PCT12)


def _read(content: bytes, layout: Layout) -> Given:
    total, minors = layout.column(1), layout.columns(0, 18)
    old, teens = layout.columns(65), layout.columns(12, 18)
    wanted = dict.fromkeys(["GEO_ID", total, *minors, *old])
    frame = _table(content, list(wanted)).filter(pl.col("GEO_ID").str.contains(GEO_ID))
    parts = pl.col("GEO_ID").str.extract_groups(GEO_ID).struct
    kind = parts.field("1").replace_strict(KINDS, default=None)
    people = [name for name in wanted if name != "GEO_ID"]
    frame = (
        frame.with_columns(area_kind=kind, area_id=parts.field("2"))
        .filter(pl.col("area_kind").is_not_null())
        .with_columns(_numbers(people))
    )
    if not frame.height:
        raise FormatError(
            "has no county, county subdivision, block group or ZCTA (GEO_ID 050…, 060…, 150…, 860…)"
        )
    under_18 = pl.sum_horizontal(minors, ignore_nulls=False)
    of_12 = pl.sum_horizontal(teens, ignore_nulls=False) if 12 in layout.ages else pl.lit(None, pl.Int64)
    counts = frame.select(
        "area_kind",
        "area_id",
        pl.when(pl.col("area_kind") != "zcta")
        .then(pl.col("area_id").str.head(2).replace_strict(FIPS, default=None))
        .alias("state"),
        pl.col(total).alias("population"),
        under_18.alias("under_18"),
        of_12.alias("age_12_17"),
        (pl.col(total) - under_18).alias("adults"),
        pl.sum_horizontal(old, ignore_nulls=False).alias("age_65_up"),
    )
    return Given(counts=shaped(counts, COUNTS))


def _table(content: bytes, columns: list[str]) -> pl.DataFrame:
    if not content.lstrip().startswith(b"["):
        return read_delimited(content, columns)
    try:
        header, *rows = json.loads(content)
        frame = pl.DataFrame(
            rows, schema=[str(name) for name in header], orient="row", infer_schema_length=None
        )
    except (ValueError, TypeError, pl.exceptions.PolarsError) as error:
        raise FormatError(f"is no answer of the Census API ({error})") from None
    return needs(frame, columns).select(pl.col(columns).cast(pl.String))


def _numbers(columns: list[str]) -> list[pl.Expr]:
    """Whole numbers; what the ACS writes for "no estimate" is negative, and null here."""
    number = pl.col(columns).cast(pl.Int64, strict=False)
    return [pl.when(number >= 0).then(number)]
