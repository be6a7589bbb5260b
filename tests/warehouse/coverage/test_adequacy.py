"""County types by population and density, and what is asked of each."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest

from warehouse.coverage.measure.adequacy import FILE, KM_PER_MILE, adequacy, read_standard
from warehouse.coverage.measure.nearest import EARTH_KM, Nearest
from warehouse.coverage.measure.reach import grouped, reach_of_points
from warehouse.coverage.measure.settings import MeasureError, measures
from warehouse.coverage.measure.travel import Basis, StraightLines, Unit

SQUARE_MILE = KM_PER_MILE**2
DEGREE = math.radians(1) * EARTH_KM


@pytest.mark.parametrize(
    ("population", "density", "expected"),
    [
        (1_600_000, 1_000, "large_metro"),
        (1_600_000, 999.9, "metro"),
        (797_936, 13_700, "large_metro"),  # Suffolk County, Massachusetts
        (862_111, 571, "metro"),  # Worcester County
        (466_372, 755, "metro"),  # Hampden
        (129_026, 139, "metro"),  # Berkshire
        (71_029, 102, "metro"),  # Franklin
        (14_255, 305, "micro"),  # Nantucket
        (60_000, 99.9, "micro"),
        (30_000, 50, "micro"),
        (30_000, 49.9, "rural"),
        (9_999, 4_999, "rural"),
        (9_999, 5_000, "large_metro"),
        (2_000_000, 9.9, "ceac"),
        (800, 0.5, "ceac"),
    ],
)
def test_a_county_is_of_a_type(population: int, density: float, expected: str) -> None:
    found = read_standard().type_of(population, population / density * SQUARE_MILE)
    assert found
    assert found.id == expected


def test_every_county_is_of_one_type() -> None:
    """No gap, and no county whose type the order of types would decide."""
    types = read_standard().county_type
    populations = (0, 9_999, 10_000, 49_999, 50_000, 199_999, 200_000, 499_999, 500_000, 999_999, 1e6, 1e7)
    densities = (0, 9.9, 10, 49.9, 50, 99.9, 100, 999.9, 1_000, 1_499.9, 1_500, 4_999.9, 5_000, 70_000)
    for population, density in itertools.product(populations, densities):
        of = {kind.id for kind in types if any(c.has(population, density) for c in kind.counties)}
        assert len(of) == 1, (population, density)


def test_figures_from_memory_say_so() -> None:
    standard = read_standard()
    assert not any(kind.verified for kind in standard.county_type)
    assert "memory" in standard.note
    assert [kind.min_share for kind in standard.county_type] == [0.9, 0.9, 0.85, 0.85, 0.85]


@pytest.mark.parametrize(("population", "land"), [(None, 5.0), (5, None), (5, 0.0)])
def test_unknown_counties_are_of_no_type(population: int | None, land: float | None) -> None:
    assert read_standard().type_of(population, land) is None


def test_enough_is_the_share_itself() -> None:
    metro = read_standard().county_type[1]
    assert [metro.meets(share) for share in (0.9, 0.8999, 1, None)] == [True, False, True, None]
    assert metro.limit(Unit.KM) == pytest.approx(40.2336)
    assert metro.limit(Unit.MINUTES) == 40


def test_counties_beside_the_standard() -> None:
    """A site at 0. In the metro county 91 % live within 40.2 km, in the micro one 84 % within 64.4 km."""
    north = np.array([40.0, 40.5, 64.0, 64.5, 3.0, 3.0]) / DEGREE
    people = [91, 9, 84, 16, 5, 7]
    lines = StraightLines(north, np.zeros(6), Nearest([0.0], [0.0]))
    reach = reach_of_points(lines, people, ["a"], measures()[Unit.KM])
    areas = {"metro": (862_111, 3_900.0), "micro": (60_000, 3_000.0), "new": (None, 900.0)}
    metro, micro, new = adequacy(
        read_standard(), reach, grouped(["metro", "metro", "micro", "micro", "new", None]), areas
    )
    assert (metro.share, metro.meets, metro.limit) == (0.91, True, pytest.approx(40.2336))
    assert (micro.share, micro.meets, micro.people) == (0.84, False, 100)
    assert micro.county_type
    assert (micro.county_type.id, micro.basis, micro.unit) == ("micro", Basis.STRAIGHT_LINE, Unit.KM)
    assert (new.county_fips, new.county_type, new.share, new.meets, new.limit) == (
        "new",
        None,
        None,
        None,
        None,
    )


def test_no_known_site_meets_nothing() -> None:
    reach = reach_of_points(StraightLines([0.0], [0.0], Nearest([], [])), [5], [], measures()[Unit.KM])
    (found,) = adequacy(read_standard(), reach, grouped(["x"]), {"x": (5, 1.0)})
    assert (found.share, found.meets) == (0, False)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("max_miles = 25", "max_mile = 25", "county_type.1.max_miles: Field required (and 1 more)"),
        ("max_miles = 25", "max_miles = -1", "county_type.1.max_miles: Input should be greater than 0"),
        (
            "min_share = 0.90",
            "min_share = 90",
            "county_type.0.min_share: Input should be less than or equal to 1",
        ),
        (
            "density_from = 10, density_below = 1_000",
            "density_from = 10, density_below = 5",
            "county_type.1.counties.0",
        ),
        ('id = "micro"', 'id = "metro"', "two county types have one id"),
        ("[[county_type]]", "[county_type", "cannot be read as TOML"),
    ],
)
def test_a_standard_that_does_not_fit_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    file = tmp_path / "state.toml"
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(MeasureError) as error:
        read_standard(file)
    assert told in str(error.value)
    assert str(file) in str(error.value)


def test_a_state_may_have_its_own(tmp_path: Path) -> None:
    file = tmp_path / "state.toml"
    file.write_text(
        """id = "x"
title = "X"
rule = "Made up"
url = "https://example.org"
[[county_type]]
id = "any"
title = "Any"
verified = true
max_miles = 30
max_minutes = 30
min_share = 1
counties = [{}]
"""
    )
    found = read_standard(file).type_of(5, 7.0)
    assert found
    assert (found.id, found.verified) == ("any", True)
