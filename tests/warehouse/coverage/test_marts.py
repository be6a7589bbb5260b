"""Reach, gaps, adequacy and sensitivity of the made-up states, beside every distance counted by brute force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from by_brute_force import Point, Site, figures, ways
from made_up_geography import COUNTIES, TOWNS, UNCOUNTED
from warehouse_world import ask

from warehouse.coverage.measure.adequacy import read_standard
from warehouse.coverage.measure.travel import Unit

Told = Callable[..., list[tuple[Any, ...]]]
# The sites of each target by the programs of `made_up_programs.py`; h has no point, f offers no IOP, e a PHP.
SITES = {
    "any": "a a2 a3 b c d g j",
    "substance_use": "a a2 a3 b d g",
    "mental_health": "c d",
    "adolescents": "a a3 c",
    "medicaid": "a b d",
    "evening": "c",
    "spanish": "d",
    "php": "e",
}
# In which states somebody could tell: by a list that asks of the level there, or by a program that answers.
ASKED = {
    "any": "MA NH",
    "substance_use": "MA NH",
    "mental_health": "MA NH",
    "adolescents": "MA",
    "medicaid": "MA NH",
    "evening": "MA",
    "spanish": "MA NH",
    "php": "MA",
}
# Places that may be one: e and i are listed for mental health, and that list asks of no IOP; of programs, those that do not
# say or were not asked.
MENTAL_HEALTH = {"e": "not_asked", "i": "not_asked"}
MAYBE = {
    "any": MENTAL_HEALTH,
    "substance_use": {},
    "mental_health": MENTAL_HEALTH,
    "adolescents": MENTAL_HEALTH | dict.fromkeys("dgj", "not_stated"),
    "medicaid": MENTAL_HEALTH | dict.fromkeys("cgj", "not_stated"),
    "evening": MENTAL_HEALTH
    | dict.fromkeys(("a", "a2", "a3", "b"), "not_asked")
    | dict.fromkeys("dj", "not_stated"),
    "spanish": MENTAL_HEALTH | dict.fromkeys("cgj", "not_stated"),
    "php": {},
}
MEASURES = "people median_km p90_km within_10_km within_25_km within_50_km choice accessibility".split()


@pytest.fixture(scope="module")
def places(covered: Path) -> dict[str, Site]:
    rows = ask(covered, "SELECT location_id, organization_id, latitude, longitude FROM location WHERE latitude IS NOT NULL")  # fmt: skip
    return {row[0].removeprefix("loc_"): Site(*row) for row in rows}


@pytest.fixture(scope="module")
def points(covered: Path) -> list[dict[str, Any]]:
    columns = "point_id, state, county_fips, town_geoid, latitude, longitude, population, under_18"
    rows = ask(covered, f"SELECT {columns} FROM population_point ORDER BY point_id")
    return [dict(zip(columns.split(", "), row, strict=True)) for row in rows]


def sites_of(places: dict[str, Site], target: str) -> list[Site]:
    return [places[name] for name in SITES[target].split()]


def of(points: list[dict[str, Any]], people: str = "population") -> list[Point]:
    return [Point(p["latitude"], p["longitude"], p[people]) for p in points]


def test_the_sites_of_each_target(told: Told) -> None:
    found = defaultdict(set)
    for target, location in told("SELECT target, location_id FROM coverage_site"):
        found[target].add(location.removeprefix("loc_"))
    assert found == {target: set(names.split()) for target, names in SITES.items()}


@pytest.mark.parametrize("target", SITES)
def test_reach_is_that_of_every_distance(told: Told, places, points, target: str) -> None:
    sites, kind = sites_of(places, target), "under_18" if target == "adolescents" else "population"
    columns = "state, area_kind, area_id, people_kind, basis, point_kind"
    rows = told(f"SELECT {columns}, {', '.join(MEASURES)} FROM coverage_reach WHERE target = ?", target)
    assert {row[2] for row in rows} == {"25", "33", *COUNTIES, *TOWNS}
    for state, area_kind, area, people_kind, basis, point_kind, *measured in rows:
        assert (people_kind, basis) == (kind, "straight_line")
        if point_kind == "inner_point":
            assert area == UNCOUNTED
            continue
        key = {"state": "state", "county": "county_fips", "town": "town_geoid"}[area_kind]
        here = [p[key] == (state if area_kind == "state" else area) for p in points]
        expected = figures(of(points, kind), sites, here)
        if state not in ASKED[target].split():
            assert measured == [expected["people"], *[None] * 7], "nobody could tell there"
            continue
        assert measured == pytest.approx([expected[name] for name in MEASURES], rel=1e-9), (target, area)


@pytest.mark.parametrize("target", ["any", "medicaid", "adolescents"])
def test_a_town_that_its_points_do_not_count_is_at_its_inner_point(told: Told, places, target: str) -> None:
    west, south, east, north = TOWNS[UNCOUNTED].box
    (town,) = told("SELECT population, under_18 FROM area WHERE area_id = ?", UNCOUNTED)
    middle = [Point((south + north) / 2, (west + east) / 2, town[target == "adolescents"])]
    km = float(ways(middle, sites_of(places, target)).min())
    people = float(middle[0].people)
    columns = f"point_kind, {', '.join(MEASURES)}, inner_point_km"
    (found,) = told(
        f"SELECT {columns} FROM coverage_reach WHERE target = ? AND area_id = ?", target, UNCOUNTED
    )
    within = [people * (km <= limit) for limit in (10, 25, 50)]
    assert found == ("inner_point", people, pytest.approx(km), pytest.approx(km), *within, 0, None, pytest.approx(km))  # fmt: skip


def test_inner_points_and_sites_of_an_area(told: Told, places) -> None:
    rows = told(
        "SELECT area_id, inner_point_km, sites FROM coverage_reach WHERE target = 'any' AND area_kind <> 'state'"
    )
    sites = sites_of(places, "any")
    for area, km, _ in rows:
        west, south, east, north = (COUNTIES | TOWNS)[area].box
        middle = [Point((south + north) / 2, (west + east) / 2, 1)]
        assert km == pytest.approx(float(ways(middle, sites).min()))
    counted = {area: sites for area, _, sites in rows if sites}
    assert counted == {"25027": 4, "2502782000": 4, "25017": 1, "2501711000": 1, "25025": 1, "2502507000": 1, "33011": 1, "33001": 1}  # fmt: skip
    assert told("SELECT area_id, sites FROM coverage_reach WHERE target = 'any' AND area_kind = 'state' ORDER BY 1") == [("25", 6), ("33", 2)]  # fmt: skip


def test_sites_across_the_border_count(told: Told, places, points) -> None:
    massachusetts = [p["state"] == "MA" for p in points]
    without = figures(of(points), [s for s in sites_of(places, "any") if s != places["d"]], massachusetts)
    ((within, shared),) = told("SELECT within_25_km, accessibility FROM coverage_reach WHERE target = 'any' AND area_id = '25'")  # fmt: skip
    assert within > without["within_25_km"] and shared != pytest.approx(without["accessibility"])


def test_where_ages_are_not_known_everybody_is_counted(peculiar: Path) -> None:
    kinds = "SELECT DISTINCT people_kind FROM coverage_reach WHERE target = 'adolescents' AND point_kind = 'block_group'"
    assert ask(peculiar, kinds) == [("population",)]


def test_none_known_is_none_within_reach(alone: Path) -> None:
    """A list asks of the level, and nobody ticks it: none is known, which is not the same as that nobody could tell."""
    columns = "sites, within_10_km, within_50_km, choice, median_km, inner_point_km"
    reach = f"SELECT {columns} FROM coverage_reach WHERE area_id = '25' AND target = ?"
    assert ask(alone, reach, "any") == [(0, 0, 0, 0, None, None)]
    assert ask(alone, reach, "mental_health") == [(None,) * 6]
    assert ask(alone, "SELECT DISTINCT share, meets FROM coverage_adequacy WHERE target = 'any'") == [
        (0, False)
    ]
    gaps = "SELECT sum(people), count(nearest_km) FROM coverage_gap WHERE target = 'any'"
    assert ask(alone, gaps) == ask(alone, "SELECT sum(population), 0 FROM population_point")


@pytest.mark.parametrize("target", SITES)
def test_gaps_are_ranked_by_people_with_what_might_close_them(
    told: Told, places, points, target: str
) -> None:
    sites, kind = sites_of(places, target), "under_18" if target == "adolescents" else "population"
    km = ways(of(points), sites)
    out = defaultdict(list)
    for n, point in enumerate(points):
        if km[n].min() > 25 and point["state"] in ASKED[target].split():
            out[point["state"], point["town_geoid"] or point["point_id"]].append(n)
    people = {area: sum(points[n][kind] for n in some) for area, some in out.items()}
    columns = """state, rank, area_kind, area_id, people, latitude, longitude, nearest_location_id, nearest_km,
        closing_location_id, closing_km, closing_answer"""
    rows = told(f"SELECT {columns} FROM coverage_gap WHERE target = ? ORDER BY state, rank", target)
    assert {(row[0], row[3]): row[4] for row in rows} == people
    for state in ("MA", "NH"):
        ranked = [row for row in rows if row[0] == state]
        assert [row[1] for row in ranked] == list(range(1, len(ranked) + 1))
        assert [row[4] for row in ranked] == sorted((row[4] for row in ranked), reverse=True)
    maybe = {places[name].location: (places[name], answer) for name, answer in MAYBE[target].items()}
    for (
        state,
        _,
        area_kind,
        area,
        _,
        latitude,
        longitude,
        nearest,
        nearest_km,
        closing,
        closing_km,
        answer,
    ) in rows:
        most = max(out[state, area], key=lambda n: points[n][kind])
        assert (latitude, longitude) == (points[most]["latitude"], points[most]["longitude"])
        assert area_kind == ("town" if state == "MA" else "zcta")
        at = km[most].argmin()
        assert (nearest, nearest_km) == (sites[at].location, pytest.approx(km[most, at]))
        near = {
            name: float(ways([Point(latitude, longitude, 1)], [site])[0, 0])
            for name, (site, _) in maybe.items()
        }
        least = min(near, key=near.__getitem__, default=None)
        if least is None or near[least] > 25:
            assert (closing, closing_km, answer) == (None, None, None)
        else:
            same = [name for name, way in near.items() if way == pytest.approx(near[least])]
            assert (
                closing in same and closing_km == pytest.approx(near[least]) and answer == maybe[closing][1]
            )


def test_some_gaps_might_close_and_of_what_nobody_could_tell_there_is_none(told: Told) -> None:
    assert told("SELECT DISTINCT closing_answer FROM coverage_gap WHERE closing_answer IS NOT NULL ORDER BY 1") == [
        ("not_asked",), ("not_stated",)]  # fmt: skip
    assert told(
        "SELECT DISTINCT state FROM coverage_gap WHERE target IN ('evening', 'php', 'adolescents')"
    ) == [("MA",)]


@pytest.mark.parametrize("target", SITES)
def test_adequacy_by_county_type(told: Told, places, points, target: str) -> None:
    standard, sites = read_standard(), sites_of(places, target)
    kind = "under_18" if target == "adolescents" else "population"
    rows = told("""SELECT q.*, a.population, a.land_km2 FROM coverage_adequacy q JOIN area a USING (area_id)
        WHERE a.area_kind = 'county' AND target = ?""", target)  # fmt: skip
    assert {row[2] for row in rows} == set(COUNTIES)
    for (
        _,
        state,
        fips,
        title,
        verified,
        county_type,
        limit_km,
        required,
        share,
        meets,
        population,
        land,
    ) in rows:
        asked = standard.type_of(population, land)
        assert asked is not None
        assert (title, verified, county_type, limit_km, required) == (
            standard.title, False, asked.title, asked.limit(Unit.KM), asked.min_share)  # fmt: skip
        here = [p for p in points if p["county_fips"] == fips]
        near = ways(of(here), sites).min(axis=1) <= limit_km
        within = sum(p[kind] for p, is_near in zip(here, near, strict=True) if is_near) / sum(
            p[kind] for p in here
        )
        if state in ASKED[target].split():
            assert share == pytest.approx(within) and meets == (within >= required)
        else:
            assert (share, meets) == (None, None)


def test_a_county_of_unknown_size_is_of_no_type(peculiar: Path) -> None:
    (found,) = ask(peculiar, """SELECT verified, county_type, limit_km, required_share, share, meets FROM coverage_adequacy
        WHERE target = 'any' AND area_id = '25027'""")  # fmt: skip
    assert found == (None,) * 6


@pytest.mark.parametrize("state", ["MA", "NH"])
def test_what_the_distances_depend_on(told: Told, places, points, state: str) -> None:
    sites, here = sites_of(places, "any"), [p["state"] == state for p in points]
    centre = {row[0]: row[1:] for row in told("""SELECT location_id, latitude, longitude FROM
        (SELECT location_id, zcta FROM location) JOIN area ON area_kind = 'zcta' AND area_id = zcta""")}  # fmt: skip
    at_zip = [
        site._replace(latitude=centre[site.location][0], longitude=centre[site.location][1]) for site in sites
    ]
    home = [site for site in sites if (site in (places["d"], places["j"])) == (state == "NH")]
    addressed = [site for site in sites if site != places["g"]]
    ours = [point for point, is_here in zip(of(points), here, strict=True) if is_here]
    beside = sum(float(ways(ours, [site]).min()) <= 100 for site in sites if site not in home)
    expected = {
        "as_published": (sites, len(home) + beside, beside),
        "own_state": (home, len(home), 0),
        "address_points": (addressed, len(home) + beside - 1, beside - (state == "NH")),
        "zip_points": (at_zip, len(home) + beside, beside),
    }
    rows = told("SELECT variant, sites, other_states, median_km, within_10_km, within_25_km, within_50_km FROM coverage_sensitivity WHERE state = ?", state)  # fmt: skip
    assert {row[0] for row in rows} == expected.keys()
    for variant, counted, others, median, *shares in rows:
        chosen, number, of_others = expected[variant]
        assert (counted, others) == (number, of_others), variant
        found = figures(of(points), chosen, here)
        assert median == pytest.approx(found["median_km"])
        assert shares == pytest.approx(
            [found[f"within_{limit}_km"] / found["people"] for limit in (10, 25, 50)]
        )


def test_virtual_programs_by_state(told: Told) -> None:
    """v1 names two states, h has its place in one and can be attended virtually; v2 names none and has none."""
    columns = "state, focus, services, stated, virtual_only, operators"
    assert told(f"SELECT {columns} FROM coverage_virtual WHERE level_of_care = 'iop' ORDER BY state NULLS LAST, focus") == [
        ("MA", "mental_health", 2, 1, 1, 2),
        ("NH", "mental_health", 1, 1, 1, 1),
        (None, "substance_use", 1, 0, 1, 1),
    ]  # fmt: skip
    assert told("SELECT count(*) FROM coverage_virtual WHERE level_of_care = 'php'") == [(0,)]


def test_which_source_says_what(told: Told) -> None:
    columns = "source_id, field, services, stating, is_asked"
    found = {
        tuple(row[:2]): row[2:]
        for row in told(f"SELECT {columns} FROM coverage_source_fact WHERE state = 'MA'")
    }
    assert {source for source, _ in found} == {"su_2025", "site_c", "site_g", "site_h"}
    assert found["su_2025", "population"] == (4, 2, True)
    assert found["su_2025", "payer"] == (4, 2, True)
    assert found["su_2025", "evening"] == (4, 0, False)
    assert found["site_c", "evening"] == (1, 1, False)
    assert found["site_c", "payer"] == (1, 0, False)
    assert told(f"SELECT {columns} FROM coverage_source_fact WHERE state = 'NH' AND field = 'payer' ORDER BY 1") == [
        ("site_d", "payer", 1, 1, False), ("site_j", "payer", 1, 0, False)]  # fmt: skip


def test_what_a_page_says_of_another_program_is_not_said_of_its_iop(peculiar: Path) -> None:
    stating = """SELECT field, stating FROM coverage_source_fact
        WHERE source_id = 'site_levels' AND field IN ('evening', 'payer') ORDER BY 1"""
    assert ask(peculiar, stating) == [("evening", 0), ("payer", 1)]
