"""Two operators in one building, each with its own number: alike in letters is not alike in the word that tells them apart."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from pipeline.match.model import match_records

APART = [
    ("Sunrise Behavioral Health", "Sunset Behavioral Health"),
    ("Northside Treatment Center", "Southside Treatment Center"),
    ("Eastgate Outpatient Services", "Westgate Outpatient Services"),
    ("Riverside Behavioral Health", "Riverview Behavioral Health"),
    ("Harbor Recovery Services", "Arbor Recovery Services"),
    ("Greenfield Counseling Associates", "Greenwood Counseling Associates"),
]
ONE = [
    ("Horizon Recovry Center", "Horizon Recovery Center"),
    ("Viewpoint Recovery", "View Point Recovery"),
    ("Pathways Behavioral Health Services", "Pathway Behavioral Health Services"),
    ("Fernwod Behavioral Health", "Fernwood Behavioral Health"),
]


def places(records: Callable[..., pl.DataFrame], one: str, other: str) -> int:
    rows = records(
        {"name1": one, "phone": "413-555-0123"}, {"source": "b", "name1": other, "phone": "413-555-0199"}
    )
    return match_records(rows).assignments["location_id"].n_unique()


@pytest.mark.parametrize(("one", "other"), APART)
def test_names_one_word_apart_are_two_places(
    records: Callable[..., pl.DataFrame], one: str, other: str
) -> None:
    assert places(records, one, other) == 2


@pytest.mark.parametrize(("one", "other"), ONE)
def test_a_name_misspelled_is_one_place(records: Callable[..., pl.DataFrame], one: str, other: str) -> None:
    assert places(records, one, other) == 1
