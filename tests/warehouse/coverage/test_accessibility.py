"""E2SFCA by hand, by dense matrices, and by PySAL's `access`; decays, and settings that do not fit."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from spheres import haversine_km

from warehouse.coverage.measure import travel
from warehouse.coverage.measure.accessibility import Decay, Gaussian, Steps, e2sfca
from warehouse.coverage.measure.nearest import EARTH_KM, Nearest
from warehouse.coverage.measure.settings import MeasureError, measures
from warehouse.coverage.measure.travel import StraightLines, Unit

STEPS = Steps((10, 25, 50), (1.0, 0.68, 0.22))
DEGREE = math.radians(1) * EARTH_KM  # km of a degree along a meridian


def region(points: int, sites: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Points, people, sites and supply over a square of 200 km."""
    chance = np.random.default_rng(points)
    point = np.column_stack((chance.uniform(41.5, 43.3, points), chance.uniform(-73, -70.6, points)))
    site = np.column_stack((chance.uniform(41.5, 43.3, sites), chance.uniform(-73, -70.6, sites)))
    return point, chance.integers(0, 3_000, points), site, chance.integers(1, 5, sites)


def test_a_region_worked_by_hand() -> None:
    """Points A and B, sites S (2 operators) at A and T (1) north of B; B is 20 km from S and 5 km from T, A 25 km from T.

    S: 2 / (1000 · 1 + 500 · 0.68) = 2 / 1340. T: 1 / (1000 · 0.68 + 500 · 1) = 1 / 1180.
    A: 2 / 1340 · 1 + 1 / 1180 · 0.68. B: 2 / 1340 · 0.68 + 1 / 1180 · 1. C, 100 km south, reaches nothing.
    """
    north = np.array([0, 20, -100]) / DEGREE
    lines = StraightLines(north, [0, 0, 0], Nearest([0, 24.999 / DEGREE], [0, 0]))
    found = e2sfca(lines, [1000, 500, 700], [2, 1], STEPS)
    expected = [2 / 1340 + 0.68 / 1180, 2 / 1340 * 0.68 + 1 / 1180, 0]
    assert found == pytest.approx([100_000 * x for x in expected])
    assert found @ [1000, 500, 700] == pytest.approx(100_000 * 3)  # all supply goes to somebody, once


@pytest.mark.parametrize("decay", [STEPS, Gaussian(20, 50)])
def test_parts_and_the_tree_change_nothing(decay: Decay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(travel, "CHUNK", 70)
    point, people, site, supply = region(400, 60)
    apart = haversine_km(*point.T, *site.T)
    if decay == STEPS:
        weight = np.select([apart <= 10, apart <= 25, apart <= 50], [1.0, 0.68, 0.22])
    else:
        weight = np.where(apart <= 50, np.exp(-(apart**2) / 800), 0)
    by_matrix = 100_000 * weight @ (supply / (people @ weight))
    found = e2sfca(StraightLines(*point.T, Nearest(*site.T)), people, supply, decay)
    assert found == pytest.approx(by_matrix, rel=1e-9)


@pytest.mark.parametrize("decay", [STEPS, Gaussian(20, 50)])
def test_as_pysal_access_has_it(decay: Decay) -> None:
    """`access.fca.two_stage_fca`, to 1e-6 (per 100,000)."""
    fca = pytest.importorskip("access.fca", reason="PySAL access is in the group `bench`")
    weights = pytest.importorskip("access.weights")
    pandas = pytest.importorskip("pandas")
    point, people, site, supply = region(300, 40)
    apart = haversine_km(*point.T, *site.T)
    origin, destination = (index.ravel() for index in np.indices(apart.shape))
    steps = decay == STEPS
    theirs = fca.two_stage_fca(
        demand_df=pandas.DataFrame({"demand": people}, index=pandas.RangeIndex(len(people), name="geoid")),
        supply_df=pandas.DataFrame({"supply": supply}, index=pandas.RangeIndex(len(supply), name="geoid")),
        cost_df=pandas.DataFrame({"origin": origin, "dest": destination, "cost": apart.ravel()}),
        demand_index=True,
        max_cost=50,
        weight_fn=weights.step_fn(dict(zip(STEPS.bounds, STEPS.values, strict=True)))
        if steps
        else weights.gaussian(20),
    )
    theirs = theirs.reindex(range(len(people)), fill_value=0)
    ours = e2sfca(StraightLines(*point.T, Nearest(*site.T)), people, supply, decay)
    assert ours == pytest.approx(100_000 * theirs.to_numpy(), abs=1e-6)
    assert ours.max() > 1


def test_a_site_among_nobody_is_nobodys() -> None:
    lines = StraightLines([0, 1], [0, 0], Nearest([0, 1], [0, 0]))
    assert e2sfca(lines, [0, 10], [1, 1], STEPS).tolist() == [0, 10_000]
    assert e2sfca(StraightLines([0], [0], Nearest([], [])), [5], [], STEPS).tolist() == [0]
    assert not len(e2sfca(StraightLines([], [], Nearest([0], [0])), [], [1], STEPS))


def test_weights_by_cost() -> None:
    assert STEPS.weights(np.array([0, 10, 10.1, 25, 50])).tolist() == [1, 1, 0.68, 0.68, 0.22]
    assert Gaussian(20, 50).weights(np.array([0, 20])) == pytest.approx([1, math.exp(-0.5)])


def test_the_settings_in_use() -> None:
    km = measures()[Unit.KM]
    assert (km.bands, km.choice, km.decay) == ((10, 25, 50), 25, STEPS)
    assert measures()[Unit.MINUTES].decay == Steps((10, 20, 30), (1.0, 0.68, 0.22))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[miles]\nbands = [1]", "miles"),
        (
            "[km]\nbands = [25, 10]\nchoice = 5\ndecay = {shape = 'gaussian', sigma = 1, limit = 2}",
            "must rise",
        ),
        (
            "[km]\nbands = [10]\nchoice = 5\ndecay = {shape = 'steps', bounds = [9, 3], values = [1, 1]}",
            "rising bounds",
        ),
        (
            "[km]\nbands = [10]\nchoice = 5\ndecay = {shape = 'steps', bounds = [9], values = [1, 1]}",
            "as many",
        ),
        ("[km]\nbands = [10]\nchoice = 5\ndecay = {shape = 'gaussian', sigma = 0, limit = 2}", "above zero"),
        (
            "[km]\nbands = [10]\nchoice = 5\ndecay = {shape = 'gaussian', sigma = 1, limit = 2, x = 1}",
            "km.decay.gaussian.x",
        ),
        ("[km]\nbands = [10]\nchoice = 5\ndecay = {shape = 'round'}", "km.decay"),
        (
            "[km]\nbands = [10]\ndecay = {shape = 'gaussian', sigma = 1, limit = 2}",
            "km.choice: Field required",
        ),
        ("[km", "cannot be read as TOML"),
    ],
)
def test_settings_that_do_not_fit_are_told(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "reach.toml"
    file.write_text(text)
    with pytest.raises(MeasureError) as error:
        measures(file)
    assert told in str(error.value)
    assert str(file) in str(error.value)
    assert "\n" not in str(error.value)


def test_settings_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(MeasureError, match="cannot be read"):
        measures(tmp_path / "none.toml")
