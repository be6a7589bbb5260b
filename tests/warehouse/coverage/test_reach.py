"""Who reaches what: a small region by hand, a larger one by brute force over people, and tables of travel."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from spheres import haversine_km

from warehouse.coverage.measure import travel
from warehouse.coverage.measure.accessibility import Steps, e2sfca
from warehouse.coverage.measure.nearest import EARTH_KM, Nearest
from warehouse.coverage.measure.reach import grouped, reach_of_groups, reach_of_points
from warehouse.coverage.measure.settings import measures
from warehouse.coverage.measure.travel import Basis, StraightLines, Unit
from warehouse.coverage.measure.travel_matrix import TravelMatrixError, read_travel_matrix

KM, MINUTES = measures()[Unit.KM], measures()[Unit.MINUTES]
DEGREE = math.radians(1) * EARTH_KM


def on_a_line(points: list[float], sites: list[float]) -> StraightLines:
    """Points and sites on a meridian, in km from the equator."""
    north = np.array(points) / DEGREE
    return StraightLines(
        north, np.zeros(len(points)), Nearest(np.array(sites) / DEGREE, np.zeros(len(sites)))
    )


def test_a_region_by_hand() -> None:
    """Site of operator a at 0, of b at 20, another of a at 60. Points at 0 (100 people), 12 (300), 50 (50), 200 (50)."""
    reach = reach_of_points(on_a_line([0, 12, 50, 200], [0, 20, 60]), [100, 300, 50, 50], ["a", "b", "a"], KM)
    assert reach.cost == pytest.approx([0, 8, 10, 140])
    assert reach.site.tolist() == [0, 1, 2, 2]
    assert reach.choice.tolist() == [True, True, False, False]
    near, far, everyone = (
        *reach_of_groups(reach, grouped(["near", "near", None, None])),
        *reach_of_groups(reach, grouped(["all"] * 4)),
    )
    assert (near.group, far.group, everyone.group) == ("near", None, "all")
    assert (near.people, near.median, near.p90) == (400, pytest.approx(8), pytest.approx(8))
    assert (far.median, far.p90) == (pytest.approx(10), pytest.approx(140))
    assert everyone.within == {10: 450, 25: 450, 50: 450}
    assert (everyone.choice, everyone.share(everyone.choice)) == (400, 0.8)
    assert (everyone.basis, everyone.unit, everyone.unmeasured) == (Basis.STRAIGHT_LINE, Unit.KM, 0)
    mean = (reach.accessibility @ [100, 300, 50, 50]) / 500
    assert everyone.accessibility == pytest.approx(mean)
    assert everyone.accessibility == pytest.approx(100_000 * 3 / 500)


def test_people_counted_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(travel, "CHUNK", 90)
    chance = np.random.default_rng(4)
    point = np.column_stack((chance.uniform(41.5, 43.3, 500), chance.uniform(-73, -70.6, 500)))
    site = np.column_stack((chance.uniform(41.5, 43.3, 50), chance.uniform(-73, -70.6, 50)))
    people, town, operators = (
        chance.integers(0, 20, 500),
        chance.integers(0, 9, 500),
        chance.integers(0, 6, 50),
    )
    lines = StraightLines(*point.T, Nearest(*site.T))
    reach = reach_of_points(lines, people, operators.tolist(), KM)
    apart = haversine_km(*point.T, *site.T)
    for found in reach_of_groups(reach, grouped(town.tolist())):
        here = town == found.group
        each = np.sort(np.repeat(apart[here].min(axis=1), people[here]))
        assert found.people == len(each)
        assert found.median == pytest.approx(each[math.ceil(len(each) / 2) - 1])
        assert found.p90 == pytest.approx(each[math.ceil(round(0.9 * len(each), 9)) - 1])
        assert found.within == {band: (each <= band).sum() for band in (10, 25, 50)}
        offered = [len(set(operators[row <= 25])) for row in apart[here]]
        assert found.choice == people[here][np.array(offered) > 1].sum()
    assert reach.accessibility == pytest.approx(e2sfca(lines, people, np.ones(50), KM.decay))


def test_unknown_operators_add_to_no_choice() -> None:
    line = on_a_line([0], [0, 1, 2])
    assert not reach_of_points(line, [9], ["a", None, None], KM).choice.any()
    assert not reach_of_points(line, [9], [None, None, None], KM).choice.any()
    assert reach_of_points(line, [9], [None, "b", "a"], KM).choice.all()


def test_supply_is_what_a_site_has() -> None:
    reach = reach_of_points(on_a_line([0], [0]), [1000], ["a"], KM, supply=[3])
    assert reach.accessibility.tolist() == [300]


def test_no_site_is_no_distance() -> None:
    (found,) = reach_of_groups(reach_of_points(on_a_line([0, 1], []), [5, 6], [], KM), grouped(["x", "x"]))
    assert (found.median, found.p90, found.choice, found.accessibility) == (None, None, 0, 0)
    assert found.within == {10: 0, 25: 0, 50: 0}


def test_a_group_of_nobody_has_no_figures() -> None:
    (found,) = reach_of_groups(reach_of_points(on_a_line([0], [0]), [0], ["a"], KM), grouped(["empty"]))
    assert (found.people, found.median, found.accessibility, found.share(0)) == (0, None, None, None)
    assert reach_of_groups(reach_of_points(on_a_line([], [0]), [], ["a"], KM), grouped([])) == []


@pytest.mark.parametrize("people", [[1], [1, np.nan], [1, -1]])
def test_points_without_people_are_refused(people: list[float]) -> None:
    with pytest.raises(ValueError, match="people"):
        reach_of_points(on_a_line([0, 1], [0]), people, ["a"], KM)


def test_each_point_and_site_has_its_label() -> None:
    with pytest.raises(ValueError, match="1 sites need as many"):
        reach_of_points(on_a_line([0], [0]), [1], [], KM)
    with pytest.raises(ValueError, match="need a group each"):
        reach_of_groups(reach_of_points(on_a_line([0], [0]), [1], ["a"], KM), grouped([]))


WAYS = """origin_id,destination_id,minutes,km
01001,loc_a,12,9.5
01001,loc_b,25,30
01001,loc_b,24,31
01002,loc_b,,
01002,loc_z,3,1
01003,loc_a,40,44
"""


@pytest.fixture(params=["csv", "parquet"])
def matrix(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The ways above, in both formats. 01004 is no origin of it."""
    file = tmp_path / f"ways.{request.param}"
    if request.param == "csv":
        file.write_text(WAYS)
    else:
        ids = {"origin_id": pl.String, "destination_id": pl.String}
        pl.read_csv(WAYS.encode(), schema_overrides=ids).write_parquet(file)
    return file


def test_a_table_of_travel_takes_the_place_of_straight_lines(matrix: Path) -> None:
    ways = read_travel_matrix(matrix).between(
        ["01001", "01002", "01003", "01004"], ["loc_a", "loc_b"], Unit.MINUTES
    )
    reach = reach_of_points(ways, [100, 200, 300, 400], ["a", "b"], MINUTES)
    assert reach.cost.tolist() == pytest.approx([12, math.inf, 40, math.nan], nan_ok=True)
    assert reach.site.tolist() == [0, -1, 0, -1]
    assert reach.choice.tolist() == [True, False, False, False]
    (found,) = reach_of_groups(reach, grouped(["all"] * 4))
    assert (found.basis, found.unit) == (Basis.TRAVEL_MATRIX, Unit.MINUTES)
    assert (found.people, found.unmeasured) == (1000, 400)
    assert (found.median, found.p90) == (40, None)  # 100 reach one in 12 minutes, 300 in 40, 200 none at all
    assert found.within == {15: 100, 30: 100, 60: 400}
    assert found.share(found.within[60]) == pytest.approx(4 / 6)
    # a: 1 / (100 · 0.68), b: 1 / (100 · 0.22); both by the one point that is within 30 minutes
    assert reach.accessibility == pytest.approx([100_000 * 2 / 100, 0, 0, 0])


def test_kilometres_of_a_table(matrix: Path) -> None:
    ways = read_travel_matrix(matrix).between(["01001"], ["loc_a", "loc_b", "loc_new"], Unit.KM)
    assert ways.unmeasured_sites == 1
    reach = reach_of_points(ways, [10], ["a", "b", "c"], KM)
    assert (reach.cost.tolist(), reach.choice.tolist()) == ([9.5], [False])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("origin_id,minutes\n1,2\n", "lacks a column destination_id"),
        ("origin_id,destination_id\n1,2\n", "lacks a column km or minutes"),
        ("origin_id,destination_id,km\n1,2,far\n", "must be numbers"),
        ("origin_id,destination_id,km\n1,2,-3\n", "from 1 to 2"),
        ("origin_id,destination_id,km\n1,2,nan\n", "from 1 to 2"),
        ("", "cannot be read"),
    ],
)
def test_a_table_that_does_not_fit_is_told(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "ways.csv"
    file.write_text(text)
    with pytest.raises(TravelMatrixError) as error:
        read_travel_matrix(file)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_ids_that_lost_their_zeros_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "ways.parquet"
    pl.DataFrame({"origin_id": [1001], "destination_id": ["loc_a"], "km": [3.0]}).write_parquet(file)
    with pytest.raises(TravelMatrixError, match="origin_id must be text"):
        read_travel_matrix(file)
    with pytest.raises(TravelMatrixError, match="cannot be read"):
        read_travel_matrix(tmp_path / "none.csv")


def test_a_unit_that_the_table_lacks(tmp_path: Path) -> None:
    file = tmp_path / "ways.csv"
    file.write_text("origin_id,destination_id,km\n1,2,3\n")
    with pytest.raises(TravelMatrixError, match="no column minutes: ask for km"):
        read_travel_matrix(file).between(["1"], ["2"], Unit.MINUTES)


def test_steps_of_the_paper_are_in_minutes() -> None:
    assert MINUTES.decay == Steps((10, 20, 30), (1, 0.68, 0.22))
