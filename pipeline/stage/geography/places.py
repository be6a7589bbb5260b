"""Places that people name: ZIP codes, cities and towns, counties and states of the whole country."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import polars as pl

import sources.geography
from pipeline.normalize.place import STATES, all_zips, city_key
from sources.states import other_names

WORDS = Path(sources.geography.__file__).parent / "county_words.csv"
INDEPENDENT = 510  # from this county code on, an area of Virginia is a city that no county holds
COLUMNS = ("name", "display_name", "place_id", "geoid", "state", "county_fips")


def places(area: pl.DataFrame) -> pl.DataFrame:
    """Rows as in the contract `place`; `area` as there."""
    zips = _zips(area)
    frames = [_of_states(area), _of_counties(area), _of_towns(area, zips), _of_zips(zips)]
    return (
        pl.concat(frames, how="diagonal")
        .unique("place_id", keep="first", maintain_order=True)  # the post has towns called "Adams County"
        .with_columns(
            pl.col("latitude", "longitude").round(5),
            dataset_id=pl.when(pl.col("population").is_not_null()).then("dataset_id"),
        )
    )


def _zips(area: pl.DataFrame) -> pl.DataFrame:
    """Every ZIP code that has a point, with all its names, and what the census knows of its area."""
    known = [z for z in all_zips() if z.has_point]
    post = pl.DataFrame(
        {
            "zip": [z.zip for z in known],
            "state": [z.state for z in known],
            "cities": ["|".join(z.cities) for z in known],  # as lists polars takes ten times as long
            "post_latitude": [z.latitude for z in known],
            "post_longitude": [z.longitude for z in known],
        }
    ).with_columns(pl.col("cities").str.split("|"))
    zctas = _kind(area, "zcta").select(
        zip="area_id",
        geoid="area_id",
        county_fips="county_fips",
        latitude="latitude",
        longitude="longitude",
        population="population",
        dataset_id="dataset_id",
    )
    return post.join(zctas, on="zip", how="left", maintain_order="left").with_columns(
        latitude=pl.coalesce("latitude", "post_latitude"),
        longitude=pl.coalesce("longitude", "post_longitude"),
    )


def _of_zips(zips: pl.DataFrame) -> pl.DataFrame:
    city = pl.col("cities").list.first()
    return zips.select(
        *COLUMNS[3:],
        "latitude",
        "longitude",
        "population",
        "dataset_id",
        place_kind=pl.lit("zip"),
        place_id="zip",
        name="zip",
        display_name=pl.format("{}, {} {}", city, "state", "zip"),
    )


def _of_towns(area: pl.DataFrame, zips: pl.DataFrame) -> pl.DataFrame:
    """Towns of the census, and names of the post, met by name and state. A name that is no ZIP code's first has no people."""
    named = (
        zips.with_columns(first=pl.col("cities").list.first()).explode("cities").rename({"cities": "name"})
    )
    named = named.with_columns(own=pl.col("name") == pl.col("first"), key=_keys(pl.col("name")))
    # where a name is some ZIP codes' own, those that merely know it do not move it
    named = named.filter(pl.col("own") | ~pl.col("own").any().over("key", "state"))
    counties = pl.col("county_fips").unique()
    posted = named.group_by("key", "state", maintain_order=True).agg(
        pl.col("name").mode().sort().first(),
        _middle("latitude"),
        _middle("longitude"),
        pl.when(counties.len() == 1).then(counties.first()).alias("county_fips"),
        pl.when(pl.col("own").all() & pl.col("population").is_not_null().any())
        .then(pl.col("population").sum())
        .alias("population"),
        pl.col("dataset_id").drop_nulls().first(),
    )
    towns = _kind(area, "town").with_columns(key=_keys(pl.col("name")), geoid="area_id")
    known = ("name", "county_fips", "latitude", "longitude", "population", "dataset_id")
    joined = towns.select("key", "state", "geoid", *known).join(
        posted, on=["key", "state"], how="full", coalesce=True, suffix="_posted"
    )
    return joined.with_columns(pl.coalesce(name, f"{name}_posted").alias(name) for name in known).select(
        "geoid",
        "state",
        *known,
        place_kind=pl.lit("town"),
        place_id=_slug(pl.format("{} {}", "name", "state")),
        display_name=pl.format("{}, {}", "name", "state"),
    )


def _of_counties(area: pl.DataFrame) -> pl.DataFrame:
    counties = _with_points(_kind(area, "county"), area, "county_fips")
    word = pl.struct("state", "area_id").map_elements(
        lambda row: _word(row["state"], row["area_id"]), return_dtype=pl.String
    )
    named = counties.with_columns(word=word, geoid="area_id")
    called = pl.when(pl.col("word") == "").then("name").otherwise(pl.format("{} {}", "name", "word"))
    slugged = pl.when(pl.col("word") == "").then(pl.format("{} county", "name")).otherwise(called)
    return named.select(
        "geoid",
        "state",
        "county_fips",
        "latitude",
        "longitude",
        "population",
        "dataset_id",
        name=called,
        place_kind=pl.lit("county"),
        place_id=_slug(pl.format("{} {}", slugged, "state")),
        display_name=pl.format("{}, {}", called, "state"),
    )


def _of_states(area: pl.DataFrame) -> pl.DataFrame:
    states = _with_points(_kind(area, "state"), area, "state")
    others = pl.col("state").replace_strict(
        {code: [code.lower(), *other_names(code)] for code in STATES}, return_dtype=pl.List(pl.String)
    )
    return states.select(
        "name",
        "state",
        "latitude",
        "longitude",
        "population",
        "dataset_id",
        other_names=others,
        geoid="area_id",
        place_kind=pl.lit("state"),
        place_id=_slug(pl.col("name")),
        display_name="name",
    )


def _kind(area: pl.DataFrame, kind: str) -> pl.DataFrame:
    return area.filter(pl.col("area_kind") == kind)


def _with_points(areas: pl.DataFrame, area: pl.DataFrame, of: str) -> pl.DataFrame:
    """Areas without an inner point have the middle of the people of their ZCTAs."""
    middles = (
        _kind(area, "zcta")
        .drop_nulls([of, "latitude"])
        .group_by(of)
        .agg(_middle("latitude").alias("latitude_there"), _middle("longitude").alias("longitude_there"))
    )
    return areas.join(middles, on=of, how="left", maintain_order="left").with_columns(
        pl.coalesce(name, f"{name}_there").alias(name) for name in ("latitude", "longitude")
    )


def _middle(degrees: str) -> pl.Expr:
    """The mean of a group, by people where some are known. No state but Alaska's islands crosses the antimeridian."""
    people = pl.col("population").fill_null(0)
    return (
        pl.when(people.sum() > 0)
        .then((pl.col(degrees) * people).sum() / people.sum())
        .otherwise(pl.col(degrees).mean())
        .alias(degrees)
    )


def _keys(names: pl.Expr) -> pl.Expr:
    return names.map_elements(city_key, return_dtype=pl.String)


def _slug(words: pl.Expr) -> pl.Expr:
    plain = words.str.normalize("NFKD").str.to_lowercase().str.replace_all(r"[^a-z0-9 -]", "")
    return plain.str.strip_chars().str.replace_all(r"[ -]+", "-")


def _word(state: str, area_id: str) -> str:
    words = _words()
    independent = state == "VA" and int(area_id[2:]) >= INDEPENDENT
    return words.get((state, area_id), "city" if independent else words.get((state, ""), "County"))


@cache
def _words() -> Mapping[tuple[str, str], str]:
    """What counties are called where it is not County: by state, and by area where one differs."""
    with WORDS.open(encoding="utf-8", newline="") as file:
        return {(row["state"], row["area_id"]): row["word"] for row in csv.DictReader(file)}
