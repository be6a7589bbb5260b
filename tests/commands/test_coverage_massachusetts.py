"""The coverage report of Massachusetts on real data: every headline counted again by other code.

Two recounts: from the release, by SQL over `directory` and every distance in numpy; and from the rows of the workbooks, by
codes. Neither uses the marts, the measures or the readers. Connecticut is read beside: its places and pages are across a border.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import lxml.html
import numpy as np
import pytest
import zipcodes
from by_brute_force import Point, Site, ways
from massachusetts import published
from recount import Recount, recount
from scipy.stats import binomtest, chi2
from workbooks import printed_in

from warehouse.coverage.publish import open_assembly, write_report
from warehouse.coverage.report.document import Figure
from warehouse.coverage.report.files import read_report

Ask = Callable[..., list[tuple[Any, ...]]]
IOP, ADULT_DAY, DAY = "OIT", "ODT", "PHDT"
MEDICAID, SPANISH, YOUNG = "MD", "SP", {"AD", "CHLD"}
WORCESTER, FRANKLIN = "25027", "25011"
pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def release(shared: Path) -> Path:
    return published(shared / "data")


@pytest.fixture(scope="module")
def ask(release: Path) -> Iterator[Ask]:
    with duckdb.connect(str(release), read_only=True) as connection:
        yield lambda sql, *values: connection.execute(sql, list(values)).fetchall()


@pytest.fixture(scope="module")
def figures(release: Path) -> dict[str, dict[str, Figure]]:
    """All figures of the report by id, of both states."""
    with open_assembly(release) as assembly:
        reports = {state: assembly.report(state) for state in ("MA", "CT")}
    items = {state: [i for s in report.sections for i in s.items] for state, report in reports.items()}
    return {state: {i.id: i for i in some if isinstance(i, Figure)} for state, some in items.items()}


@pytest.fixture(scope="module")
def recounted(ask: Ask) -> dict[str, dict[str, Recount]]:
    return {state: recount(ask, state) for state in ("MA", "CT")}


@pytest.fixture(scope="module")
def sheet(shared: Path) -> Callable[[str, str], list[dict[str, Any]]]:
    """`sheet("su", "MA")`: the rows of a state as printed, with the set of their codes, county and ZIP point."""

    @cache
    def rows(name: str, state: str) -> list[dict[str, Any]]:
        found = []
        for row in printed_in(shared / "data" / "samhsa" / f"{name}_2023.xlsx", state):
            post = zipcodes.matching(row["zip"].zfill(5)[:5])[0]
            at = {"latitude": float(post["lat"]), "longitude": float(post["long"])}
            codes = set(row["service_code_info"].split())
            found.append({**row, **at, "codes": codes, "county": post["county"].removesuffix(" County")})
        return found

    return rows


@pytest.fixture(scope="module")
def programs(sheet) -> dict[tuple[str, str, str], dict[str, Any]]:
    """IOPs of the substance use directory in Massachusetts: 81 rows, of which two are one program (`test_massachusetts.py`)."""
    rows = [row for row in sheet("su", "MA") if IOP in row["codes"]]
    assert len(rows) == 81
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in rows:
        kept = found.setdefault((row["name1"], row["street1"], row["city"]), dict(row))
        kept["codes"] = kept["codes"] | row["codes"]
    return found


@pytest.mark.parametrize("state", ["MA", "CT"])
def test_every_headline_is_counted_again_from_the_release(figures, recounted, state: str) -> None:
    assert figures[state].keys() == recounted[state].keys()
    for name, figure in figures[state].items():
        expected = recounted[state][name]
        assert figure.value == (
            None if expected.value is None else pytest.approx(expected.value, rel=1e-9)
        ), name
        parts = figure.answers and (figure.answers.yes, figure.answers.not_ticked, figure.answers.not_asked, figure.answers.not_stated)  # fmt: skip
        assert parts == expected.answers, name
        assert (figure.low, figure.high) == (expected.low and pytest.approx(expected.low), expected.high and pytest.approx(expected.high))  # fmt: skip


def test_counts_are_those_of_the_sheets(figures, programs, sheet) -> None:
    massachusetts = figures["MA"]
    ticked = {
        "programs": len(programs),
        "adolescents": sum(bool(YOUNG & row["codes"]) for row in programs.values()),
        "medicaid": sum(MEDICAID in row["codes"] for row in programs.values()),
        "adolescents_medicaid": sum(MEDICAID in row["codes"] and bool(YOUNG & row["codes"]) for row in programs.values()),
        "spanish": sum(SPANISH in row["codes"] for row in programs.values()),
        "php_substance_use": sum(ADULT_DAY in row["codes"] for row in sheet("su", "MA")),
        "php_mental_health": sum(DAY in row["codes"] for row in sheet("mh", "MA")),
    }  # fmt: skip
    assert {name: massachusetts[name].value for name in ticked} == ticked
    assert list(ticked.values()) == [80, 16, 55, 11, 23, 51, 31]
    for name in ("adolescents", "medicaid", "adolescents_medicaid", "spanish"):
        answers = massachusetts[name].answers
        assert (answers.yes, answers.not_ticked) == (ticked[name], 80 - ticked[name])
    for name in ("programs_mental_health", "evening", "virtual"):
        assert massachusetts[name].value is None, "no list asks it, and no page of the state was read"


def test_pages_add_what_lists_do_not_ask(figures, ask: Ask) -> None:
    """They speak of Connecticut, of which mental health and evenings are known by them alone."""
    own = "SELECT count(DISTINCT service_id) FROM directory WHERE level_of_care = 'iop' AND list_contains(sources, 'agency')"
    ((known,),) = ask(own)
    assert 0 < figures["CT"]["programs_mental_health"].value <= known
    assert figures["CT"]["evening"].value > 0


def test_people_are_those_of_the_2020_census(ask: Ask, shared: Path) -> None:
    with (shared / "data" / "geo" / "ma_counties_2020.csv").open(encoding="utf-8") as file:
        counted = {row["county_fips"]: int(row["pop2020"]) for row in csv.DictReader(file)}
    people = "SELECT area_id, people FROM coverage_supply WHERE state = 'MA' AND area_kind = 'county' AND dimension = 'all'"
    assert dict(ask(people)) == counted and len(counted) == 14
    assert sum(counted.values()) == 7_029_917
    reach = "SELECT people FROM coverage_reach WHERE area_id = '25' AND target = 'any'"
    assert ask(reach) == [(7_029_917,)]


@pytest.fixture(scope="module")
def people(shared: Path) -> list[Point]:
    """The block groups of Massachusetts, from the file."""
    file = shared / "data" / "geo" / "us_blockgroups_2020.parquet"
    sql = "SELECT lat, lon, pop2020 FROM read_parquet(?) WHERE state = 'MA' AND pop2020 > 0"
    return [Point(*row) for row in duckdb.execute(sql, [str(file)]).fetchall()]


def within(people: list[Point], rows: list[dict[str, Any]]) -> list[float]:
    """Percent of the people with one of these rows within 10, 25 and 50 km."""
    sites = [Site("", None, row["latitude"], row["longitude"]) for row in rows]
    nearest, living = ways(people, sites).min(axis=1), np.array([point.people for point in people])
    return [100 * float(living[nearest <= limit].sum() / living.sum()) for limit in (10, 25, 50)]


def test_within_reach_of_any_known_program(ask: Ask, people: list[Point], programs) -> None:
    """As counted by hand for Massachusetts alone; Connecticut's places add less than a tenth of a percent."""
    bands = "SELECT within_10_km, within_25_km, within_50_km FROM coverage_sensitivity WHERE state = 'MA' AND variant = ?"
    ((*own,),), ((*published,),) = (ask(bands, variant) for variant in ("own_state", "as_published"))
    found = [100 * share for share in own]
    assert found == pytest.approx([77.8, 98.1, 100], abs=0.3)
    assert found == pytest.approx(within(people, list(programs.values())), abs=0.05)
    assert [100 * share for share in published] == pytest.approx(found, abs=0.1) and published[0] > own[0]


def test_within_reach_of_one_that_takes_medicaid(ask: Ask, people: list[Point], sheet) -> None:
    """Issue 14 has 68.5, 96.3 and 100 by another count; the rows that tick Medicaid, at their ZIP points, come to 68.1 and 96.2."""
    rows = [r for state in ("MA", "CT") for r in sheet("su", state) if {IOP, MEDICAID} <= r["codes"]]
    columns = "within_10_km, within_25_km, within_50_km"
    ((*counted,),) = ask(f"SELECT {columns} FROM coverage_reach WHERE target = 'medicaid' AND area_id = '25'")
    found = [100 * people_there / 7_029_917 for people_there in counted]
    assert found == pytest.approx(within(people, rows), abs=0.05)
    assert found == pytest.approx([68.1, 96.2, 100], abs=0.1)


@pytest.mark.parametrize("town", ["Charlemont", "Plymouth"])
def test_the_farthest_towns(ask: Ask, shared: Path, programs, town: str) -> None:
    with (shared / "data" / "geo" / "ma_towns_2020.csv").open(encoding="utf-8") as file:
        (found,) = (row for row in csv.DictReader(file) if row["town"] == town)
    middle = Point(float(found["intpt_lat"]), float(found["intpt_lon"]), 1)
    sites = [Site("", None, row["latitude"], row["longitude"]) for row in programs.values()]
    ((km,),) = ask("SELECT inner_point_km FROM coverage_reach WHERE target = 'any' AND area_id = ?", found["geoid"])  # fmt: skip
    assert km == pytest.approx(float(ways([middle], sites).min()), abs=0.1)
    assert km == pytest.approx(33, abs=0.5)


def county(ask: Ask, fips: str, dimension: str, value: str | None, columns: str) -> tuple[Any, ...]:
    (row,) = ask(f"""SELECT {columns} FROM coverage_supply WHERE area_id = ? AND level_of_care = 'iop' AND focus = 'substance_use'
        AND dimension = ? AND value IS NOT DISTINCT FROM ?""", fips, dimension, value)  # fmt: skip
    return row


def test_two_counties_by_hand(ask: Ask, programs) -> None:
    here = [row["codes"] for row in programs.values() if row["county"] == "Worcester"]
    ticked = {
        ("all", None): len(here),
        ("age_group", "adolescents"): sum(bool(YOUNG & codes) for codes in here),
        ("payer", "medicaid"): sum(MEDICAID in codes for codes in here),
        ("age_group_payer", "adolescents medicaid"): sum(MEDICAID in codes and bool(YOUNG & codes) for codes in here),
    }  # fmt: skip
    assert list(ticked.values()) == [18, 5, 13, 4]
    for (dimension, value), yes in ticked.items():
        found = county(ask, WORCESTER, dimension, value, "services, not_ticked, not_asked, not_stated")
        assert found == (yes, 18 - yes, 0, 0)
    assert not any(row["county"] == "Franklin" for row in programs.values())
    assert county(ask, FRANKLIN, "all", None, "services, sites, rate, is_reliable") == (0, 0, 0, False)


def test_programs_of_every_county(ask: Ask, programs) -> None:
    counted = Counter(row["county"] for row in programs.values())
    rows = ask("""SELECT name, services FROM coverage_supply JOIN area USING (area_kind, area_id) WHERE area_kind = 'county'
        AND coverage_supply.state = 'MA' AND level_of_care = 'iop' AND focus = 'substance_use' AND dimension = 'all'""")  # fmt: skip
    assert len(rows) == 14 and {name: n for name, n in rows if n} == counted


def test_intervals_of_a_county_in_closed_form(ask: Ask) -> None:
    columns = "sites, people, rate, rate_low, rate_high, is_reliable"
    sites, people, rate, low, high, reliable = county(ask, WORCESTER, "all", None, columns)
    per = people / 1e5
    assert (rate, low, high) == pytest.approx(
        (sites / per, chi2.ppf(0.025, 2 * sites) / 2 / per, chi2.ppf(0.975, 2 * sites + 2) / 2 / per))  # fmt: skip
    assert reliable
    share, low, high = county(ask, WORCESTER, "payer", "medicaid", "share, share_low, share_high")
    wilson = binomtest(13, 18).proportion_ci(method="wilson")
    assert (share, low, high) == pytest.approx((13 / 18, wilson.low, wilson.high))


def test_the_page_stands_alone_and_is_small(release: Path, tmp_path: Path) -> None:
    written = write_report(release, "MA", tmp_path / "report")
    assert written.size == written.page.stat().st_size <= 2_000_000
    page = lxml.html.parse(str(written.page))
    loaded = page.xpath("//@src | //link/@href | //image/@href | //use/@href | //form/@action")
    assert [address for address in loaded if not str(address).startswith(("#", "data:"))] == []
    report = read_report((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    drawn = set(page.xpath("//@id"))
    assert {item.id for section in report.sections for item in section.items} <= drawn
    assert {path.suffix for path in (tmp_path / "report" / "maps").iterdir()} == {".png"}
