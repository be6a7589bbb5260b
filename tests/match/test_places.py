"""Which records are one place, and which are not: the cases of real directories, made up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from pipeline.match.model import match_records

Make = Callable[..., pl.DataFrame]


def one(frame: pl.DataFrame, column: str, left: str = "r0", right: str = "r1") -> bool:
    of = dict(match_records(frame).assignments.select("record_id", column).iter_rows())
    return of[left] == of[right]


FERN: dict[str, Any] = {"name1": "Fernwood Recovery Inc", "phone": "413-555-0100"}


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({**FERN}, "identical"),
        ({**FERN, "name1": "Fernwood Recov"}, "abbreviated"),
        ({**FERN, "name1": "Birchtree Partners"}, "renamed, same phone"),
        ({**FERN, "phone": "413-555-0177"}, "new phone"),
        ({**FERN, "phone": ""}, "phone not stated"),
        ({**FERN, "street2": "Suite 5"}, "suite added"),
        ({**FERN, "street1": "12 Main St"}, "street type abbreviated"),
        ({**FERN, "street1": "12 Main Avenue"}, "another street type"),
        ({**FERN, "zip": "01009"}, "another ZIP code in the city"),
        ({**FERN, "street1": "- - -"}, "street withheld, same phone"),
        ({**FERN, "phone": "413-555-0100 x22"}, "extension"),
        ({**FERN, "name1": "Birchtree Partners", "phone": "( 413 ) 555-0100"}, "blanks in brackets"),
        ({**FERN, "name1": "Birchtree Partners", "phone": "4135550100.0"}, "a float"),
        ({**FERN, "name1": "Birchtree Partners", "phone": "tel:%28413%29%20555-0100"}, "percent-encoded"),
        ({**FERN, "phone": "800-555-0155", "intake": "413-555-0100"}, "main and intake numbers swapped"),
        ({**FERN, "name1": "Alder Trust LLC", "name2": "DBA Fernwood Recovery", "phone": ""}, "trade name"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_same_place(records: Make, other: dict[str, Any], why: str) -> None:
    assert one(records(FERN, {"source": "b", **other}), "location_id"), why


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({**FERN, "street1": "14 Main Street"}, "next door"),
        ({**FERN, "street1": "12 Oak Street"}, "same number in another street"),
        ({**FERN, "city": "Birch", "state": "NY", "zip": "12001"}, "same street text in another state"),
        ({"name1": "Birchtree Partners", "phone": "413-555-0177"}, "another tenant"),
        ({"name1": "Birchtree Partners"}, "another tenant without a phone"),
        ({**FERN, "street1": "- - -", "phone": "413-555-0177"}, "withheld, another phone"),
        ({**FERN, "is_virtual": True, "street1": "", "city": "", "zip": ""}, "virtual"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_another_place(records: Make, other: dict[str, Any], why: str) -> None:
    frame = records({**FERN, "is_virtual": False}, {"source": "b", "is_virtual": False, **other})
    assert not one(frame, "location_id"), why


def test_two_clinics_of_a_hospital_with_their_own_phones_stay_apart(records: Make) -> None:
    hospital = {"name1": "Alder Memorial Hospital"}
    frame = records(
        {**hospital, "name2": "Methadone Program", "phone": "413-555-0101"},
        {**hospital, "name2": "Child Psychiatry Clinic", "phone": "617-555-0162"},
    )
    assert not one(frame, "location_id")
    assert one(frame, "organization_id")


def test_a_record_without_a_phone_does_not_chain_two_clinics_together(records: Make) -> None:
    hospital = {"name1": "Alder Memorial Hospital"}
    frame = records(
        {**hospital, "name2": "Methadone Program", "phone": "413-555-0101"},
        {**hospital, "name2": "Child Psychiatry Clinic", "phone": "617-555-0162"},
        {**hospital, "source": "c"},
    )
    assert not one(frame, "location_id")


def test_a_box_does_not_connect_two_streets(records: Make) -> None:
    frame = records(
        FERN, {**FERN, "street1": "90 Oak Street"}, {**FERN, "street1": "PO Box 7", "source": "b"}
    )
    assert not one(frame, "location_id")
    assert one(frame, "organization_id")


def test_virtual_offers_of_one_operator_are_one_place(records: Make) -> None:
    virtual = {
        "is_virtual": True,
        "street1": "",
        "city": "",
        "zip": "",
        "website": "https://fernwood.example",
    }
    frame = records({**FERN, **virtual}, {**FERN, **virtual, "source": "b"}, {**FERN, "is_virtual": False})
    assert one(frame, "location_id")
    assert not one(frame, "location_id", "r0", "r2")
    assert one(frame, "organization_id", "r0", "r2")


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("12345 IH-35 North", "12345 N Interstate 35", True),
        ("12 Main Street, N.W.", "12 Main Street, S.E.", False),
        ("12 Main Street, N.W.", "12 Main St NW", True),
        ("PO Box 7, 12 Main Street", "12 Main Street", True),
        ("Carr 2 Km 11.5", "Carr. 2 Km. 11 Hm 5", True),
        ("Carr 2 Km 11.5", "Carr 2 Km 1.15", False),
        ("N/A", "none", False),
    ],
)
def test_street_forms(records: Make, left: str, right: str, same: bool) -> None:
    rows = (
        {"name1": name, "street1": street}
        for name, street in (("Zalvora House", left), ("Quendil House", right))
    )
    frame = (
        records({**FERN, "street1": left}, {**FERN, "street1": right, "source": "b"})
        if left != "N/A"
        else records(*rows)
    )
    assert one(frame, "location_id") is same


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("8 Farnham Street", "8 Famham Street"),
        ("40 Burnham Road", "40 Bumharn Road"),
        ("8 Oak Street", "8 Oka Street"),
        ("8 Elm Street", "8 Ellm Street"),
        ("8 Maple Street", "8 Mapel Street"),
        ("12 Clover Lane", "12 Dover Lane"),
    ],
    ids=["rn as m", "twice", "turned", "doubled", "turned longer", "cl as d"],
)
def test_a_misspelled_street_is_one_place_where_phone_and_name_agree(
    records: Make, typed: str, other: str
) -> None:
    assert one(records({**FERN, "street1": typed}, {**FERN, "street1": other, "source": "b"}), "location_id")


@pytest.mark.parametrize(
    ("street", "change"),
    [
        ("8 Oat Street", {"phone": "413-555-0177"}),
        ("8 Oat Street", {"phone": ""}),
        ("8 Oat Street", {"zip": "01009"}),
        ("18 Oak Street", {}),
        ("8 Elm Street", {}),
    ],
    ids=["another phone", "no phone", "another ZIP code", "another number", "another street"],
)
def test_two_streets_alike_in_print_stay_apart(records: Make, street: str, change: dict[str, str]) -> None:
    oak = {**FERN, "street1": "8 Oak Street"}
    assert not one(records(oak, {**oak, "street1": street, "source": "b", **change}), "location_id")


def test_numbered_streets_are_never_misspelled(records: Make) -> None:
    fifth = {**FERN, "street1": "8 5th Street"}
    assert not one(records(fifth, {**fifth, "street1": "8 6th Street"}), "location_id")


def test_a_misspelled_street_under_another_name_waits_for_a_person(records: Make) -> None:
    renamed = {**FERN, "street1": "8 Famham Street", "name1": "Birchtree Partners", "source": "b"}
    pairs = match_records(records({**FERN, "street1": "8 Farnham Street"}, renamed)).pairs
    (decision,) = pairs.filter(pl.col("level") == "location")["decision"]
    assert decision == "review"
