"""Distances by the tree, beside the haversine of a release."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from spheres import anywhere, haversine_km

from warehouse.coverage.measure.nearest import EARTH_KM, Nearest


def test_the_nearest_of_all_over_the_globe() -> None:
    points, sites = anywhere(1, 300), anywhere(2, 200)
    apart = haversine_km(*points, *sites)
    km, index = Nearest(*sites).nearest(*points, k=3)
    assert km == pytest.approx(np.sort(apart, axis=1)[:, :3], rel=1e-9)
    assert (index == np.argsort(apart, axis=1)[:, :3]).all()
    assert Nearest(*sites).distances_km(*points) == pytest.approx(km[:, :1])


@pytest.mark.parametrize(
    ("point", "site", "km"),
    [
        ((51.88, -176.66), (51.88, 179.0), 298.0),  # Adak over the antimeridian, not around the world
        ((89.0, 0.0), (89.0, 180.0), 222.39),  # over the pole
        ((42.0, -71.0), (42.0, 289.0), 0.0),  # a longitude of the other convention
        ((10.0, 20.0), (-10.0, -160.0), np.pi * EARTH_KM),  # the far side of the globe
    ],
)
def test_the_shortest_way_is_taken(point, site, km: float) -> None:
    found = Nearest(site[:1], site[1:]).distances_km(point[:1], point[1:])
    assert found.item() == pytest.approx(km, abs=1)


def test_pairs_in_reach_are_all_and_no_more() -> None:
    points, sites = anywhere(3, 400), anywhere(4, 150)
    apart = haversine_km(*points, *sites)
    pairs = Nearest(*sites).within(*points, 800)
    found = dict(zip(zip(pairs.point, pairs.site, strict=True), pairs.cost, strict=True))
    assert found.keys() == set(zip(*np.nonzero(apart <= 800), strict=True))
    assert all(km == pytest.approx(apart[pair], rel=1e-9) for pair, km in found.items())


def test_a_pair_on_the_circle_is_in_reach() -> None:
    site = Nearest([42.0], [-71.0])
    km = site.distances_km([42.2], [-71.3]).item()
    assert len(site.within([42.2], [-71.3], km).cost) == 1
    assert not len(site.within([42.2], [-71.3], km * (1 - 1e-12)).cost)
    assert site.within([42.0], [-71.0], 0).cost.tolist() == [0]


def test_fewer_sites_than_asked_for() -> None:
    km, index = Nearest([42.0], [-71.0]).nearest([42.0, 43.0], [-71.0, -71.0], k=2)
    assert index.tolist() == [[0, -1], [0, -1]]
    assert np.isinf(km[:, 1]).all()
    nothing = Nearest([], [])
    km, index = nothing.nearest([42.0], [-71.0], k=2)
    assert np.isinf(km).all()
    assert index.tolist() == [[-1, -1]]
    assert not len(nothing.within([42.0], [-71.0], 50).cost)
    assert Nearest([42.0], [-71.0]).distances_km([], []).shape == (0, 1)


@pytest.mark.parametrize(("latitude", "longitude"), [(np.nan, 0.0), (0.0, np.nan), (91.0, 0.0), (0.0, 400.0)])
def test_a_place_without_coordinates_is_refused(latitude: float, longitude: float) -> None:
    with pytest.raises(ValueError, match="missing or out of range"):
        Nearest([latitude], [longitude])


def test_coordinates_come_in_pairs() -> None:
    with pytest.raises(ValueError, match="one of each"):
        Nearest([42.0, 43.0], [-71.0])


def test_every_block_group_of_the_country(shared) -> None:
    """242,335 real points and sites at 5,700 of them; how long that takes, `bench/coverage.py` says."""
    file = shared / "data" / "geo" / "us_blockgroups_2020.parquet"
    if not file.exists():
        pytest.skip("no centres of population of block groups beside this checkout")
    with duckdb.connect() as con:
        points = con.execute("SELECT lat, lon FROM read_parquet(?)", [str(file)]).fetchnumpy()
    chosen = np.random.default_rng(5).choice(len(points["lat"]), 5_700, replace=False)
    latitude, longitude = points["lat"][chosen], points["lon"][chosen]
    km = Nearest(latitude, longitude).distances_km(points["lat"], points["lon"])
    assert km.shape == (242_335, 1)
    assert (km[chosen] < 1e-6).all()
    some = slice(None, None, 2_000)
    apart = haversine_km(points["lat"][some], points["lon"][some], latitude, longitude)
    assert km[some, 0] == pytest.approx(apart.min(axis=1), abs=1e-6)
