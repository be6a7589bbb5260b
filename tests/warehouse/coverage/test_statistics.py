"""Intervals against published tables, and what is counted where nothing is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from warehouse.coverage.measure.statistics import (
    grouped_quantiles,
    is_reliable,
    poisson_interval,
    relative_error,
    weighted_quantile,
    wilson_interval,
)

# Garwood's limits at 95 %, as tabled by Ulm, American Journal of Epidemiology 131 (1990), and others before.
GARWOOD = [(0, 0.0, 3.689), (1, 0.025, 5.572), (2, 0.242, 7.225), (3, 0.619, 8.767), (10, 4.795, 18.390)]
# Method 3 of Newcombe, Statistics in Medicine 17 (1998), table I.
NEWCOMBE = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0, 0.1611),
    (1, 29, 0.0061, 0.1718),
]


@pytest.mark.parametrize(("count", "low", "high"), GARWOOD)
def test_a_count_has_garwoods_limits(count: int, low: float, high: float) -> None:
    assert poisson_interval(count) == pytest.approx((low, high), abs=6e-4)


@pytest.mark.parametrize(
    ("confidence", "low", "high"), [(0.9, 17.38, 34.92), (0.95, 16.18, 36.90), (0.99, 14.00, 41.00)]
)
def test_limits_follow_the_confidence(confidence: float, low: float, high: float) -> None:
    """As GraphPad prints them for a count of 25."""
    assert poisson_interval(25, confidence=confidence) == pytest.approx((low, high), abs=0.005)


def test_a_rate_is_the_count_over_who_was_exposed() -> None:
    of_count, of_rate = poisson_interval(12), poisson_interval(12, 250_000 / 100_000)
    assert of_count and of_rate
    assert of_rate == pytest.approx([end / 2.5 for end in of_count])
    assert poisson_interval(0, 0) is None
    assert poisson_interval(3, 0) is None


def test_a_huge_count_has_the_limits_of_the_normal_curve() -> None:
    assert poisson_interval(1e12) == pytest.approx((1e12 - 1.959964e6, 1e12 + 1.959964e6), rel=1e-11)


@pytest.mark.parametrize(("yes", "of", "low", "high"), NEWCOMBE)
def test_a_share_has_wilsons_limits(yes: int, of: int, low: float, high: float) -> None:
    assert wilson_interval(yes, of) == pytest.approx((low, high), abs=6e-5)


def test_a_share_stays_between_none_and_all() -> None:
    assert wilson_interval(0, 0) is None
    assert wilson_interval(0, 7)[0] == 0
    assert wilson_interval(7, 7)[1] == 1
    low, high = wilson_interval(7, 7)[0], wilson_interval(0, 7)[1]
    assert low == pytest.approx(1 - high)
    assert wilson_interval(5e11, 1e12) == pytest.approx((0.5, 0.5), abs=1e-6)


@pytest.mark.parametrize(
    ("interval", "numbers"),
    [
        (poisson_interval, (-1,)),
        (poisson_interval, (1, -1)),
        (poisson_interval, (1, 1, 1.0)),
        (poisson_interval, (math.nan,)),
        (wilson_interval, (3, 2)),
        (wilson_interval, (-1, 2)),
        (wilson_interval, (1, 2, 0)),
    ],
)
def test_what_cannot_be_counted_is_refused(interval, numbers: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"zero or more|confidence|whole"):
        interval(*numbers)


def test_reliable_is_a_small_error_on_five_or_more() -> None:
    assert relative_error(25) == pytest.approx(0.2)
    assert relative_error(0) is None
    assert relative_error(20, 100) == pytest.approx(0.2)
    assert [n for n in range(14) if is_reliable(n)] == [12, 13]
    assert not is_reliable(4, 4)  # no error at all by the formula, and yet hardly anything
    assert is_reliable(5, 5)
    assert not is_reliable(5, 5_000)


def test_a_quantile_is_of_the_people() -> None:
    km, people = [30.0, 10.0, 20.0, 5.0], [1, 4, 4, 1]
    assert weighted_quantile(km, people, 0.5) == 10  # 5 of 10 live at most 10 km away
    assert weighted_quantile(km, people, 0.51) == 20
    assert weighted_quantile(km, people, 0.9) == 20
    assert weighted_quantile(km, people, 1) == 30
    assert weighted_quantile(km, people, 0) == 5


def test_a_quantile_of_nobody_is_not_known() -> None:
    assert weighted_quantile([], [], 0.5) is None
    assert weighted_quantile([1.0, 2.0], [0, 0], 0.5) is None
    assert weighted_quantile([1.0, 2.0], [0, 3], 0) == 2
    assert weighted_quantile([1.0, math.inf], [1, 3], 0.5) == math.inf
    with pytest.raises(ValueError, match="needs numbers"):
        weighted_quantile([math.nan], [1], 0.5)


@pytest.mark.parametrize("q", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_quantiles_of_groups_are_those_of_each(q: float) -> None:
    chance = np.random.default_rng(7)
    km, people, group = chance.random(500).round(2), chance.integers(0, 9, 500), chance.integers(0, 40, 500)
    found = grouped_quantiles(km, people, group, 42, q)
    assert np.isnan(found[40:]).all()
    for number in range(40):
        inside = group == number
        in_turn = np.sort(np.repeat(km[inside], people[inside]))  # each person's own
        assert found[number] == in_turn[max(math.ceil(round(q * len(in_turn), 9)) - 1, 0)]
