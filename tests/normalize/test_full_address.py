"""Addresses in one cell, and what else stands in such cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.full_address import FullAddress, split_address, spread
from sources.records import SourceRecord

OAK = ("12 Oak St", "Charleston", "West Virginia", "25301")
ELM = ("40 Elm Street", "Springfield", "MA", "01103")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("12 Oak St, Charleston, West Virginia 25301", OAK),
        ("12 Oak St Charleston West Virginia 25301", OAK),
        ("12 Oak St, Albany, New York 12207", ("12 Oak St", "Albany", "New York", "12207")),
        ("12 Oak St, New York, New York 10005-1234", ("12 Oak St", "New York", "New York", "10005")),
        ("5 K Street NW, Washington, District of Columbia 20001", ("5 K Street NW", "Washington", "District of Columbia", "20001")),
        ("12 Oak St, Kansas City, Kansas", ("12 Oak St", "Kansas City", "Kansas", None)),
        ("40 Elm Street, Springfield, MA 01103, USA", ELM),
        ("40 Elm Street, Springfield, MA 01103, United States of America", ELM),
        ("40 Elm Street, Springfield, MA 01103, Hampden County", ELM),
        ("40 Elm Street; Springfield; MA 01103-", ELM),
        ("40 Elm Street, Springfield MA 1103", ELM),
        ("40 Elm Street, Springfield, MA 01103 (42.1015, -72.5898)", (*ELM, "", ("42.1015", "-72.5898"))),
        ("40 Elm Street, Springfield, MA 01103 POINT (-72.5898 42.1015)", (*ELM, "", ("42.1015", "-72.5898"))),
        ("40 Elm Street, Springfield, MA 01103 Phone: 413-555-0123", (*ELM, "413-555-0123")),
        ("40 Elm Street, Springfield, MA 01103, (413) 555-0123, USA", (*ELM, "(413) 555-0123")),
        ("Springfield, MA 01103", ("", "Springfield", "MA", "01103")),
        ("40 Elm Street, Unit 2 Springfield, MA", ("40 Elm Street, Unit 2", "Springfield", "MA", None)),
        ("40 Elm Street, Somewhere Else, MA", ("40 Elm Street", "Somewhere Else", "MA", None)),
        ("", ("", "", "", None)),
    ],
)  # fmt: skip
def test_parts(cell: str, expected: tuple[str, ...]) -> None:
    assert split_address(cell) == FullAddress(*expected)  # type: ignore[arg-type]


def test_what_other_cells_tell_helps() -> None:
    assert split_address("40 Elm Street Springfield", None, "MA")[:2] == ("40 Elm Street", "Springfield")
    assert split_address("40 Elm Street West Springfield", "01089")[:2] == (
        "40 Elm Street",
        "West Springfield",
    )


def test_cells_of_their_own_go_before() -> None:
    full = "40 Elm Street, Springfield, MA 01103 (42.1, -72.5), 413-555-0123"
    row = spread(SourceRecord("r", full_address=full), None)
    assert (row.street1, row.city, row.state, row.zip) == ELM
    assert (row.phones, row.latitude, row.longitude) == ((("main", "413-555-0123"),), "42.1", "-72.5")
    own = SourceRecord(
        "r", full_address=full, city="Holyoke", phones=(("main", "413-555-0177"),), zip="01040"
    )
    row = spread(own, None)
    assert (row.city, row.zip, row.phones) == (own.city, own.zip, own.phones)


@pytest.mark.parametrize(
    ("city", "state", "expected"),
    [
        ("Springfield, MA", "MA", ("Springfield", "MA", "")),
        ("Springfield MA", "", ("Springfield", "MA", "")),
        ("Springfield, Massachusetts 01103", "", ("Springfield", "Massachusetts", "01103")),
        ("Springfield, CT", "MA", ("Springfield, CT", "MA", "")),
        ("New York", "NY", ("New York", "NY", "")),
        ("Washington", "DC", ("Washington", "DC", "")),
        ("Port Washington", "NY", ("Port Washington", "NY", "")),
        ("Oklahoma City", "OK", ("Oklahoma City", "OK", "")),
    ],
)
def test_a_state_within_the_city(city: str, state: str, expected: tuple[str, str, str]) -> None:
    row = spread(SourceRecord("r", city=city, state=state), None)
    assert (row.city, row.state, row.zip) == expected


@given(st.text(max_size=80), st.sampled_from([None, "01103"]))
def test_any_cell_is_read(cell: str, code: str | None) -> None:
    found = split_address(cell, code, "MA")
    assert found.zip is None or len(found.zip) == 5
