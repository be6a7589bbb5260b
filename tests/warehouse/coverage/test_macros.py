"""`near`, `nearest` and `nearest_place` of a release, beside brute force: anywhere on the globe, and for a table of towns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pytest
from spheres import anywhere, haversine_km

from warehouse.contracts import release_tables
from warehouse.coverage.measure.nearest import EARTH_KM, Nearest
from warehouse.ddl import create_table
from warehouse.sql import insert_rows

Row = tuple[str, str, str]  # location, service, level


class Country(NamedTuple):
    """A directory and towns; `apart` are kilometres from each town to each place."""

    con: duckdb.DuckDBPyConnection
    rows: Sequence[Row]
    place: np.ndarray
    town: np.ndarray
    apart: np.ndarray

    def nearest(self, town: int, level: str | None = None) -> list[Row]:
        """Every row (of a level), nearest first."""
        rows = [row for row in self.rows if level in (None, row[2])]
        return sorted(rows, key=lambda row: (self.km(town, row), row))

    def km(self, town: int, row: Row) -> float:
        return float(self.apart[town, int(row[0])])

    def each_town(self, call: str) -> dict[int, list[Row]]:
        """What a table macro gives each town, in the order of distance."""
        sql = (
            f"SELECT number, location_id, service_id, level_of_care, distance_km FROM town, {call} "
            "ORDER BY number, distance_km, location_id, service_id"
        )
        found: dict[int, list[Row]] = defaultdict(list)
        for number, location, service, level, km in self.con.execute(sql).fetchall():
            found[number].append((location, service, level))
            assert abs(km - self.apart[number, int(location)]) < 1e-4  # `approx` would take seconds
        return found


def settle(con: duckdb.DuckDBPyConnection, place: np.ndarray, town: np.ndarray) -> Country:
    """One to three services at each place, a place and a virtual service without coordinates, and towns."""
    chance = np.random.default_rng(11)
    levels = ("iop", "php", "op")
    rows = [
        (f"{number:04}", f"svc_{chance.integers(10**9):09}", levels[(number + n) % 3])
        for number in range(len(place))
        for n in range(1 + number % 3)
    ]
    listed: list[tuple[object, ...]] = [(*row, *map(float, place[int(row[0])])) for row in rows]
    lost = [("lost", "svc_lost", "iop", None, None), (None, "svc_virtual", "iop", None, None)]
    con.execute(
        "CREATE OR REPLACE TABLE listed (location_id VARCHAR, service_id VARCHAR, level_of_care VARCHAR, "
        "latitude DOUBLE, longitude DOUBLE)"
    )
    con.execute(insert_rows("listed", [*listed, *lost]))
    con.execute("DELETE FROM directory; INSERT INTO directory BY NAME FROM listed")
    con.execute("CREATE OR REPLACE TABLE town (number INTEGER, latitude DOUBLE, longitude DOUBLE)")
    con.execute(insert_rows("town", [(n, *map(float, at)) for n, at in enumerate(town)]))
    apart = haversine_km(*town.T, *place.T)
    return Country(
        con, rows, place, town, apart.round(9)
    )  # equally far is equal, whatever the last digit says


def empty() -> duckdb.DuckDBPyConnection:
    """The empty tables of a release, with its views and macros."""
    con = duckdb.connect()
    for contract in release_tables().values():
        con.execute(create_table(contract))
    surface = Path(__file__).parents[3] / "warehouse" / "models" / "90_surface.sql"
    con.execute(surface.read_text(encoding="utf-8"))
    return con


@pytest.fixture(scope="module")
def state() -> Country:
    """351 towns as in Massachusetts; every seventh place is where another one is, as those known by ZIP code are."""
    chance = np.random.default_rng(3)
    place = np.column_stack((chance.uniform(41, 45, 600), chance.uniform(-74, -69, 600)))
    place[::7] = place[1::7]
    town = np.column_stack((chance.uniform(41.2, 42.9, 351), chance.uniform(-73.5, -69.9, 351)))
    return settle(empty(), place, town)


@pytest.fixture(scope="module")
def globe() -> Country:
    """Places everywhere, and points where degrees mislead: the poles, the antimeridian, far north."""
    hard = [(90, 0), (-90, 7), (89.9, 12), (-89.5, 170), (51.9, -176.7), (52, 179.9), (0, 180), (71, -156)]
    return settle(
        empty(), np.column_stack(anywhere(8, 900)), np.vstack((hard, np.column_stack(anywhere(9, 60))))
    )


@pytest.mark.parametrize(("n", "level"), [(1, None), (4, None), (3, "iop")])
def test_every_town_gets_its_own_nearest(state: Country, n: int, level: str | None) -> None:
    found = state.each_town(
        f"nearest(town.latitude, town.longitude, {n}, level := {level!r})".replace("None", "NULL")
    )
    assert found == {town: state.nearest(town, level)[:n] for town in range(351)}


@pytest.mark.parametrize("level", [None, "iop"])
def test_the_nearest_places_come_with_all_their_services(state: Country, level: str | None) -> None:
    found = state.each_town(
        f"nearest_place(town.latitude, town.longitude, 2, level := {level!r})".replace("None", "NULL")
    )
    for town, rows in found.items():
        order = state.nearest(town, level)
        two = list(dict.fromkeys(location for location, _, _ in order))[:2]
        assert rows == [row for row in order if row[0] in two]
    assert len(found) == 351


def test_each_point_may_ask_for_another_number(state: Country) -> None:
    found = state.each_town("nearest(town.latitude, town.longitude, number % 3)")
    assert found == {town: state.nearest(town)[: town % 3] for town in range(351) if town % 3}


@pytest.mark.parametrize("call", ["nearest", "nearest_place"])
def test_asked_alone_the_rows_come_in_order(state: Country, call: str) -> None:
    rows = state.con.execute(f"SELECT distance_km FROM {call}(42.4, -71.1, 50)").fetchall()
    assert rows == sorted(rows)
    assert len(rows) >= 50
    of_all = state.con.execute(
        f"SELECT count(*), count(latitude) FROM {call}(42.4, -71.1, 100000)"
    ).fetchone()
    assert of_all == (len(state.rows), len(state.rows))  # what is on no map never appears


@pytest.mark.parametrize("call", ["nearest", "nearest_place"])
@pytest.mark.parametrize(
    "asked", ["42, -71, 0", "42, -71, -1", "42, -71, NULL", "42, -71, 1, level := 'none'"]
)
def test_nothing_asked_for_is_no_rows(state: Country, call: str, asked: str) -> None:
    assert state.con.execute(f"FROM {call}({asked})").fetchall() == []


def test_the_nearest_is_right_anywhere(globe: Country) -> None:
    found = globe.each_town("nearest(town.latitude, town.longitude, 3)")
    assert found == {town: globe.nearest(town)[:3] for town in range(len(globe.town))}


@pytest.mark.parametrize("km", [0, 300, 2_000, 9_000, 21_000])
def test_near_is_the_whole_circle_anywhere(globe: Country, km: int) -> None:
    found = globe.each_town(f"near(town.latitude, town.longitude, {km})")
    for town in range(len(globe.town)):
        assert set(found[town]) == {row for row in globe.rows if globe.km(town, row) <= km}


def test_near_keeps_what_stands_on_its_edge() -> None:
    """North, south, east and west of a point, at the very distance that is asked for, and all round on slant bearings."""
    bearing, angle, phi = np.radians(np.arange(0, 360, 5)), 600 / EARTH_KM, np.radians(61)
    latitude = np.arcsin(np.sin(phi) * np.cos(angle) + np.cos(phi) * np.sin(angle) * np.cos(bearing))
    longitude = np.arctan2(
        np.sin(bearing) * np.sin(angle) * np.cos(phi), np.cos(angle) - np.sin(phi) * np.sin(latitude)
    )
    ring = np.column_stack((np.degrees(latitude), -150 + np.degrees(longitude)))
    country = settle(empty(), ring, np.array([(61.0, -150.0)]))
    assert len(country.each_town("near(town.latitude, town.longitude, 600.000001)")[0]) == len(country.rows)
    assert not country.each_town("near(town.latitude, town.longitude, 599.999999)")


def test_the_earth_is_as_large_as_for_the_tree() -> None:
    """One number in two languages: macro `distance_km` and `EARTH_KM`."""
    by_macro = empty().execute("SELECT distance_km(0, 0, 0, 1)").fetchall()
    assert by_macro == [(pytest.approx(np.radians(1) * EARTH_KM, rel=1e-12),)]
    assert Nearest([0], [1]).distances_km([0], [0]).tolist() == [[pytest.approx(by_macro[0][0], rel=1e-12)]]
