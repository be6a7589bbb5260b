"""Cells as people meant them: what says nothing is empty, what forms and spreadsheets leave in a text is taken out."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.cells import SAYS_NOTHING, clean, clean_row, is_identifier
from pipeline.records import Refused
from sources.records import ServiceMention, SourceRecord
from sources.states import STATES

NOTHING = [
    "N/A",
    "n.a.",
    "#N/A",
    "None",
    "(none)",
    "nan",
    "NULL",
    "- - -",
    "--",
    "?",
    "TBD",
    "Unknown",
    "not available",
]
NOTHING += ["See website", "Same as above", "xxx", "XXXX", "No disponible", " ", "&nbsp;", "N&#47;A", "<br/>"]


@pytest.mark.parametrize("cell", NOTHING)
def test_a_cell_that_says_nothing_is_empty(cell: str) -> None:
    assert clean(cell) == ""


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Harbor &amp; Light", "Harbor & Light"),
        ("Harbor &amp;amp; Light", "Harbor & Light"),
        ("Children&#39;s House", "Children's House"),
        ("Harbor\u00a0Light   Clinic\u200b", "Harbor Light Clinic"),
        ("40 Elm Street<br/>Suite 2", "40 Elm Street Suite 2"),
        ("<p>Elm <b>House</b></p>", "Elm House"),
        ("Elm\ufffd House", "Elm House"),
        ("Elm\r\nHouse", "Elm House"),
        ("https://elm.example/?a=1&section=2", "https://elm.example/?a=1&section=2"),
        ("Room < 2 > 1", "Room < 2 > 1"),
        ("Same Day Recovery", "Same Day Recovery"),
        ("None Such House", "None Such House"),
        ("Nana's House", "Nana's House"),
        ("0", "0"),
        *((state, state) for state in STATES),
    ],
)
def test_what_is_said_stays(cell: str, text: str) -> None:
    assert clean(cell) == text


def test_the_lines_of_an_address_are_parted_by_commas() -> None:
    row, _ = clean_row(
        SourceRecord("r", "Elm", street1="40 Elm Street<br />Suite 2", full_address="1 Oak St,\nLowell")
    )
    assert (row.street1, row.full_address) == ("40 Elm Street, Suite 2", "1 Oak St, Lowell")


@pytest.mark.parametrize("printed", ["N/A", "0000", "0-0", "-", "pending", ""])
def test_what_is_no_identifier(printed: str) -> None:
    assert not is_identifier(printed)
    row, refused = clean_row(
        SourceRecord("r", "Elm", external_ids=(("npi", printed), ("license_number", "0042")))
    )
    assert (row.external_ids, refused) == ((("license_number", "0042"),), ())


def test_every_cell_of_a_row_is_cleaned() -> None:
    setting = ServiceMention("N/A", "setting", "line 2", 0, 3)
    printed = SourceRecord(
        "line 2",
        "N/A",
        "Elm &amp; Oak",
        "none",
        "nan",
        "-",
        city="TBD",
        phones=(("main", "null"),),
        services=(setting,),
    )
    row, refused = clean_row(printed)
    assert row == SourceRecord("line 2", name2="Elm & Oak")
    assert refused == ()


@pytest.mark.parametrize("printed", ["\ufffd\ufffd", "<b></b>", "\u200b<i/>"])
def test_what_cleaning_empties_is_told_as_printed(printed: str) -> None:
    row, refused = clean_row(SourceRecord("r", "Elm", street1=printed))
    assert (row.street1, refused) == ("", (Refused("street1", "bad_text", printed),))


def test_a_clean_row_is_the_row() -> None:
    row = SourceRecord("r", "Elm House", city="Lowell", phones=(("main", "978-555-0101"),))
    assert clean_row(row)[0] is row


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing_that_is_seen(text: str) -> None:
    once = clean(text)
    assert once == " ".join(once.split())
    assert "\ufffd" not in once and "\n" not in once


@pytest.mark.parametrize("cell", [*NOTHING[:16], "Elm House", "nano", "Same Day"])
def test_tables_read_the_pattern_alike(cell: str) -> None:
    left = pl.Series([cell]).str.replace(SAYS_NOTHING, "")[0]
    assert (left == "") == (clean(cell) == "")
