"""Fills the marts that distances are counted for: `coverage_reach`, `coverage_gap`, `coverage_adequacy`, `coverage_sensitivity`.

The models have laid out which places are the sites of each target, and where somebody could tell (`models/87_reach.sql`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from warehouse.coverage.marts.gaps import find_gaps, read_places
from warehouse.coverage.marts.points import Points, Sites, lines, read_points, read_sites, read_towns
from warehouse.coverage.marts.sensitivity import sensitivity
from warehouse.coverage.measure.adequacy import Standard, adequacy, read_standard
from warehouse.coverage.measure.nearest import Nearest
from warehouse.coverage.measure.reach import GroupReach, PointReach, reach_of_groups, reach_of_points
from warehouse.coverage.measure.settings import Measure, measures
from warehouse.coverage.measure.travel import Unit
from warehouse.sql import insert_rows

TARGETS = "SELECT target, people_kind FROM policy.target ORDER BY target"
ASKED = "SELECT state FROM work.target_asked WHERE target = ?"
COUNTIES = "SELECT area_id, population, land_km2 FROM area WHERE area_kind = 'county'"
INNER = """SELECT area_kind, area_id, latitude, longitude FROM area
    WHERE area_kind IN ('county', 'town') AND latitude IS NOT NULL"""
STATES = "SELECT state, state_fips FROM work.state_area"
AT_ONCE = 5_000  # rows of one INSERT
BROADEST = "any"  # the target whose figures are tried for what they depend on

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Target:
    """A target with its sites, and the states in which somebody could tell whether there are any."""

    name: str
    people_kind: str
    sites: Sites
    asked: frozenset[str]
    inner_km: Mapping[tuple[str, str], float]  # kind and GEOID of an area → way from its inner point


def fill_marts(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill them in a build whose models have run; without geography they stay empty."""
    points, towns, measure = read_points(connection), read_towns(connection), measures()[Unit.KM]
    if not len(points):
        return
    fips = dict(connection.execute(STATES).fetchall())
    areas = {area: (people, land) for area, people, land in connection.execute(COUNTIES).fetchall()}
    inner = connection.execute(INNER).fetchall()
    standard = read_standard()
    for name, people_kind in connection.execute(TARGETS).fetchall():
        asked = frozenset(state for (state,) in connection.execute(ASKED, [name]).fetchall())
        sites = read_sites(connection, name)
        target = _Target(name, people_kind, sites, asked, _inner_km(inner, sites))
        kind, people = points.people(people_kind)
        reach = reach_of_points(lines(points, target.sites), people, target.sites.operator.tolist(), measure)
        _insert(connection, "coverage_reach", _reach_rows(target, points, reach, kind, fips))
        _insert(connection, "coverage_reach", _town_rows(target, towns, measure))
        _insert(connection, "coverage_adequacy", _adequacy_rows(target, points, reach, standard, areas))
        maybe = read_places(connection, name)
        _insert(
            connection, "coverage_gap", find_gaps(name, points, reach, target.sites, maybe, asked, measure)
        )
        if name == BROADEST:
            _insert(connection, "coverage_sensitivity", sensitivity(points, target.sites, measure))


def _inner_km(areas: Sequence[Row], sites: Sites) -> Mapping[tuple[str, str], float]:
    points = [latitude for *_, latitude, _ in areas], [longitude for *_, longitude in areas]
    km = Nearest(sites.latitude, sites.longitude).distances_km(*points)[:, 0]
    return {(kind, area): float(way) for (kind, area, *_), way in zip(areas, km, strict=True)}


def _reach_rows(
    target: _Target, points: Points, reach: PointReach, kind: str, fips: dict[str, str]
) -> Iterator[Row]:
    """Rows of states, counties and towns."""
    areas = (
        ("state", np.array([fips.get(state) for state in points.state], dtype=object), target.sites.state),
        ("county", points.county, target.sites.county),
        ("town", points.town, target.sites.town),
    )
    for area_kind, labels, of_sites in areas:
        first = _first(labels)
        here = [fips.get(site) for site in of_sites] if area_kind == "state" else of_sites.tolist()
        for group in reach_of_groups(reach, labels.tolist()):
            if group.group is not None:
                at = first[group.group]
                where = (points.state[at], area_kind, group.group)
                of = (points.kind[at], points.dataset[at])
                yield _reach_row(target, where, kind, group, here.count(group.group), of)


def _town_rows(target: _Target, towns: Points, measure: Measure) -> Iterator[Row]:
    """Towns of which no smaller points are known, by their inner points."""
    if not len(towns):
        return
    kind, people = towns.people(target.people_kind)
    reach = reach_of_points(lines(towns, target.sites), people, target.sites.operator.tolist(), measure)
    sites = target.sites.town.tolist()
    for at, group in enumerate(reach_of_groups(reach, towns.town.tolist())):
        where = (towns.state[at], "town", group.group)
        yield _reach_row(
            target, where, kind, group, sites.count(group.group), (towns.kind[at], towns.dataset[at])
        )


def _reach_row(
    target: _Target, where: Row, kind: str, group: GroupReach, sites: int, of: tuple[str, str]
) -> Row:
    """In the order of the contract. Where nobody could tell there are no figures."""
    known = len(target.sites) > 0 and where[0] in target.asked
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
    counts = figures if known else [None] * len(figures)
    return (target.name, *where, kind, group.people, *counts, str(group.basis), *of)


def _adequacy_rows(
    target: _Target, points: Points, reach: PointReach, standard: Standard, areas: dict[Any, Any]
) -> Iterator[Row]:
    first = _first(points.county)
    for county in adequacy(standard, reach, points.county.tolist(), areas):
        kind, state = county.county_type, points.state[first[county.county_fips]]
        known = len(target.sites) > 0 and state in target.asked
        yield (
            *(target.name, state, county.county_fips, standard.title),
            *((kind.verified, kind.title, county.limit, kind.min_share) if kind else (None,) * 4),
            *((county.share, county.meets) if known else (None, None)),
        )


def _first(labels: np.ndarray[Any, Any]) -> dict[Any, int]:
    """Of each label the first point that has it."""
    return {label: at for at, label in reversed(list(enumerate(labels.tolist())))}


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Row]) -> None:
    found = list(rows)
    for start in range(0, len(found), AT_ONCE):
        connection.execute(insert_rows(table, found[start : start + AT_ONCE]))
