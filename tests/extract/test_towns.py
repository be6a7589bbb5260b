"""Towns that are named without a street: the provider's own are found, those of others are not (`towns_cases.tsv`)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.extract.facts.addresses import find_addresses
from pipeline.extract.parsing.page import Page
from pipeline.extract.parsing.parse import read_page
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.words.context import PageContext
from pipeline.records import Assertion
from pipeline.values import Address


def towns(page: Page) -> dict[str, str | None]:
    """City → state of the affirmed places without a street."""
    found = [o.value for o in find_addresses(PageContext.of(page)) if o.assertion is Assertion.AFFIRMED]
    return {p.city: p.state for p in found if isinstance(p, Address) and p.city and not p.street}


def cases() -> list[tuple[str, list[str]]]:
    with Path(__file__).with_name("towns_cases.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        (row["text"].replace("\\n", "\n"), sorted(filter(None, row["towns"].split(", ")))) for row in rows
    ]


@pytest.mark.parametrize(("text", "expected"), cases(), ids=[text[:40] for text, _ in cases()])
def test_towns_of_the_provider(text: str, expected: list[str]) -> None:
    assert sorted(filter(None, towns(read_text(text)))) == expected


def test_state_of_a_town() -> None:
    """The one beside it, else the one of its sentence, else the only one of the page, else where the city is big."""
    assert towns(read_text("Our IOP has two homes: one in Stamford and one in Norwalk, CT.")) == {
        "Stamford": "CT",
        "Norwalk": "CT",
    }
    assert towns(read_text("Our IOP meets in Salem. We are licensed in Oregon.")) == {"Salem": "OR"}
    assert towns(read_text("Our IOP meets in Denver.")) == {"Denver": "CO"}
    assert towns(read_text("Our IOP meets in Clinton.")) == {"Clinton": None}


def test_location_in_the_address_of_the_page() -> None:
    page = read_text(
        "Wren House at Erie\nDay and evening IOP for adults.", "https://wren.example/locations/erie-pa/"
    )
    assert towns(page) == {"Erie": "PA"}


HOUSED = "<footer>14 Main St, Quincy, MA 02169</footer>"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Our IOP meets in Worcester.", {"Worcester"}),  # another place
        ("Our IOP meets in Braintree.", set()),  # the printed address, as people call it
        ("Our offices in Quincy and Braintree both run an IOP.", {"Braintree"}),  # told apart from it
        ("People come to Joshua Tree in the morning.", set()),  # no address is in its state
        ("<h2>IOP in Worcester, MA</h2><p>Nine hours.</p>", set()),  # a title adds no place
        ("Our Main Street office runs an IOP in Main.", set()),
    ],
)
def test_towns_beside_a_printed_address(words: str, expected: set[str]) -> None:
    assert set(towns(read_page(f"<h1>IOP</h1><p>{words}</p>{HOUSED}".encode()))) == expected
