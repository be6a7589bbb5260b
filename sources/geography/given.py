"""What a file of geography gives, whatever its format: counts of areas, points where people live, boundaries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

PEOPLE: dict[str, type[pl.DataType]] = dict.fromkeys(
    ("population", "under_18", "age_12_17", "adults", "age_65_up"), pl.Int64
)
COUNTS = pl.Schema(
    {"area_kind": pl.String, "area_id": pl.String, "name": pl.String, "state": pl.String}
    | {"county_fips": pl.String, "latitude": pl.Float64, "longitude": pl.Float64, "land_km2": pl.Float64}
    | PEOPLE
)
"""One row an area; `area_kind` as in the contract `area`, and `block_group` (ages of points). Unknown is null."""
POINTS = pl.Schema(
    {"point_id": pl.String, "state": pl.String, "county_fips": pl.String}
    | {"latitude": pl.Float64, "longitude": pl.Float64, "population": pl.Int64}
)
"""One row a block group's centre of population."""
SHAPES = pl.Schema(
    {
        "area_kind": pl.String,
        "area_id": pl.String,
        "name": pl.String,
        "state": pl.String,
        "geometry": pl.Binary,
    }
)
"""One row an area; `geometry` as in the contract `boundary`, null where generalising has left nothing of it."""


class FormatError(ValueError):
    """What is wrong with a file's content, in one line without its name."""


@dataclass(frozen=True)
class Given:
    """Three tables, of the schemas above; most files fill one. `year`: the vintage, where the content says it."""

    counts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=COUNTS))
    points: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=POINTS))
    shapes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SHAPES))
    year: int | None = None

    @property
    def rows(self) -> int:
        return self.counts.height + self.points.height + self.shapes.height


def together(parts: Iterable[Given]) -> Given:
    """What several files of one data set give: a state each, say. What two of them tell is told once."""
    given = list(parts)
    if len(given) == 1:
        return given[0]
    points = pl.concat(g.points for g in given)
    named = pl.col("point_id").is_not_null()
    return Given(
        _once(pl.concat(g.counts for g in given), ["area_kind", "area_id"]),
        pl.concat([_once(points.filter(named), ["point_id"]), points.filter(~named)]),
        _once(pl.concat(g.shapes for g in given), ["area_kind", "area_id"]),
    )


def _once(frame: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    return frame.unique(key, keep="first", maintain_order=True)


def shaped(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """The columns of a schema in its order and types; those that the frame lacks are null.

    Raises FormatError where a value is none of its column's type, or out of its bounds.
    """
    columns = [
        pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, kind).alias(name)
        for name, kind in schema.items()
    ]
    try:
        result = frame.select(columns)
    except pl.exceptions.PolarsError as error:
        raise FormatError(f"holds a value of the wrong type ({str(error).splitlines()[0]})") from None
    for name, least, most in (("latitude", -90, 90), ("longitude", -180, 180), ("population", 0, 10**9)):
        if name in schema and not result[name].drop_nulls().is_between(least, most).all():
            raise FormatError(f"holds a {name} that is not from {least} to {most}")
    return result


def needs(frame: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """The frame, if it has these columns. Raises FormatError."""
    if missing := [name for name in columns if name not in frame.columns]:
        found = ", ".join(frame.columns[:8]) or "nothing"
        raise FormatError(f"has no column {', '.join(missing)} (it begins with {found})")
    if not frame.height:
        raise FormatError("has no rows")
    return frame
