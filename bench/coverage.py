"""How fast distances and accessibility are, beside the ways without a tree: `python bench/coverage.py [--points FILE]`;
and how long the reports of a release take: `python bench/coverage.py --release FILE [--state MA]`.

As many points as the country has block groups are strewn around its ZIP codes (or read: a Parquet file with `lat`, `lon`),
and sites at some of them. The nearest site of a sample of points is found by the tree, by every distance in numpy, and by a
join in DuckDB; the three must agree, or the run ends. Then everything that is asked of one target, for all points.

Of a release: the report of one state, then those of all with their index, each with pages, maps and files; memory is the most
that the process had until then.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import duckdb
import numpy as np
import zipcodes
from numpy.typing import NDArray

from warehouse.coverage.measure.nearest import EARTH_KM, Nearest, unit_vectors
from warehouse.coverage.measure.reach import grouped, reach_of_groups, reach_of_points
from warehouse.coverage.measure.settings import measures
from warehouse.coverage.measure.travel import StraightLines, Unit
from warehouse.coverage.publish import write_report, write_reports

POINTS, SITES, SAMPLE, OPERATORS = 242_335, 5_700, 10_000, 2_000
KM = f"""2 * {EARTH_KM} * asin(sqrt(pow(sin(radians(site.lat - point.lat) / 2), 2) + cos(radians(point.lat))
    * cos(radians(site.lat)) * pow(sin(radians(site.lon - point.lon) / 2), 2)))"""
Floats = NDArray[np.float64]
T = TypeVar("T")


def strewn(chance: np.random.Generator) -> Floats:
    """Latitude and longitude of made-up points, some kilometres around ZIP codes."""
    known = [z for z in zipcodes.list_all() if z["zip_code_type"] == "STANDARD" and z["lat"] and z["long"]]
    centres = np.array([(float(z["lat"]), float(z["long"])) for z in known])
    return np.asarray(
        centres[chance.integers(len(centres), size=POINTS)] + chance.normal(0, 0.05, (POINTS, 2))
    )


def read(file: str) -> Floats:
    """Points of a Parquet file."""
    with duckdb.connect() as con:
        found = con.execute("SELECT lat, lon FROM read_parquet(?)", [file]).fetchnumpy()
    return np.column_stack((found["lat"], found["lon"]))


def by_tree(points: Floats, sites: Floats) -> Floats:
    return Nearest(*sites.T).distances_km(*points.T)[:, 0]


def by_numpy(points: Floats, sites: Floats) -> Floats:
    """Every distance, some points at a time."""
    there = unit_vectors(*sites.T).T
    parts = np.array_split(unit_vectors(*points.T), 1 + len(points) // 1_000)
    return EARTH_KM * np.concatenate(
        [np.arccos(np.clip((part @ there).max(axis=1), -1, 1)) for part in parts]
    )


def by_join(points: Floats, sites: Floats) -> Floats:
    """Every distance, in DuckDB."""
    with duckdb.connect() as con:
        for name, rows in (("point", points), ("site", sites)):
            columns = {"number": np.arange(len(rows)), "lat": rows[:, 0].copy(), "lon": rows[:, 1].copy()}
            con.register("given", columns)
            con.execute(f"CREATE TABLE {name} AS FROM given")
        found = con.execute(
            f"SELECT min({KM}) AS km FROM point, site GROUP BY point.number ORDER BY point.number"
        )
        return np.asarray(found.fetchnumpy()["km"])


def timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def memory() -> str:
    """The most that this process had."""
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB at most"


def reports(release: Path, state: str) -> None:
    """Writes them into a folder that passes."""
    with tempfile.TemporaryDirectory() as folder:
        one, seconds = timed(lambda: write_report(release, state, Path(folder) / state))
        print(f"report of {state}     {seconds:8.3f} s  page of {one.size / 1e6:.2f} MB, {memory()}")
        every, seconds = timed(lambda: write_reports(release, Path(folder) / "all"))
        largest = max(written.size for written in every) / 1e6
        print(f"of {len(every) - 1:3} states     {seconds:8.3f} s  largest page {largest:.2f} MB, {memory()}")


def distances(file: str | None) -> None:
    """Points of a file, or made up, and made-up sites."""
    chance = np.random.default_rng(20)
    points = read(file) if file else strewn(chance)
    sites = points[chance.choice(len(points), SITES, replace=False)] + chance.normal(0, 0.01, (SITES, 2))
    sample = points[chance.choice(len(points), SAMPLE, replace=False)]
    print(f"nearest of {SITES:,} sites to {SAMPLE:,} points")
    found, tree = timed(lambda: by_tree(sample, sites))
    print(f"  tree          {tree:8.3f} s")
    for name, way in (("numpy", by_numpy), ("DuckDB join", by_join)):
        other, seconds = timed(lambda way=way: way(sample, sites))  # type: ignore[misc]
        if not np.allclose(found, other, rtol=0, atol=1e-3):
            raise SystemExit(f"{name} and the tree disagree by {np.abs(found - other).max()} km")
        print(f"  {name:<13} {seconds:8.3f} s  {seconds / tree:6.0f} × the tree")
    print(f"{len(points):,} points × {SITES:,} sites")
    _, seconds = timed(lambda: by_tree(points, sites))
    print(f"  nearest       {seconds:8.3f} s")
    lines = StraightLines(*points.T, Nearest(*sites.T))
    people = chance.integers(0, 3_000, len(points))
    operators = chance.integers(0, OPERATORS, SITES).tolist()
    reach, seconds = timed(lambda: reach_of_points(lines, people, operators, measures()[Unit.KM]))
    print(f"  one target    {seconds:8.3f} s  nearest, choice and E2SFCA of every point")
    counties = chance.integers(0, 3_144, len(points)).tolist()
    _, seconds = timed(lambda: reach_of_groups(reach, grouped(counties)))
    print(f"  by county     {seconds:8.3f} s")
    print(f"  memory        {memory()}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", help="Parquet file with lat and lon; without one, points are made up")
    parser.add_argument("--release", type=Path, help="a release file: its reports are timed instead")
    parser.add_argument("--state", default="MA", help="state of the single report (default: MA)")
    given = parser.parse_args()
    if given.release:
        reports(given.release, given.state)
    else:
        distances(given.points)


if __name__ == "__main__":
    main()
