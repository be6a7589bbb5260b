"""Where people are, from what they type: ZIP codes, towns, counties and states, also half typed and mistyped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Query = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def find(query: Query) -> Callable[[str], list[str]]:
    """The ids of the places found, likeliest first."""
    return lambda words: [row[0] for row in query("SELECT place_id FROM find_place(?)", words)]


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("02139", "02139"),
        (" 02139-4307 ", "02139"),
        ("100 Main St, Cambridge, MA 02139", "02139"),
        ("lexington, ma", "lexington-ma"),
        ("Lexington MA", "lexington-ma"),
        ("LEXINGTON, Mass.", "lexington-ma"),
        ("lexington massachusetts", "lexington-ma"),
        ("lexington missouri", "lexington-mo"),
        ("middlesex county, ma", "middlesex-county-ma"),
        ("St. Louis, MO", "saint-louis-mo"),
        ("saint louis", "saint-louis-mo"),
        ("Mayaguez", "mayaguez-pr"),
        ("massachusetts", "massachusetts"),
        ("Mass.", "massachusetts"),
        ("NH", "new-hampshire"),
        ("West Virginia", "west-virginia"),
    ],
)
def test_a_place_is_found_by_its_name(query: Query, typed: str, place: str) -> None:
    assert query("SELECT place_id, match FROM find_place(?, n := 1)", typed) == [(place, "exact")]


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("camb", "cambridge-ma"),
        ("lexington m", "lexington-ma"),
        ("lexington misso", "lexington-mo"),
        ("north ad", "north-adams-ma"),
        ("0213", "02139"),
        ("middlesex", "middlesex-county-ma"),
    ],
)
def test_a_place_is_found_while_it_is_typed(query: Query, typed: str, place: str) -> None:
    assert query("SELECT place_id, match FROM find_place(?, n := 1)", typed) == [(place, "prefix")]


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("lexingtn, ma", "lexington-ma"),
        ("lexignton missouri", "lexington-mo"),
        ("manchestre", "manchester-nh"),
        ("cambrige", "cambridge-ma"),
    ],
)
def test_a_slip_is_forgiven_within_the_state_that_is_named(query: Query, typed: str, place: str) -> None:
    assert query("SELECT place_id, match FROM find_place(?)", typed) == [(place, "similar")]


def test_the_name_itself_comes_before_longer_ones_and_the_larger_of_equals_first(find) -> None:
    assert find("lexington") == [
        "lexington-ma",
        "lexington-mo",
        "lexington-va",  # nobody knows its people
        "lexington-park-ma",
        "east-lexington-ma",
    ]
    assert find("021") == ["02139", "02138"]


@pytest.mark.parametrize("typed", ["", "  ", "?!", "atlantis", "00000", "x" * 500, "'; DROP TABLE place; --"])
def test_what_is_no_place_finds_none(find, typed: str) -> None:
    assert find(typed) == []


def test_as_many_as_are_asked_for(query: Query) -> None:
    assert [len(query("SELECT * FROM find_place('lexington', n := ?)", n)) for n in (0, 1, 3)] == [0, 1, 3]


def test_what_is_near_a_zip_code(query: Query) -> None:
    rows = query("SELECT DISTINCT city FROM find_place('02139', n := 1) p, near(p.latitude, p.longitude, 15)")
    assert sorted(rows) == [("Boston",), ("Cambridge",)]


def test_all_named_places_are_there_whatever_the_states_of_the_release(query: Query) -> None:
    counts = dict(query("SELECT place_kind, count(*) FROM place GROUP BY ALL"))
    assert counts == {"state": 6, "county": 3, "town": 10, "zip": 3}
