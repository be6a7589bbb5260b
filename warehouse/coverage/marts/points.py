"""Where people live and where the sites of each target are, as arrays out of a release that is being built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from warehouse.coverage.measure.nearest import Floats, Nearest
from warehouse.coverage.measure.travel import StraightLines

Labels = NDArray[np.object_]

# A town's people are counted at the points in it where those come to its own count; where block groups reach over town
# lines they do not, and its inner point stands for all of them.
OWN = """SELECT a.area_id FROM area a JOIN population_point p ON p.town_geoid = a.area_id
    WHERE a.area_kind = 'town' GROUP BY a.area_id, a.population
    HAVING abs(sum(p.population) - a.population) <= 0.02 * a.population"""
POINTS = f"""SELECT state, county_fips, CASE WHEN town_geoid IN ({OWN}) THEN town_geoid END, town_geoid,
    CASE point_kind WHEN 'zcta' THEN point_id END, point_kind, dataset_id, latitude, longitude, population, under_18
    FROM population_point WHERE population > 0 ORDER BY state, point_id"""
TOWNS = f"""SELECT state, county_fips, area_id, area_id, NULL, 'inner_point', dataset_id, latitude, longitude, population, under_18
    FROM area WHERE area_kind = 'town' AND population > 0 AND latitude IS NOT NULL AND area_id NOT IN ({OWN})
    ORDER BY state, area_id"""
SITES = """SELECT location_id, organization_id, state, county_fips, town_geoid, latitude, longitude, geo_precision,
    zip_latitude, zip_longitude FROM work.target_site WHERE target = ? ORDER BY location_id"""


@dataclass(frozen=True, slots=True)
class Points:
    """Points where people live; every array has the shape (points,). Areas are GEOIDs, None where a point is in none.

    `town`: the one whose people the points in it are; `lies_in`: the town that the point lies in. People who are not known
    are not a number.
    """

    state: Labels
    county: Labels
    town: Labels
    lies_in: Labels
    zcta: Labels
    kind: Labels
    dataset: Labels
    latitude: Floats
    longitude: Floats
    population: Floats
    under_18: Floats

    def __len__(self) -> int:
        return len(self.state)

    def people(self, kind: str) -> tuple[str, Floats]:
        """People of the kind by point; everybody where it is not known of each point. Also says which kind it came to."""
        if kind == "under_18" and not np.isnan(self.under_18).any():
            return kind, self.under_18
        return "population", self.population

    def smallest(self) -> tuple[Labels, Labels]:
        """Kind and GEOID of the smallest area that is known of each point: town, ZCTA, else county (None: in none)."""
        found = [
            ("town", town) if town else ("zcta", zcta) if zcta else ("county", county)
            for town, zcta, county in zip(self.lies_in, self.zcta, self.county, strict=True)
        ]
        table = np.array(found, dtype=object).reshape(len(self), 2)
        return table[:, 0], table[:, 1]

    def take(self, chosen: NDArray[np.bool_]) -> Points:
        """Some of the points."""
        return Points(*(getattr(self, name)[chosen] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Sites:
    """The known sites of a target; every array has the shape (sites,)."""

    location: Labels
    operator: Labels
    state: Labels
    county: Labels
    town: Labels
    latitude: Floats
    longitude: Floats
    precision: Labels
    zip_latitude: Floats
    zip_longitude: Floats

    def __len__(self) -> int:
        return len(self.location)

    def take(self, chosen: NDArray[np.bool_]) -> Sites:
        """Some of the sites."""
        return Sites(*(getattr(self, name)[chosen] for name in self.__slots__))


def read_points(connection: duckdb.DuckDBPyConnection) -> Points:
    """The points of all states of the release."""
    return _points(connection, POINTS)


def read_towns(connection: duckdb.DuckDBPyConnection) -> Points:
    """One point for each town whose people are not counted at points of its own."""
    return _points(connection, TOWNS)


def read_sites(connection: duckdb.DuckDBPyConnection, target: str) -> Sites:
    """The sites of a target with coordinates, in all states of the release."""
    columns = _columns(connection, SITES, [target])
    location, operator, state, county, town, latitude, longitude, precision, zip_latitude, zip_longitude = (
        columns
    )
    here, there = (_floats(latitude), _floats(longitude)), (_floats(zip_latitude), _floats(zip_longitude))
    return Sites(location, operator, state, county, town, here[0], here[1], precision, there[0], there[1])


def lines(points: Points, sites: Sites) -> StraightLines:
    """Straight lines from the points to the sites."""
    return StraightLines(points.latitude, points.longitude, Nearest(sites.latitude, sites.longitude))


def _points(connection: duckdb.DuckDBPyConnection, sql: str) -> Points:
    state, county, town, lies_in, zcta, kind, dataset, *numbers = _columns(connection, sql, [])
    latitude, longitude, population, under_18 = map(_floats, numbers)
    return Points(
        *(state, county, town, lies_in, zcta, kind, dataset), latitude, longitude, population, under_18
    )


def _columns(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[Any]) -> list[Labels]:
    cursor = connection.execute(sql, values)
    rows, width = cursor.fetchall(), len(cursor.description or ())
    table = np.empty((len(rows), width), dtype=object)
    for number, row in enumerate(rows):
        table[number] = row
    return [table[:, column] for column in range(width)]


def _floats(column: Labels) -> Floats:
    return np.array([np.nan if item is None else item for item in column], dtype=float)
