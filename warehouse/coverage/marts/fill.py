"""Fills the marts that distances are counted for: `coverage_reach`, `coverage_gap`, `coverage_adequacy`, `coverage_sensitivity`.

The models have laid out which places are the sites of each target, and where somebody could tell (`models/87_reach.sql`).
"""

from __future__ import annotations

import math
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from warehouse.contracts import release_tables
from warehouse.coverage.marts.gaps import find_gaps, read_places
from warehouse.coverage.marts.points import Points, Sites, lines, read_points, read_sites, read_towns
from warehouse.coverage.marts.sensitivity import sensitivity
from warehouse.coverage.measure.adequacy import Standard, adequacy, read_standard
from warehouse.coverage.measure.nearest import Nearest
from warehouse.coverage.measure.reach import (
    Grouping,
    GroupReach,
    PointReach,
    grouped,
    reach_of_groups,
    reach_of_points,
)
from warehouse.coverage.measure.settings import Measure, measures
from warehouse.coverage.measure.travel import Unit
from warehouse.sql import literal, quoted

TARGETS = "SELECT target, people_kind FROM policy.target ORDER BY target"
ASKED = "SELECT state FROM work.target_asked WHERE target = ?"
COUNTIES = "SELECT area_id, population, land_km2 FROM area WHERE area_kind = 'county'"
INNER = """SELECT area_kind, area_id, latitude, longitude FROM area
    WHERE area_kind IN ('county', 'town') AND latitude IS NOT NULL"""
STATES = "SELECT state, state_fips FROM work.state_area"
BROADEST = "any"  # the target whose figures are tried for what they depend on

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Target:
    """A target with its sites, and the states in which somebody could tell whether there are any."""

    name: str
    people_kind: str
    sites: Sites
    asked: frozenset[str]
    inner_km: Mapping[
        tuple[str, str], float
    ]  # kind and GEOID of an area → way from its inner point, if any site is known

    def is_known(self, state: str) -> bool:
        """Whether figures can be told: else nobody asked, and none is not 0."""
        return state in self.asked


@dataclass(frozen=True, slots=True)
class _Ground:
    """What is the same for all targets: where people live, and the areas that they are counted in."""

    points: Points
    towns: Points
    groups: Mapping[str, Grouping]  # kind of area → points of each
    fips: Mapping[str, str]  # of states
    areas: Mapping[Any, tuple[float | None, float | None]]  # people and land of counties
    inner: Sequence[Row]  # kind, GEOID, latitude and longitude of inner points


def fill_marts(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill them in a build whose models have run; without geography they stay empty."""
    ground, measure, standard = _ground(connection), measures()[Unit.KM], read_standard()
    if not len(ground.points):
        return
    found: dict[str, list[Row]] = {"reach": [], "adequacy": [], "gap": [], "sensitivity": []}
    for name, people_kind in connection.execute(TARGETS).fetchall():
        target = _target(connection, name, people_kind, ground)
        kind, people = ground.points.people(people_kind)
        reach = reach_of_points(
            lines(ground.points, target.sites), people, target.sites.operator.tolist(), measure
        )
        found["reach"] += _reach_rows(target, ground, reach, kind)
        found["reach"] += _town_rows(target, ground.towns, measure)
        found["adequacy"] += _adequacy_rows(target, ground, reach, standard)
        maybe = read_places(connection, name)
        found["gap"] += find_gaps(name, ground.points, reach, target.sites, maybe, target.asked, measure)
        if name == BROADEST:
            found["sensitivity"] += sensitivity(ground.points, target.sites, measure)
    for mart, rows in found.items():
        _insert(connection, f"coverage_{mart}", rows)


def _ground(connection: duckdb.DuckDBPyConnection) -> _Ground:
    points = read_points(connection)
    fips = dict(connection.execute(STATES).fetchall())
    labels = {
        "state": [fips.get(state) for state in points.state],
        "county": points.county.tolist(),
        "town": points.town.tolist(),
    }
    return _Ground(
        points,
        read_towns(connection),
        {kind: grouped(of) for kind, of in labels.items()},
        fips,
        {area: (people, land) for area, people, land in connection.execute(COUNTIES).fetchall()},
        connection.execute(INNER).fetchall(),
    )


def _target(connection: duckdb.DuckDBPyConnection, name: str, people_kind: str, ground: _Ground) -> _Target:
    asked = frozenset(state for (state,) in connection.execute(ASKED, [name]).fetchall())
    sites = read_sites(connection, name)
    latitudes, longitudes = ([row[column] for row in ground.inner] for column in (2, 3))
    km = Nearest(sites.latitude, sites.longitude).distances_km(latitudes, longitudes)[:, 0].tolist()
    ways = zip(ground.inner, km, strict=True)
    inner_km = {(kind, area): way for (kind, area, *_), way in ways if math.isfinite(way)}
    return _Target(name, people_kind, sites, asked, inner_km)


def _reach_rows(target: _Target, ground: _Ground, reach: PointReach, kind: str) -> Iterator[Row]:
    """Rows of states, counties and towns."""
    points, sites = ground.points, target.sites
    of_sites: Mapping[str, Iterable[Any]] = {
        "state": [ground.fips.get(s) for s in sites.state],
        "county": sites.county,
        "town": sites.town,
    }
    for area_kind, groups in ground.groups.items():
        here = Counter(of_sites[area_kind])
        for group, at in zip(reach_of_groups(reach, groups), groups.first, strict=True):
            if group.group is not None:
                where = (points.state[at], area_kind, group.group)
                of = (points.kind[at], points.dataset[at])
                yield _reach_row(target, where, kind, group, here[group.group], of)


def _town_rows(target: _Target, towns: Points, measure: Measure) -> Iterator[Row]:
    """Towns of which no smaller points are known, by their inner points."""
    if not len(towns):
        return
    kind, people = towns.people(target.people_kind)
    reach = reach_of_points(lines(towns, target.sites), people, target.sites.operator.tolist(), measure)
    sites = Counter(target.sites.town)
    for at, group in enumerate(reach_of_groups(reach, grouped(towns.town.tolist()))):
        where = (towns.state[at], "town", group.group)
        of = (towns.kind[at], towns.dataset[at])
        yield _reach_row(target, where, kind, group, sites[group.group], of)


def _reach_row(
    target: _Target, where: Row, kind: str, group: GroupReach, sites: int, of: tuple[str, str]
) -> Row:
    """In the order of the contract. Where nobody could tell there are no figures."""
    figures: Sequence[Any] = (
        sites,
        group.median,
        group.p90,
        target.inner_km.get((where[1], where[2])),
        *group.within.values(),
        group.choice,
        # a town's inner point stands for nobody around it: what is shared with whom is not known
        None if of[0] == "inner_point" else group.accessibility,
    )
    counts = figures if target.is_known(where[0]) else [None] * len(figures)
    return (target.name, *where, kind, group.people, *counts, str(group.basis), *of)


def _adequacy_rows(target: _Target, ground: _Ground, reach: PointReach, standard: Standard) -> Iterator[Row]:
    groups = ground.groups["county"]
    state = dict(zip(groups.labels, ground.points.state[groups.first], strict=True))
    for county in adequacy(standard, reach, groups, ground.areas):
        kind, fips = county.county_type, county.county_fips
        yield (
            *(target.name, state[fips], fips, standard.title),
            *((kind.verified, kind.title, county.limit, kind.min_share) if kind else (None,) * 4),
            *((county.share, county.meets) if target.is_known(state[fips]) else (None, None)),
        )


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Row]) -> None:
    """By way of a Parquet file: that takes a tenth of the time of a statement that holds the values."""
    frame = pl.DataFrame(list(rows), schema=release_tables()[table].polars_schema, orient="row", strict=False)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.parquet"
        frame.write_parquet(file)
        connection.execute(f"INSERT INTO {quoted(table)} FROM read_parquet({literal(str(file))})")
