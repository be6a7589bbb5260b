"""Census counts and boundaries as others have compiled them to plain tables; the readers of one such folder."""

from __future__ import annotations

import io

import polars as pl
import shapely

from sources.geography.delimited import read_delimited
from sources.geography.given import COUNTS, POINTS, SHAPES, FormatError, Given, needs, shaped
from sources.geography.topojson import Shape, TopologyError, read_topology
from sources.states import FIPS

LAND = pl.col("aland_m2").cast(pl.Float64, strict=False).truediv(1e6).alias("land_km2")
OBJECTS = {"towns": ("town", "geoid", "town"), "counties": ("county", "county_fips", "county")}
"""Object of the topology → kind of area, and its properties for the id and the name."""


def read_points(content: bytes) -> Given:
    """Centres of population of block groups without their GEOIDs. Raises FormatError."""
    try:
        frame = pl.read_parquet(io.BytesIO(content))
    except pl.exceptions.PolarsError as error:
        raise FormatError(f"is no Parquet file ({str(error).splitlines()[0]})") from None
    frame = needs(frame, ["state", "lat", "lon", "pop2020"])
    return Given(
        points=shaped(frame.rename({"lat": "latitude", "lon": "longitude", "pop2020": "population"}), POINTS)
    )


def read_county_ages(content: bytes) -> Given:
    """Counties with everybody, adults and people of 65 and older. Raises FormatError."""
    frame = read_delimited(content, ["county_fips", "pop", "pop_18_up", "pop_65_up"])
    people = frame.with_columns(pl.col("pop", "pop_18_up", "pop_65_up").cast(pl.Int64, strict=False))
    counts = people.select(
        pl.lit("county").alias("area_kind"),
        pl.col("county_fips").alias("area_id"),
        _state("county_fips"),
        pl.col("pop").alias("population"),
        (pl.col("pop") - pl.col("pop_18_up")).alias("under_18"),
        pl.col("pop_18_up").alias("adults"),
        pl.col("pop_65_up").alias("age_65_up"),
    )
    return Given(counts=shaped(counts, COUNTS))


def read_counties(content: bytes) -> Given:
    """Counties with people and land. Raises FormatError."""
    frame = read_delimited(content, ["county_fips", "county", "pop2020", "aland_m2"])
    counts = frame.select(
        pl.lit("county").alias("area_kind"),
        pl.col("county_fips").alias("area_id"),
        pl.col("county").alias("name"),
        _state("county_fips"),
        LAND,
        pl.col("pop2020").alias("population"),
    )
    return Given(counts=shaped(counts, COUNTS))


def read_towns(content: bytes) -> Given:
    """Towns with people, land and inner points. Raises FormatError."""
    columns = ["geoid", "town", "county_fips", "pop2020", "aland_m2", "intpt_lat", "intpt_lon"]
    counts = read_delimited(content, columns).select(
        pl.lit("town").alias("area_kind"),
        pl.col("geoid").alias("area_id"),
        pl.col("town").alias("name"),
        _state("geoid"),
        "county_fips",
        pl.col("intpt_lat").alias("latitude"),
        pl.col("intpt_lon").alias("longitude"),
        LAND,
        pl.col("pop2020").alias("population"),
    )
    return Given(counts=shaped(counts, COUNTS))


def read_boundaries(content: bytes) -> Given:
    """Boundaries of towns and counties of one state. Raises FormatError."""
    try:
        topology = read_topology(content)
    except TopologyError as error:
        raise FormatError(str(error)) from None
    known = [(*OBJECTS[name], shapes) for name, shapes in topology.items() if name in OBJECTS]
    if not known:
        raise FormatError(f"has none of the objects {', '.join(OBJECTS)}")
    rows = [_row(kind, shape, key, name) for kind, key, name, shapes in known for shape in shapes]
    return Given(shapes=pl.DataFrame(rows, schema=SHAPES, orient="row"))


def _row(
    kind: str, shape: Shape, key: str, name: str
) -> tuple[str, str, str | None, str | None, bytes | None]:
    area_id = str(shape.properties.get(key) or shape.id or "")
    if area_id[:2] not in FIPS:
        raise FormatError(f"has a {kind} without a GEOID in its property {key}")
    drawn = shapely.to_wkb(shape.geometry) if shape.geometry else None
    return kind, area_id, shape.properties.get(name), FIPS[area_id[:2]], drawn


def _state(geoid: str) -> pl.Expr:
    return pl.col(geoid).str.head(2).replace_strict(FIPS, default=None).alias("state")
