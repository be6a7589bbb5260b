"""Names as comparable words."""

from __future__ import annotations

import pytest

from pipeline.normalize.name import Names, normalize_name, normalize_names


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("St. George Behav Hlth Ctr, LLC", "Saint George Behavioral Health Center"),
        ("Solutions Behavioral Healthcare", "Solution Behav Hlthcare Inc."),
        ("Children's Services", "Childrens Service"),
        ("Delaware Co Alcohol Services", "Delaware County Alcohol Servs"),
        ("Department of Veterans Affairs", "Dept of VA"),
        ("Centro de la Família", "Centro Familia"),
        ("Above & Beyond Family Recovery", "Above and Beyond Fam Recov"),
        ("U.S. Counseling", "US Counseling"),
    ],
)
def test_one_name_in_two_spellings(left: str, right: str) -> None:
    assert normalize_name(left) == normalize_name(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [("Hope House", "Hope Home"), ("North Shore Center", "South Shore Center"), ("Acme Co", "Acme County")],
)
def test_different_names_stay_different(left: str, right: str) -> None:
    assert normalize_name(left) != normalize_name(right)


def test_a_name_of_dropped_words_keeps_them() -> None:
    assert normalize_name("The Inc") == ("the", "inc")
    assert normalize_name("") == normalize_name(None) == ()


def test_a_name_broken_over_two_fields_is_joined() -> None:
    assert normalize_names("Fern Counseling and", "Education Inc").primary == (
        "fern",
        "counseling",
        "education",
    )


@pytest.mark.parametrize(
    ("name1", "name2"),
    [
        ("Ash LLC", "DBA Birch Recovery"),
        ("Ash LLC dba Birch Recovery", ""),
        ("Ash LLC D/B/A Birch Recovery", ""),
    ],
)
def test_trade_names(name1: str, name2: str) -> None:
    assert normalize_names(name1, name2) == Names(primary=("ash",), alias=("birch", "recovery"))


def test_the_second_field_serves_where_the_first_is_empty() -> None:
    assert normalize_names("", "Fern House").primary == ("fern", "house")
