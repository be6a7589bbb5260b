"""In which county and town a place is: by its point, by what is printed where the point is at the line, by its ZIP code."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from made_up_geography import LACONIA, LEICESTER, MANCHESTER, WORCESTER, ZCTAS, CoverageWorld, Spot
from warehouse_world import VOCABULARY, ask, build_world

from warehouse.policy import variables

LINE = -71.5  # between Worcester and Middlesex, and between their towns
WORCESTER_FIPS, MIDDLESEX, WORCESTER_TOWN, CAMBRIDGE_TOWN = "25027", "25017", "2502782000", "2501711000"
# name → where, how precisely, county, town
PLACED = {
    "inside": (WORCESTER, "address", WORCESTER_FIPS, WORCESTER_TOWN),
    "misprinted": (replace(WORCESTER, county="Middlesex", city="Cambridge"), "address", WORCESTER_FIPS, WORCESTER_TOWN),
    "over_the_line": (replace(WORCESTER, longitude=LINE + 0.015), "address", WORCESTER_FIPS, WORCESTER_TOWN),
    "far_over_the_line": (replace(WORCESTER, longitude=LINE + 0.05), "address", MIDDLESEX, CAMBRIDGE_TOWN),
    "of_a_zip": (replace(WORCESTER, longitude=LINE + 0.05), "zip", WORCESTER_FIPS, WORCESTER_TOWN),
    "county_unsaid": (replace(WORCESTER, county=None, city="Elsewhere", longitude=LINE + 0.05), "zip", WORCESTER_FIPS, CAMBRIDGE_TOWN),
    "county_unheard_of": (replace(WORCESTER, county="Atlantis"), "zip", WORCESTER_FIPS, WORCESTER_TOWN),
    "zip_unknown": (replace(WORCESTER, zip="01999", county=None, city="Elsewhere"), "zip", WORCESTER_FIPS, WORCESTER_TOWN),
    "saint_town": (LEICESTER, "zip", WORCESTER_FIPS, "2502735000"),
    "saint_county": (replace(LACONIA, zip="03101"), "zip", "33001", None),
    "county_in_full": (replace(MANCHESTER, county="Hillsborough County"), "zip", "33011", None),
    "of_another_state": (replace(MANCHESTER, county="Worcester"), "address", "33011", None),
    "nowhere": (Spot("Elsewhere", "01999", None, None, None), None, None, None),
}  # fmt: skip


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, tuple[object, ...]]]:
    world = CoverageWorld()
    for name, (spot, precision, _, _) in PLACED.items():
        world.program(name, spot, geo_precision=precision)
    world.program("of_a_city", WORCESTER, geo_precision="city")
    path = build_world(world, tmp_path_factory.mktemp("placed"))

    def columns(names: str) -> dict[str, tuple[object, ...]]:
        return {name: row for name, *row in ask(path, f"SELECT location_id, {names} FROM location")}  # type: ignore[misc]

    return columns


@pytest.mark.parametrize("name", PLACED)
def test_the_county_and_town_of_a_place(placed, name: str) -> None:
    *_, county, town = PLACED[name]
    assert placed("county_fips, town_geoid")[f"loc_{name}"] == [county, town]


def test_how_far_a_point_may_be_off(placed) -> None:
    off = placed("geo_error_km, zcta")
    of_a_zip = round(math.sqrt(ZCTAS["01608"][4] / math.pi), 1)
    assert off["loc_inside"] == [variables(VOCABULARY)["address_error_km"], "01608"]
    assert off["loc_of_a_zip"] == [of_a_zip, "01608"]
    assert off["loc_saint_town"][0] == round(math.sqrt(90 / math.pi), 1)
    assert (off["loc_of_a_city"][0], off["loc_nowhere"], off["loc_zip_unknown"]) == (
        None,
        [None, None],
        [None, None],
    )


def test_only_states_that_the_release_speaks_of_are_held(alone: Path) -> None:
    """And the outlines of all: a map shows its neighbours."""
    where = "SELECT county_fips, town_geoid, zcta, geo_precision, geo_error_km FROM directory"
    assert ask(alone, where) == [(WORCESTER_FIPS, WORCESTER_TOWN, "01608", "address", 0.1)]
    assert ask(alone, "SELECT DISTINCT state FROM population_point") == [("MA",)]
    assert ask(alone, "SELECT DISTINCT state FROM area WHERE area_kind <> 'state'") == [("MA",)]
    assert ask(alone, "SELECT state FROM boundary WHERE area_kind = 'state' ORDER BY 1") == [
        ("MA",),
        ("NH",),
        ("VT",),
    ]
