"""The two national directories of 2023 in Massachusetts: what is published is what the rows of the sheets say.

Every expected figure is counted from the sheets here, by codes, and by nothing of the reader's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import zipcodes
from massachusetts import published
from workbooks import printed_in

Program = tuple[str, str, str]  # name, street, city
IOP, ADULT_DAY, DAY = "OIT", "ODT", "PHDT"
DIRECTORIES = ("su", "mh")  # of substance use, of mental health


def rows(file: Path) -> list[dict[str, Any]]:
    """The rows of Massachusetts as printed, with the set of their codes."""
    return [row | {"codes": set(row["service_code_info"].split())} for row in printed_in(file, "MA")]


@pytest.fixture(scope="module")
def sheets(shared: Path) -> dict[str, list[dict[str, Any]]]:
    return {name: rows(shared / "data" / "samhsa" / f"{name}_2023.xlsx") for name in DIRECTORIES}


@pytest.fixture(scope="module")
def programs(sheets: dict[str, list[dict[str, Any]]]) -> dict[Program, set[str]]:
    """The IOPs of the substance use directory with their codes.

    81 rows are 80 programs: of one operator the same building, street and number are printed as "Outpatient" and as
    "Recovery Home", which are settings and no names of programs. Its third row there has a name, and stays apart.
    """
    found: dict[Program, set[str]] = {}
    for row in sheets["su"]:
        if IOP in row["codes"]:
            found.setdefault((row["name1"], row["street1"], row["city"]), set()).update(row["codes"])
    assert sum(IOP in row["codes"] for row in sheets["su"]) == 81
    return found


@pytest.fixture(scope="module")
def ask(shared: Path) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
    """A question to the release, in which other lists and another state stand beside."""
    with duckdb.connect(str(published(shared / "data")), read_only=True) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


@pytest.mark.timeout(180)
def test_programs_by_county(ask, programs: dict[Program, set[str]], sheets) -> None:
    zips = {(r["name1"], r["street1"], r["city"]): r["zip"].zfill(5) for r in sheets["su"]}
    counted = Counter(
        zipcodes.matching(zips[program])[0]["county"].removesuffix(" County") for program in programs
    )
    assert (
        ask("SELECT count(*), count(DISTINCT service_id) FROM iop WHERE state = 'MA'")
        == [(len(programs), len(programs))]
        == [(80, 80)]
    )
    assert dict(ask("SELECT county, count(*) FROM iop WHERE state = 'MA' GROUP BY ALL")) == counted
    named = ("Worcester", "Middlesex", "Norfolk", "Barnstable", "Plymouth", "Franklin", "Suffolk")
    assert [counted[county] for county in named] == [18, 11, 11, 5, 3, 0, 10]


OWN = [
    ("populations", "adolescents", {"AD", "CHLD"}, 16),
    ("populations", "older_adults", {"SE", "SNR"}, 32),
    ("populations", "adults", {"ADLT"}, 56),
    ("payers_all", "medicaid", {"MD"}, 55),
    ("payers_all", "medicare", {"MC"}, 42),
    ("payers_all", "private", {"PI"}, 73),
    ("payment_options", "self_pay", {"SF"}, 73),
    ("languages", "es", {"SP"}, 23),
    ("languages", "ase", {"AH"}, 37),
]


@pytest.mark.parametrize(("column", "value", "codes", "expected"), OWN)
def test_a_program_has_what_its_own_rows_tick(
    ask, programs: dict[Program, set[str]], column: str, value: str, codes: set[str], expected: int
) -> None:
    """And of the other programs it is known that they were asked, and did not tick it."""
    ticked = sum(bool(codes & said) for said in programs.values())
    unticked = f"{column.removesuffix('_all')}_not_ticked"
    counted = f"count(*) FILTER (list_contains({column}, '{value}')), count(*) FILTER (list_contains({unticked}, '{value}'))"
    assert (
        ask(f"SELECT {counted} FROM iop WHERE state = 'MA'")
        == [(ticked, len(programs) - ticked)]
        == [(expected, 80 - expected)]
    )


def test_partial_hospitalization_keeps_its_focus(ask, sheets) -> None:
    counted = {
        "substance_use": sum(ADULT_DAY in row["codes"] for row in sheets["su"]),
        "mental_health": sum(DAY in row["codes"] for row in sheets["mh"]),
    }
    assert counted == {"substance_use": 51, "mental_health": 31}
    found = "SELECT focus, count(*) FROM directory WHERE level_of_care = 'php' AND state = 'MA' GROUP BY ALL"
    assert dict(ask(found)) == counted


def test_no_row_bears_a_name_that_its_place_does_not_print(ask, sheets) -> None:
    """Where another name of the operator is printed elsewhere, it stands beside."""
    strange = """SELECT count(*) FROM directory d WHERE organization_name NOT IN (
        SELECT l.organization_name FROM listing l JOIN crosswalk c USING (listing_id) WHERE c.entity_id = d.service_id)"""
    assert ask(strange) == [(0,)]
    assert ask("SELECT count(*) > 0 FROM directory WHERE operator_name <> organization_name") == [(True,)]
    labels = (
        "SELECT count(*) FROM ledger JOIN organization ON organization_id = entity_id WHERE label <> name"
    )
    assert ask(labels) == [(0,)]


def test_places_that_nobody_asked_about_iop_are_counted_apart(ask) -> None:
    places = "SELECT places_asked, places_not_asked FROM coverage_state WHERE state = 'MA' AND level_of_care = 'iop'"
    lists = """SELECT count(DISTINCT entity_id) FILTER (asked), count(DISTINCT entity_id) - count(DISTINCT entity_id) FILTER (asked)
        FROM (SELECT entity_id, questionnaire = 'samhsa_su' AS asked FROM crosswalk JOIN listing USING (listing_id)
            WHERE entity_type = 'location' AND state = 'MA' AND source_id IN ('su', 'mh'))"""
    assert ask(places) == ask(lists)


def test_what_no_list_asks_is_no_number(ask) -> None:
    columns = "substance_use_services, mental_health_services, virtual_services, evening_services"
    assert ask(f"SELECT {columns} FROM coverage_state WHERE level_of_care = 'iop' AND state = 'MA'") == [
        (80, None, None, None)
    ]
    answers = "SELECT DISTINCT answer(conditions, conditions_not_ticked, source_url, 'ocd') FROM iop"
    assert ask(f"{answers} WHERE state = 'MA'") == [("not_asked",)]


def test_a_list_is_cited_by_title_edition_and_row(ask) -> None:
    cited = "SELECT count(*), count(source_url), min(source_edition)::VARCHAR, count(source_locator) FROM directory WHERE source_title LIKE 'Directory of %'"
    ((rows, pages, edition, places),) = ask(cited)
    assert (pages, edition, places) == (0, "2023-01-01", rows)
    assert ask("SELECT DISTINCT source_title FROM iop WHERE state = 'MA'") == [
        ("Directory of substance use",)
    ]
