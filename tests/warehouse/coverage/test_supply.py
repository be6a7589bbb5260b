"""What there is by area: the four answers, none known against nobody asked, people of the fitting age, intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from made_up_geography import COUNTIES, TOWNS
from warehouse_world import ask

from warehouse.coverage.measure.statistics import is_reliable, poisson_interval, wilson_interval

Told = Callable[..., list[tuple[Any, ...]]]
COUNTS = "services, of_services, not_ticked, not_asked, not_stated"
SITES = "services, sites, buildings, operators"


def row(told: Told, area: str, focus: str, dimension: str, value: str | None, columns: str = COUNTS, level: str = "iop") -> Any:  # fmt: skip
    """The one row of an area; None where there is none."""
    sql = f"""SELECT {columns} FROM coverage_supply WHERE area_id = ? AND focus = ? AND dimension = ?
        AND value IS NOT DISTINCT FROM ? AND level_of_care = ?"""
    found = told(sql, area, focus, dimension, value, level)
    assert len(found) < 2
    return found[0] if found else None


# area, focus, dimension, value → yes, of how many, asked and not ticked, not asked, not stated. Substance use in the state:
# a, a2, a3 and b of the list, g by its page. Mental health: c and h by their pages; of d in New Hampshire both.
ANSWERS = {
    ("25", "substance_use", "age_group", "adolescents"): (2, 5, 2, 0, 1),
    ("25", "substance_use", "payer", "medicaid"): (2, 5, 2, 0, 1),
    ("25", "substance_use", "age_group_payer", "adolescents medicaid"): (1, 5, 3, 0, 1),
    ("25", "substance_use", "time_of_day", "evening"): (0, 5, 1, 4, 0),  # g says no; the list does not ask
    ("25", "substance_use", "language", "es"): (0, 5, 4, 0, 1),
    ("25", "mental_health", "age_group", "adolescents"): (1, 2, 0, 0, 1),
    ("25", "mental_health", "time_of_day", "evening"): (1, 2, 0, 0, 1),
    ("25", "mental_health", "delivery", "virtual"): (1, 2, 0, 0, 1),
    ("25", "mental_health", "payer", "medicaid"): (None, 2, 0, 0, 2),  # nobody answered
    ("25017", "substance_use", "time_of_day", "evening"): (None, 1, 0, 1, 0),
    ("25017", "substance_use", "age_group", "adolescents"): (0, 1, 1, 0, 0),
    ("2502782000", "substance_use", "age_group_payer", "adolescents medicaid"): (1, 3, 2, 0, 0),
    ("33", "substance_use", "payer", "medicaid"): (1, 1, 0, 0, 0),
    ("33", "mental_health", "payer", "medicaid"): (1, 1, 0, 0, 0),
    ("33011", "mental_health", "condition", "substance_use"): (1, 1, 0, 0, 0),
}


@pytest.mark.parametrize("asked", ANSWERS, ids=" ".join)
def test_each_program_gives_one_of_four_answers(told: Told, asked: tuple[str, str, str, str]) -> None:
    assert row(told, *asked) == ANSWERS[asked]


def test_answers_add_up_to_the_programs(told: Told) -> None:
    """Everywhere, and the programs of each question are those of the area."""
    wrong = """SELECT count(*) FROM coverage_supply
        WHERE coalesce(services, 0) + not_ticked + not_asked + not_stated <> of_services"""
    assert told(wrong) == [(0,)]
    split = """SELECT count(*) FROM (SELECT 1 FROM coverage_supply WHERE of_services > 0 AND area_kind <> 'zcta'
        GROUP BY area_id, level_of_care, focus HAVING count(DISTINCT of_services) > 1)"""
    assert told(split) == [(0,)]
    assert told("SELECT count(*) FROM coverage_supply WHERE services IS NULL AND not_ticked > 0") == [(0,)]


def test_services_places_buildings_and_operators(told: Told) -> None:
    """a2 and a3 share a building on two floors; a and a2 an operator."""
    assert row(told, "25", "substance_use", "all", None, SITES) == (5, 5, 4, 4)
    assert row(told, "2502782000", "substance_use", "all", None, SITES) == (3, 3, 2, 2)
    assert row(told, "25", "substance_use", "age_group", "adolescents", SITES) == (2, 2, 2, 2)


def test_two_tracks_at_one_place_are_two_services(peculiar: Path) -> None:
    count = lambda *of: row(lambda *q: ask(peculiar, *q), "25027", "mental_health", *of)  # noqa: E731
    assert count("all", None, SITES) == (2, 1, 1, 1)
    assert count("age_group", "adolescents", SITES) == (1, 1, 1, 1)
    assert count("age_group", "adolescents") == (1, 2, 0, 0, 1)


def test_a_program_of_both_is_counted_in_each_and_there_is_no_sum(told: Told) -> None:
    assert row(told, "33", "substance_use", "all", None, SITES) == (1, 1, 1, 1)
    assert row(told, "33", "mental_health", "all", None, SITES) == (1, 1, 1, 1)
    assert row(told, "33", "not_stated", "all", None, SITES) == (1, 1, 1, 1), "j does not say"
    focuses = [("mental_health",), ("not_stated",), ("substance_use",)]
    assert told("SELECT DISTINCT focus FROM coverage_supply ORDER BY 1") == focuses


def test_none_known_is_0_where_a_list_asks_and_not_known_where_none_does(told: Told) -> None:
    zero, unknown = (0, 0, 0, 0), (None, None, None, None)
    assert row(told, "25001", "substance_use", "all", None, SITES) == zero
    assert row(told, "2500159735", "substance_use", "all", None, SITES) == zero
    assert row(told, "25001", "mental_health", "all", None, SITES) == unknown, "no list asks of it"
    assert row(told, "33001", "substance_use", "all", None, SITES) == unknown, (
        "no list of that state is loaded"
    )
    assert row(told, "25027", "mental_health", "all", None, SITES, "php") == zero
    assert row(told, "25025", "mental_health", "all", None, SITES, "php") == (1, 1, 1, 1)
    assert row(told, "25001", "substance_use", "all", None, "rate, rate_low, is_reliable") == (0, 0, False)
    assert row(told, "25001", "mental_health", "all", None, "rate, rate_low, rate_high, is_reliable") == (None, None, None, False)  # fmt: skip


def test_every_state_county_and_town_has_a_row(told: Told) -> None:
    """Of a ZIP code's area only what is there, and of Vermont, of which nothing is held, nothing."""
    rows = told("""SELECT area_kind, area_id FROM coverage_supply
        WHERE dimension = 'all' AND area_kind <> 'zcta' AND focus <> 'not_stated'""")
    areas = [("county", fips) for fips in COUNTIES] + [("town", geoid) for geoid in TOWNS] + [("state", "25"), ("state", "33")]  # fmt: skip
    assert Counter(rows) == Counter(dict.fromkeys(areas, 4))  # two levels of care, of two focuses
    assert told("SELECT DISTINCT area_id FROM coverage_supply WHERE area_kind = 'zcta' ORDER BY 1") == [
        ("01608",), ("02118",), ("02139",), ("03101",), ("03246",)]  # fmt: skip


FITTING = {"children": "under_18", "adolescents": "under_18", "young_adults": "population", "adults": "adults", "older_adults": "age_65_up"}  # fmt: skip


def test_rates_are_of_people_of_the_fitting_age(told: Told) -> None:
    people = told("SELECT area_kind, area_id, population, under_18, adults, age_65_up FROM area")
    counted = {(kind, area): dict(zip(("population", "under_18", "adults", "age_65_up"), of, strict=True)) for kind, area, *of in people}  # fmt: skip
    rows = told(
        "SELECT area_kind, area_id, dimension, value, people_kind, people, dataset_id FROM coverage_supply"
    )
    kinds = set()
    for kind, area, dimension, value, people_kind, number, dataset in rows:
        expected = FITTING[value.split()[0]] if dimension.startswith("age_group") else "population"
        assert (people_kind, number) == (expected, counted[kind, area][expected]), (area, dimension, value)
        assert dataset == ("counts" if expected == "population" else "ages")
        kinds.add(people_kind)
    assert kinds == {"population", "under_18", "adults", "age_65_up"}


def test_intervals_are_those_of_the_statistics(told: Told) -> None:
    columns = "services, sites, not_ticked, people, dimension, rate, rate_low, rate_high, share, share_low, share_high, is_reliable"
    seen: Counter[str] = Counter()
    for services, sites, not_ticked, people, dimension, rate, low, high, *share, reliable in told(
        f"SELECT {columns} FROM coverage_supply"
    ):
        assert reliable == is_reliable(sites or 0)
        if sites is None:
            assert [rate, low, high, *share] == [None] * 6
            seen["unknown"] += 1
            continue
        assert (low, high) == pytest.approx(poisson_interval(sites, people / 1e5))
        assert rate == pytest.approx(1e5 * sites / people)
        if dimension == "all":
            assert share == [None] * 3
            continue
        answered = services + not_ticked
        assert share == pytest.approx([services / answered, *wilson_interval(services, answered)])
        seen["share"] += 1
    assert min(seen["unknown"], seen["share"]) > 20


def test_where_people_are_not_counted_there_is_no_rate(peculiar: Path) -> None:
    (found,) = ask(peculiar, """SELECT sites, people, rate, rate_low, rate_high, dataset_id FROM coverage_supply
        WHERE area_id = '25025' AND dimension = 'all' AND level_of_care = 'iop' AND focus = 'substance_use'""")  # fmt: skip
    assert found == (1, None, None, None, None, None)


def test_a_place_of_two_states_is_counted_in_its_own(peculiar: Path) -> None:
    """One program at two places: once in each county and state."""
    counted = """SELECT area_id, services, sites FROM coverage_supply WHERE dimension = 'all' AND services > 0
        AND area_kind IN ('state', 'county') AND level_of_care = 'php' AND focus = 'mental_health'"""
    assert sorted(ask(peculiar, counted)) == [("25", 1, 1), ("25027", 1, 1), ("33", 1, 1), ("33011", 1, 1)]
